import { companyName, openStages } from './dataset.ts'
import type { Facts } from './facts.ts'
import type { Call } from './measure.ts'
import { token } from './stores.ts'

/** Everything that is measured: one entry for each row of the report. Whoever adds a route that must be fast adds it here. */
export interface Operation {
  /** Unique; `dialect: what`. */
  name: string
  /** Over how many connections it is measured. */
  connections: readonly number[]
  calls(facts: Facts): readonly Call[]
}

/** What every client sends; one of the vendors insists on both. */
const polite = { 'user-agent': 'crmux-bench', accept: 'application/json' }
const bearer = { ...polite, authorization: `Bearer ${token}` }
const json = { ...bearer, 'content-type': 'application/json' }

const get = (path: string, headers: Call['headers'] = bearer): Call => ({ method: 'GET', path, headers })
const send = (method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown, headers: Call['headers'] = json): Call => ({
  method,
  path,
  headers,
  body: JSON.stringify(body),
})

const variants = 128
/** So many deals are moved and changed: a deal whose life has thousands of stretches is not what anybody has. */
const moved = 512
/** So many calls of the same sort that differ. */
const times = (call: (n: number) => Call): Call[] => Array.from({ length: variants }, (_, n) => call(n))
const pick = <T>(list: readonly T[], n: number): T => {
  const item = list[n % list.length]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
/** A deal from anywhere in the store. */
const someDeal = ({ dealIds }: Facts, n: number): number => pick(dealIds, n * 7_919_777)
const stageOf = ({ pipelines }: Facts, n: number) => pick(pick(pipelines, n).stages, Math.floor(n / pipelines.length))
const pipelineOf = ({ pipelines }: Facts, n: number) => pick(pipelines, n)

/** Goes there and back again, so that every call changes something. Each connection has deals of its own. */
const thereAndBack = ({ movable }: Facts, move: (deal: Facts['movable'][number], to: Facts['movable'][number]['to']) => Call) =>
  Array.from({ length: moved }, (_, n) => pick(movable, n * 7)).flatMap((deal) => [move(deal, deal.to), move(deal, deal.from)])

const few = [1, 64]

const native: readonly Operation[] = [
  { name: 'deal by id', connections: few, calls: (facts) => times((n) => get(`/api/v1/deals/${someDeal(facts, n)}`)) },
  {
    name: 'list of 25 in a stage',
    connections: few,
    calls: (facts) => times((n) => get(`/api/v1/deals?stageId=${stageOf(facts, n).id}&limit=25`)),
  },
  {
    name: 'list of 100 in a stage',
    connections: few,
    calls: (facts) => times((n) => get(`/api/v1/deals?stageId=${stageOf(facts, n).id}&limit=100`)),
  },
  {
    name: 'stages with totals',
    connections: few,
    calls: (facts) => times((n) => get(`/api/v1/pipelines/${pipelineOf(facts, n).id}/totals`)),
  },
  {
    name: 'board',
    connections: few,
    calls: (facts) => times((n) => get(`/api/v1/pipelines/${pipelineOf(facts, n).id}/board`)),
  },
  {
    name: 'filter by owner and status, last changed first',
    connections: few,
    calls: (facts) =>
      times((n) => get(`/api/v1/deals?ownerId=${pick(facts.owners, n).id}&outcome=open&sort=-updatedAt&limit=25`)),
  },
  {
    name: 'text search',
    connections: few,
    calls: () => times((n) => get(`/api/v1/deals?text=${encodeURIComponent(companyName(n * 17))}&limit=25`)),
  },
  {
    name: 'change',
    connections: few,
    calls: ({ movable }) =>
      Array.from({ length: moved }, (_, n) => pick(movable, n * 7)).flatMap(({ id }, n) =>
        ['One', 'Other'].map((word) =>
          send('PATCH', `/api/v1/deals/${id}`, { title: `${companyName(n)} ${word}`, amount: word.length * 100 }),
        ),
      ),
  },
  {
    name: 'move',
    connections: few,
    calls: (facts) => thereAndBack(facts, ({ id }, to) => send('POST', `/api/v1/deals/${id}/move`, { stageId: to.id })),
  },
]

const vendors: Readonly<Record<string, { list(facts: Facts): readonly Call[]; move(facts: Facts): readonly Call[] }>> = {
  sell: {
    list: (facts) => times((n) => get(`/sell/v2/deals?stage_id=${stageOf(facts, n).id}&per_page=25`)),
    move: (facts) => thereAndBack(facts, ({ id }, to) => send('PUT', `/sell/v2/deals/${id}`, { data: { stage_id: to.id } })),
  },
  pipedrive: {
    list: (facts) =>
      times((n) => get(`/pipedrive/api/v2/deals?stage_id=${stageOf(facts, n).id}&limit=25`, { ...polite, 'x-api-token': token })),
    move: (facts) =>
      thereAndBack(facts, ({ id }, to) =>
        send('PATCH', `/pipedrive/api/v2/deals/${id}`, { stage_id: to.id }, { ...json, 'x-api-token': token }),
      ),
  },
  pipeback: {
    list: (facts) => {
      const headers = { ...bearer, 'x-workspace-id': facts.workspace.uuid }
      return times((n) => get(`/pipeback/app/deals?pipeline_stage_id=${stageOf(facts, n).uuid}&per_page=25`, headers))
    },
    move: (facts) => {
      const headers = { ...json, 'x-workspace-id': facts.workspace.uuid }
      return thereAndBack(facts, ({ uuid }, to) =>
        send('PUT', `/pipeback/app/deals/${uuid}`, { pipeline_stage_id: to.uuid }, headers),
      )
    },
  },
  productive: {
    list: (facts) =>
      times((n) =>
        get(`/productive/api/v2/deals?filter[deal_status_id]=${stageOf(facts, n).id}&page[size]=25`, productiveHeaders(facts)),
      ),
    move: (facts) =>
      thereAndBack(facts, ({ id }, to) => {
        const status = { data: { type: 'deal_statuses', id: String(to.id) } }
        const body = { data: { type: 'deals', id: String(id), relationships: { deal_status: status } } }
        return send('PATCH', `/productive/api/v2/deals/${id}`, body, {
          ...productiveHeaders(facts),
          'content-type': 'application/vnd.api+json',
        })
      }),
  },
  amocrm: {
    list: (facts) =>
      times((n) => {
        const [pipeline, stage] = [pipelineOf(facts, n), stageOf(facts, n)]
        const filter = `filter[statuses][0][pipeline_id]=${pipeline.id}&filter[statuses][0][status_id]=${stage.id}`
        return get(`/amocrm/api/v4/leads?${filter}&limit=25`)
      }),
    move: (facts) =>
      thereAndBack(facts, ({ id, pipelineId }, to) =>
        send('PATCH', `/amocrm/api/v4/leads/${id}`, { status_id: to.id, pipeline_id: pipelineId }),
      ),
  },
}

const productiveHeaders = ({ workspace }: Facts) => ({
  ...polite,
  'x-auth-token': token,
  'x-organization-id': String(workspace.id),
})

const bulkRows = 1000

/** What makes deals comes last, so that everything else finds the store as it was loaded. */
const making: readonly Operation[] = [
  {
    name: 'create',
    connections: few,
    calls: (facts) => times((n) => send('POST', '/api/v1/deals', draft(facts, n))),
  },
  {
    name: 'bulk create',
    connections: [1],
    calls: (facts) => [
      send('POST', '/api/v1/deals/bulk', { deals: Array.from({ length: bulkRows }, (_, n) => draft(facts, n)) }),
    ],
  },
]

const draft = (facts: Facts, n: number) => ({
  title: `${companyName(n)} ${pick(openStages, n)}`,
  amount: 100 * n,
  stageId: stageOf(facts, n).id,
  ownerId: pick(facts.owners, n).id,
})

export const operations: readonly Operation[] = [
  ...native,
  ...Object.entries(vendors).flatMap(([dialect, { list, move }]) => [
    { name: `${dialect}: list of 25 in a stage`, connections: few, calls: list },
    { name: `${dialect}: move`, connections: few, calls: move },
  ]),
  ...making,
]

/** The operation of our own that a vendor's is compared with. */
export const sameInNative = (name: string): string => name.slice(name.indexOf(': ') + 2)
export const vendorNames = Object.keys(vendors)
