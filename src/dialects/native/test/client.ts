import { request } from '../../../../test/support/app.ts'

/** A small client of our own API for the tests: one workspace, one token. */

// Tests look into answers of every shape.
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is what it is there to find out.
export type Body = any

export interface Answer {
  status: number
  headers: Headers
  body: Body
  text: string
}

export interface Client {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  delete(path: string, headers?: Record<string, string>): Promise<Answer>
  /** Every record of a list, page by page. */
  all(path: string): Promise<Body[]>
}

/** The client of somebody who signed in, as the page of the server sends it. */
export const browserOf = ({ origin, session }: { origin: string; session: string }): Client =>
  clientOf({ origin, token: undefined, always: { cookie: `crmux_session=${session}`, origin } })

export function clientOf({
  origin,
  token,
  always = {},
}: {
  origin: string
  token: string | undefined
  always?: Record<string, string>
}): Client {
  const send: Client['send'] = (method, path, body, headers = {}) =>
    request(`${origin}/api/v1${path}`, {
      method,
      headers: { ...always, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body }),
    })
  return {
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
    async all(path) {
      const rows: Body[] = []
      let next: string | null = null
      do {
        const sign = path.includes('?') ? '&' : '?'
        const { status, body, text } = await send('GET', next === null ? path : `${path}${sign}cursor=${next}`)
        if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
        rows.push(...body.data)
        next = body.next
      } while (next !== null)
      return rows
    },
  }
}
