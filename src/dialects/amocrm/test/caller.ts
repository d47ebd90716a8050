import { request as plainRequest } from 'node:http'
import { request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'

/** What a test reads of an answer: as much as it says itself. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the vendor's page shows; each test spells out what it expects of it
export type Body = any

export interface Answer {
  status: number
  headers: Headers
  body: Body
  text: string
}

/** Speaks to the dialect in one user's name. */
export interface Caller {
  origin: string
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  patch(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  delete(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export function callerOf(origin: string, own: Record<string, string>): Caller {
  const send: Caller['send'] = (method, path, body, headers) =>
    request(origin + path, { method, body, headers: { ...own, ...headers } })
  return speaker(origin, send)
}

/** To a port, naming a host that is not there: `fetch` would not send the header. */
export function callerAt(port: number | undefined, host: string, own: Record<string, string> = {}): Caller {
  const send: Caller['send'] = (method, path, body, headers) =>
    new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const all = { ...type, ...own, ...headers, host }
      const req = plainRequest({ port, host: '127.0.0.1', method, path, headers: all }, async (res) => {
        const text = Buffer.concat(await res.toArray()).toString()
        const isJson = res.headers['content-type']?.includes('json') && text !== ''
        const pairs = Object.entries(res.headers).map(([name, value]): [string, string] => [name, String(value)])
        resolve({ status: res.statusCode ?? 0, headers: new Headers(pairs), body: isJson ? JSON.parse(text) : undefined, text })
      })
      req.on('error', reject)
      req.end(body === undefined ? undefined : JSON.stringify(body))
    })
  return speaker(`http://${host}`, send)
}

function speaker(origin: string, send: Caller['send']): Caller {
  return {
    origin,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    delete: (path, body, headers) => send('DELETE', path, body, headers),
  }
}

/** By prefix, with a token. */
export const callAs = (app: Pick<TestApp, 'origin'>, { token }: Pick<TestWorkspace, 'token'>): Caller =>
  callerOf(`${app.origin}/amocrm`, { authorization: `Bearer ${token}` })

/** By prefix, as nobody. */
export const callAsNobody = (app: Pick<TestApp, 'origin'>): Caller => callerOf(`${app.origin}/amocrm`, {})

export const formType = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }

export const setPath = '/private/api/v2/json/pipelines/set'
export const deletePath = '/private/api/v2/json/pipelines/delete'
export const listPath = '/private/api/v2/json/pipelines/list'

/** Adds pipelines as the first generation does; the rows that it shows, in order of their ids. */
export async function addPipelines(caller: Caller, ...add: object[]): Promise<Body[]> {
  const { body } = await caller.post(setPath, { request: { pipelines: { add } } })
  return Object.values(body.response.pipelines.add.pipelines)
}

/** Adds a lead through v4 and returns its id. */
export async function addLead(caller: Caller, lead: object = {}): Promise<number> {
  const { body } = await caller.post('/api/v4/leads', [lead])
  return body._embedded.leads[0].id
}

export const leadOf = async (caller: Caller, id: number): Promise<Body> => (await caller.get(`/api/v4/leads/${id}`)).body
