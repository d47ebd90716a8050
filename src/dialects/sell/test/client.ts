import { request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'

/** What a Sell client sends and reads, with the names of the vendor's envelopes. */

export interface Item {
  data: Record<string, unknown> & { id: number }
  meta: { type: string }
}

export interface Problem {
  error: { code: string; message: string; details: string; resource?: string; field?: string }
  meta: { type: string; links: { more_info: string } }
}

export interface Body extends Item {
  items: Item[]
  errors: Problem[]
  meta: {
    type: string
    count: number
    http_status: string
    logref: string
    links: { self: string; first_page?: string; prev_page?: string; next_page?: string; more_info: string }
  }
}

export interface Answer {
  status: number
  headers: Headers
  body: Body
  text: string
}

export interface Client {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string): Promise<Answer>
  /** The data of a list. */
  list(path: string): Promise<Item['data'][]>
  post(path: string, data: unknown): Promise<Answer>
  put(path: string, data: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** The data of what was made. */
  make(path: string, data: unknown): Promise<Item['data']>
  contact(more?: object): Promise<number>
  deal(more?: object): Promise<Item['data']>
}

/** A caller of one workspace under `/sell`, or wherever `base` says. */
export function clientOf({ base, token }: { base: string; token: string }): Client {
  const usual = { authorization: `Bearer ${token}`, 'user-agent': 'crmux tests', accept: 'application/json' }
  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const answer = await request(base + path, {
      method,
      headers: { ...usual, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    return answer as Answer // as the vendor documents it; a test that reads what is not there fails
  }
  const make: Client['make'] = async (path, data) => {
    const answer = await send('POST', path, { data })
    if (answer.status !== 200) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`)
    return answer.body.data
  }
  const contact: Client['contact'] = async (more = {}) => (await make('/v2/contacts', { last_name: 'Johnson', ...more })).id
  return {
    send,
    make,
    contact,
    get: (path) => send('GET', path),
    list: async (path) => (await send('GET', path)).body.items.map(({ data }) => data),
    post: (path, data) => send('POST', path, { data }),
    put: (path, data) => send('PUT', path, { data }),
    delete: (path) => send('DELETE', path),
    deal: async (more = {}) => make('/v2/deals', { name: 'Website Redesign', contact_id: await contact(), ...more }),
  }
}

export const clientIn = (app: TestApp, { token }: Pick<TestWorkspace, 'token'>): Client =>
  clientOf({ base: `${app.origin}/sell`, token })

/** The stages of the default pipeline by name. */
export async function stagesOf(client: Client): Promise<Record<string, number>> {
  const stages = await client.list('/v2/stages?per_page=100')
  return Object.fromEntries(stages.map(({ id, name }) => [String(name), id]))
}

/** The codes of an error answer with what they point at. */
export const codesOf = ({ body }: Answer): string[] =>
  body.errors.map(({ error: { code, field } }) => (field === undefined ? code : `${code} ${field}`))
