import { request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'

export const mediaType = 'application/vnd.api+json'

/** What a JSON:API body looks like from outside. Tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is looked at member by member, whatever it turns out to be.
export type Body = any

export interface Answer {
  status: number
  headers: Headers
  body: Body
  text: string
}

export interface Caller {
  headers: Record<string, string>
  get(path: string): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  patch(path: string, body?: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
  send(method: string, path: string, options?: { headers?: Record<string, string>; body?: unknown }): Promise<Answer>
}

/** Somebody who speaks to the served instance as the vendor's clients do. */
export function caller(app: Pick<TestApp, 'origin'>, ws: Pick<TestWorkspace, 'token'> & { organization: number }): Caller {
  const headers = { 'x-auth-token': ws.token, 'x-organization-id': String(ws.organization), 'content-type': mediaType }
  const send: Caller['send'] = (method, path, { headers: more = {}, body } = {}) =>
    request(`${app.origin}/productive/api/v2${path}`, { method, headers: { ...headers, ...more }, body })
  return {
    headers,
    send,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, { body }),
    patch: (path, body) => send('PATCH', path, { body }),
    delete: (path) => send('DELETE', path),
  }
}

/** The admin of a workspace. */
export const admin = (app: Pick<TestApp, 'origin'>, ws: TestWorkspace): Caller =>
  caller(app, { token: ws.token, organization: ws.workspace.id })

/** A document with one resource. Relations are `name: [type, id]`. */
export const doc = (
  type: string,
  attributes: object = {},
  relations: Record<string, readonly [type: string, id: number | string]> = {},
): object => ({
  data: {
    type,
    attributes,
    relationships: Object.fromEntries(
      Object.entries(relations).map(([name, [type, id]]) => [name, { data: { type, id: String(id) } }]),
    ),
  },
})

/** Details of errors with where they are. */
export const problems = ({ body }: Answer): [string | undefined, string | undefined][] =>
  body.errors.map((error: Body) => [error.source?.pointer, error.detail])
