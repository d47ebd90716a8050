import { request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'

/** What a caller of Pipeback sends and reads. */

export type Item = Record<string, unknown> & { id: string }

export interface Body {
  data: Item
  status: string
  message: string
  errors: Record<string, string[]>
}

export interface ListBody {
  data: Item[]
  links: Record<'first' | 'last' | 'prev' | 'next', string | null>
  meta: Record<'current_page' | 'from' | 'last_page' | 'per_page' | 'to' | 'total', number | null> & { path: string }
}

export interface Answer<B = Body> {
  status: number
  headers: Headers
  body: B
  text: string
}

export interface Client {
  headers: Record<string, string>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string): Promise<Answer>
  list(path: string): Promise<Answer<ListBody>>
  post(path: string, body: unknown): Promise<Answer>
  put(path: string, body: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** What was made. */
  make(path: string, body: object): Promise<Item>
  pipelines(): Promise<PipelineItem[]>
}

export interface StageItem extends Item {
  pipeline_id: string
  sort: number
  name: string
  probability: number
  rotting_days: number
  total_deals: number
  total_deals_amount: number
  total_deals_amount_formatted: string
}

export interface PipelineItem extends Item {
  name: string
  is_default: boolean
  sort: number
  stages: StageItem[]
}

export function clientOf({ base, token, workspace }: { base: string; token: string; workspace: string }): Client {
  const usual = { authorization: `Bearer ${token}`, 'x-workspace-id': workspace }
  const send: Client['send'] = async (method, path, body, headers = {}) =>
    // As the vendor documents it; a test that reads what is not there fails.
    (await request(base + path, { method, headers: { ...usual, ...headers }, ...(body === undefined ? {} : { body }) })) as Answer
  const list: Client['list'] = async (path) => (await send('GET', path)) as unknown as Answer<ListBody>
  return {
    headers: usual,
    send,
    list,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    delete: (path) => send('DELETE', path),
    make: async (path, body) => {
      const answer = await send('POST', path, body)
      if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`)
      return answer.body.data
    },
    pipelines: async () => (await list('/app/pipelines')).body.data as PipelineItem[],
  }
}

export const clientIn = (app: TestApp, ws: TestWorkspace, token = ws.token): Client =>
  clientOf({ base: `${app.origin}/pipeback`, token, workspace: ws.workspace.uuid })

/** A workspace with its client, its default pipeline, and another one that has two stages. */
export async function account(app: TestApp) {
  const ws = await app.workspace({ template: 'pipeback' })
  const client = clientIn(app, ws)
  const [sales] = await client.pipelines()
  const { id } = await client.make('/app/pipelines', { name: 'Renewals' })
  for (const name of ['Due', 'Talking']) await client.make(`/app/pipelines/${id}/stages`, { name })
  const other = (await client.pipelines()).find((pipeline) => pipeline.id === id)
  if (!sales || !other) throw new Error('two pipelines')
  return { ws, client, sales, other }
}

/** The stage of this number, from 1, of a pipeline. */
export function stageOf({ stages }: Pick<PipelineItem, 'stages'>, sort: number): StageItem {
  const stage = stages.find((stage) => stage.sort === sort)
  if (!stage) throw new Error(`no stage ${sort}`)
  return stage
}
