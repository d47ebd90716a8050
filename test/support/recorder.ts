import { subscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import type { FastifyReply } from 'fastify'

/** Notes which functions of a vendor's client led to which routes. */
export interface Recorder {
  /** An object of the npm package, as it is, except that every function called on it or on a part of it is noted as `path.function`. */
  watch<T extends object>(npmPackage: string, path: string, object: T): T
  /** By client and function, the routes that let it have its way, as JSON. */
  recorded(): string
}

interface Running {
  client: string
  called: string
}

const modules = new URL('../../node_modules', import.meta.url)

/** Name and version as installed, whatever the name it is installed under. */
function installed(npmPackage: string): string {
  const { name, version } = JSON.parse(readFileSync(new URL(`${modules}/${npmPackage}/package.json`), 'utf8'))
  return `${name} ${version}`
}

/** Starts to record. A test file has one of these, and no served instance beside its own. */
export function openRecorder(): Recorder {
  const running = new Set<Running>()
  const seen: { by: Running; route: string; reply: FastifyReply }[] = []

  // Fastify tells this about every request that reaches a handler, so nothing has to be built into the server for it.
  subscribe('tracing:fastify.request.handler:start', (message) => {
    const { route, reply } = message as { route: { method: string; url: string }; reply: FastifyReply }
    const [by, another] = running
    // While two functions run nobody can tell whose request it is, so it is nobody's.
    if (by && !another) seen.push({ by, route: `${route.method} ${route.url}`, reply })
  })

  const run = (by: Running, call: () => unknown): unknown => {
    running.add(by)
    const end = () => running.delete(by)
    try {
      const result = call()
      // Some clients bring promises of their own make.
      const { then } = (result ?? {}) as Partial<PromiseLike<unknown>>
      if (typeof then === 'function') then.call(result, end, end)
      else end()
      return result
    } catch (error) {
      end()
      throw error
    }
  }

  const proxied = <T extends object>(client: string, path: string, object: T): T =>
    new Proxy(object, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        if (typeof key === 'symbol') return value
        const called = `${path}.${key}`
        // The function sees the bare client: what it calls itself is its own doing, not the caller's.
        if (typeof value === 'function')
          return new Proxy(value, { apply: (call, _, args) => run({ client, called }, () => Reflect.apply(call, target, args)) })
        return typeof value === 'object' && value !== null ? proxied(client, called, value) : value
      },
    })

  return {
    watch: (npmPackage, path, object) => proxied(installed(npmPackage), path, object),
    recorded() {
      const clients: Record<string, Record<string, Set<string>>> = {}
      for (const { by, route, reply } of seen) {
        if (reply.statusCode >= 400) continue
        const functions = (clients[by.client] ??= {})
        const routes = (functions[by.called] ??= new Set())
        routes.add(route)
      }
      const sorted = <T, U>(object: Record<string, T>, write: (value: T) => U) =>
        Object.fromEntries(
          Object.keys(object)
            .sort()
            .map((key) => [key, write(object[key] as T)]), // its own key
        )
      const told = sorted(clients, (functions) => sorted(functions, (routes) => [...routes].sort().join(', ')))
      return `${JSON.stringify(told, null, 2)}\n`
    },
  }
}
