import type { Call } from '../measure.ts'
import { token } from '../stores.ts'

const polite = { 'user-agent': 'crmux-bench', accept: 'application/json' }
const bearer = { ...polite, authorization: `Bearer ${token}` }
const get = (path: string, headers: Call['headers'] = bearer): Call => ({ method: 'GET', path, headers })

/** What is measured, and what was promised of it. */

export const promises = {
  report: { what: 'reports of one pipeline over one year', p50: 300 },
  past: { what: 'board, funnel and forecast as of a past moment', p50: 500 },
  history: { what: 'a deal’s history', p50: 5 },
} as const

export interface Measure {
  name: string
  of: keyof typeof promises
  calls: readonly Call[]
}

/** What requests need to know of the store. */
export interface Known {
  deals: number
  workspaceId: number
  pipelineIds: readonly number[]
  /** Open ones, one of each pipeline at least. */
  stageIds: readonly number[]
  ownerIds: readonly number[]
}

/** Asks the served instance itself, so that the bench knows no ids by heart. */
export async function learn(origin: string, deals: number): Promise<Known> {
  const ask = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${origin}/api/v1${path}`, { headers: bearer })).json()) as T
  const list = async (path: string) => (await ask<{ data: { id: number; kind?: string }[] }>(path)).data
  const idsOf = (rows: readonly { id: number }[]) => rows.map(({ id }) => id)
  return {
    deals,
    workspaceId: (await ask<{ workspace: { id: number } }>('/me')).workspace.id,
    pipelineIds: idsOf(await list('/pipelines')),
    stageIds: idsOf((await list('/stages')).filter(({ kind }) => kind === 'open')),
    ownerIds: idsOf(await list('/users?limit=200')),
  }
}

const year = 'from=2025-01-01&to=2025-12-31'

const overYear = {
  summary: year,
  'summary by months': `${year}&interval=month`,
  'win-rate': year,
  movement: year,
  conversion: year,
  'time-in-stage': year,
  velocity: year,
  calibration: year,
  changes: year,
  'forecast-against-won': year,
  rotting: '',
}

/** In the middle of the history, and near its beginning. */
const moments = ['2025-06-15T10:00:00Z', '2026-03-03T16:30:00Z', '2024-02-15T10:00:00Z']

export function measures({ deals, workspaceId, pipelineIds, stageIds, ownerIds }: Known): Measure[] {
  const many = (count: number, call: (n: number) => Call) => Array.from({ length: count }, (_, n) => call(n))
  const each = (call: (pipeline: number) => Call) => pipelineIds.map(call)
  const someDeal = (n: number) => 1 + ((n * 7_919_777) % deals)
  const owner = (n: number) => ownerIds[n % ownerIds.length]
  const pipedrive = (path: string) => get(`/pipedrive/v1${path}`, { ...polite, 'x-api-token': token })
  const productive = { ...polite, 'x-auth-token': token, 'x-organization-id': String(workspaceId) }
  const span = 'start_date=2025-01-01&end_date=2025-12-31'
  const report = (name: string, calls: readonly Call[]): Measure => ({ name, of: 'report', calls })
  const past = (name: string, calls: readonly Call[]): Measure => ({ name, of: 'past', calls })
  const history = (name: string, call: (deal: number) => Call): Measure => ({
    name,
    of: 'history',
    calls: many(200, (n) => call(someDeal(n))),
  })
  const at = (name: string) =>
    past(
      name,
      moments.flatMap((moment) => each((id) => get(`/api/v1/reports/${name}?pipelineId=${id}&asOf=${moment}`))),
    )
  return [
    ...Object.entries(overYear).map(([name, query]) =>
      report(
        name,
        each((id) => get(`/api/v1/reports/${name.split(' ')[0]}?pipelineId=${id}&${query}`)),
      ),
    ),
    report(
      'summary of one owner',
      pipelineIds.map((id, n) => get(`/api/v1/reports/summary?pipelineId=${id}&ownerId=${owner(n)}&${year}`)),
    ),
    ...['conversion', 'movement'].map((name) =>
      report(
        `pipedrive: ${name}_statistics`,
        pipelineIds.map((id, n) => pipedrive(`/pipelines/${id}/${name}_statistics?${span}&user_id=${owner(n)}`)),
      ),
    ),
    report(
      'pipedrive: deals/summary',
      each((id) => pipedrive(`/deals/summary?pipeline_id=${id}`)),
    ),
    report(
      'pipedrive: deals/summary of one user',
      pipelineIds.map((id, n) => pipedrive(`/deals/summary?pipeline_id=${id}&user_id=${owner(n)}`)),
    ),
    ...['add_time', 'won_time', 'expected_close_date'].map((field) =>
      report(
        `pipedrive: deals/timeline by ${field}`,
        each((id) =>
          pipedrive(
            `/deals/timeline?start_date=2025-01-01&interval=month&amount=12&field_key=${field}&pipeline_id=${id}&exclude_deals=1`,
          ),
        ),
      ),
    ),
    at('board'),
    past(
      'cards of a stage',
      moments.flatMap((moment) => stageIds.map((id) => get(`/api/v1/reports/cards?stageId=${id}&asOf=${moment}`))),
    ),
    at('funnel'),
    at('forecast'),
    history('native: deals/{id}/events', (id) => get(`/api/v1/deals/${id}/events?limit=50`)),
    history('native: deals/{id}/stage-times', (id) => get(`/api/v1/deals/${id}/stage-times`)),
    history('pipedrive: deals/{id}/flow', (id) => pipedrive(`/deals/${id}/flow`)),
    history('pipedrive: deals/{id}', (id) => pipedrive(`/deals/${id}`)),
    history('amocrm: events of a lead', (id) => get(`/amocrm/api/v4/events?filter[entity]=lead&filter[entity_id]=${id}`)),
    history('productive: activities of a deal', (id) => get(`/productive/api/v2/activities?filter[deal_id]=${id}`, productive)),
  ]
}
