import { openTestApp, request, type TestApp, type TestAppOptions, type TestWorkspace } from '../../../../../test/support/app.ts'

/** What v1 answered, its body taken as it is. */
export interface V1Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into bodies of many shapes, and expect() checks what they find.
  body: any
  text: string
}

/** Speaks v1 with one token. */
export interface V1 {
  base: string
  get(path: string): Promise<V1Answer>
  delete(path: string): Promise<V1Answer>
  post(path: string, body?: unknown): Promise<V1Answer>
  put(path: string, body?: unknown): Promise<V1Answer>
  send(method: string, path: string, options?: { headers?: Record<string, string>; body?: unknown }): Promise<V1Answer>
}

export function speakV1({ origin }: Pick<TestApp, 'origin'>, token: string, version = '/v1'): V1 {
  const base = `${origin}/pipedrive${version}`
  const send: V1['send'] = (method, path, { headers = {}, body } = {}) =>
    request(base + path, { method, headers: { 'x-api-token': token, ...headers }, body })
  return {
    base,
    send,
    get: (path) => send('GET', path),
    delete: (path) => send('DELETE', path),
    post: (path, body) => send('POST', path, { body }),
    put: (path, body) => send('PUT', path, { body }),
  }
}

/** A served instance with one workspace as a new account has it. */
export async function openV1(options: TestAppOptions = {}): Promise<{ app: TestApp; ws: TestWorkspace; v1: V1 }> {
  const app = await openTestApp(options)
  const ws = await app.workspace({ template: 'pipedrive' })
  return { app, ws, v1: speakV1(app, ws.token) }
}

/** A clock that stands until it is moved. */
export function clockAt(time: string) {
  let now = Date.parse(time)
  return {
    now: () => now,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    reset: () => {
      now = Date.parse(time)
    },
  }
}
