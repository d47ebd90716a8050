import { request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'

export type Item = { id: number } & Record<string, unknown>

export interface Reply<T> {
  status: number
  headers: Headers
  text: string
  body: {
    success: boolean
    data: T
    error?: string
    code?: string
    errorCode?: number
    error_info?: string
    additional_data?: { next_cursor: string | null }
  }
}

/** Somebody who speaks the vendor's wire with an API token. */
export interface Caller {
  send<T = Item>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply<T>>
  get(path: string): Promise<Reply<Item>>
  list(path: string): Promise<Reply<Item[]>>
  post(path: string, body: unknown): Promise<Reply<Item>>
  patch(path: string, body: unknown): Promise<Reply<Item>>
  delete(path: string): Promise<Reply<Item>>
  /** Every item of a list, page by page, and how many pages there were. */
  all(path: string): Promise<{ items: Item[]; pages: number }>
}

export function caller(app: Pick<TestApp, 'origin'>, { token }: Pick<TestWorkspace, 'token'>): Caller {
  const send = async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await request(`${app.origin}/pipedrive${path}`, {
      method,
      headers: { 'x-api-token': token, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    return answer as unknown as Reply<T>
  }
  return {
    send,
    get: (path) => send('GET', path),
    list: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path) => send('DELETE', path),
    async all(path) {
      const items: Item[] = []
      let cursor: string | null = null
      let pages = 0
      do {
        const next: string = cursor === null ? '' : `${path.includes('?') ? '&' : '?'}cursor=${cursor}`
        const { body } = await send<Item[]>('GET', path + next)
        items.push(...body.data)
        pages++
        cursor = body.additional_data?.next_cursor ?? null
      } while (cursor !== null && pages < 100)
      return { items, pages }
    },
  }
}

/** The new account of the vendor: the pipeline and its six stages. */
export async function account(pd: Caller): Promise<{ pipeline: Item; stages: Item[]; stage: (nth: number) => number }> {
  const [{ body: pipelines }, { body: stages }] = [await pd.list('/api/v2/pipelines'), await pd.list('/api/v2/stages')]
  const [pipeline] = pipelines.data
  if (!pipeline) throw new Error('a new account has a pipeline')
  return { pipeline, stages: stages.data, stage: (nth) => stages.data[nth]?.id ?? 0 }
}
