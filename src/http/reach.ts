import type { IncomingMessage } from 'node:http'
import type { Dialect } from '../dialects/dialect.ts'
import type { Reached } from './speak.ts'

/** A request that came in, with how it named its dialect. */
export interface Incoming extends IncomingMessage {
  reached?: Reached
  /** Set by the port it came in on, where that port is one dialect's own. */
  dialectOfPort?: string
}

interface Name {
  dialect: Dialect
  pattern: RegExp
}

/**
 * Makes the function that turns what the caller typed into the one route table: a call that names its dialect by port or by
 * `Host` is routed as if it had typed the prefix.
 */
export function reaching(dialects: readonly Dialect[]): (raw: IncomingMessage) => string {
  const names: Name[] = dialects.flatMap((dialect) =>
    [...dialect.hosts, `${dialect.name}.localhost`, `*.${dialect.name}.localhost`].map((host) => ({
      dialect,
      pattern: hostPattern(host),
    })),
  )
  const byName = new Map(dialects.map((dialect) => [dialect.name, dialect]))

  /** What hosts were found to mean: clients name few, again and again. */
  const known = new Map<string, Dialect | undefined>()
  const dialectOf = (header: string): Dialect | undefined => {
    if (known.has(header)) return known.get(header)
    const host = header.replace(/:\d+$/, '').toLowerCase()
    const dialect = names.find(({ pattern }) => pattern.test(host))?.dialect
    if (known.size >= maxKnown) known.clear()
    known.set(header, dialect)
    return dialect
  }
  const starts = dialects.map((dialect) => ({ dialect, prefix: dialect.prefix, length: dialect.prefix.length }))
  const prefixOf = (url: string): Dialect | undefined =>
    starts.find(({ prefix, length }) => url.startsWith(prefix) && ends.has(url[length]))?.dialect

  return (raw: Incoming) => {
    const url = raw.url ?? '/'
    const named = raw.dialectOfPort === undefined ? dialectOf(raw.headers.host ?? '') : byName.get(raw.dialectOfPort)
    if (named) {
      raw.reached = { dialect: named.name, prefix: '' }
      const path = named.rewrite?.(url, raw) ?? url
      return path.startsWith('/') ? named.prefix + path : path
    }
    const prefixed = prefixOf(url)
    if (!prefixed) return url
    raw.reached = { dialect: prefixed.name, prefix: prefixed.prefix }
    return prefixed.rewrite ? prefixed.prefix + prefixed.rewrite(url.slice(prefixed.prefix.length), raw) : url
  }
}

/** What may stand behind a prefix. */
const ends: ReadonlySet<string | undefined> = new Set([undefined, '/', '?'])

/** More hosts than this are nobody's real clients. */
const maxKnown = 1000

const hostPattern = (host: string): RegExp => new RegExp(`^${host.replace(/[.]/g, '\\.').replace('*', '[a-z0-9-]+')}$`)
