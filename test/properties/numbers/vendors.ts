import { expect } from 'vitest'
import { callAs } from '../../../src/dialects/amocrm/test/caller.ts'
import type { Body } from '../../../src/dialects/native/test/client.ts'
import { request, type TestApp } from '../../support/app.ts'
import { lastOf, type Move, movesOf, type Observed, placesOf, type Standing, standingAt } from './observer.ts'
import { day, fate, type Seen, stagesAt, start } from './seen.ts'

/** The numbers that vendors' dialects show, counted once more by going through the log. */

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
const major = (amount: number, currency: string) => (currency === 'JPY' ? amount : amount / 100)
const percent = (part: number, whole: number) => (whole === 0 ? 0 : Math.min(100, Math.round((100 * part) / whole)))
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
const count = <T>(list: readonly T[], is: (one: T) => boolean) => list.filter(is).length

/** A deal as its last event left it, as far as vendors sum it up. */
interface Last {
  id: number
  stage: number
  openStage: number | null
  pipeline: number
  outcome: string
  owner: number
  amount: number
  currency: string
  probability: number | null
  expected: string | null
  created: number
  closed: number | null
  stageChanged: number | null
  isArchived: boolean
}

function lastsOf({ observed }: Seen): Last[] {
  const live = observed.filter(({ isDeleted }) => !isDeleted)
  return live.map((deal) => {
    const said = lastOf(deal)
    const number = (name: string) => (said[name] == null ? null : Number(said[name]))
    return {
      id: deal.id,
      stage: Number(said.stageId),
      openStage: number('openStageId'),
      pipeline: Number(said.pipelineId),
      outcome: deal.outcome,
      owner: Number(said.ownerId),
      amount: number('amount') ?? 0,
      currency: String(said.currency),
      probability: number('probability'),
      expected: said.expectedCloseDate == null ? null : String(said.expectedCloseDate),
      created: Number(said.createdAt),
      closed: number('closedAt'),
      stageChanged: number('stageChangedAt'),
      isArchived: said.archivedAt != null,
    }
  })
}

/** Sums by currency in major units. */
function values(deals: readonly { amount: number; currency: string }[]): Record<string, number> {
  const sums = Map.groupBy(deals, ({ currency }) => currency)
  return Object.fromEntries([...sums].map(([code, own]) => [code, major(sumOf(own.map(({ amount }) => amount)), code)]))
}

/** The same weighted, stage by stage, as totals are kept. */
function weighted(deals: readonly Last[], stages: ReturnType<typeof stagesAt>): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const own of Map.groupBy(deals, ({ stage, currency }) => `${stage} ${currency}`).values()) {
    const [{ currency }] = own as [Last]
    const percentOf = ({ outcome, stage, probability }: Last) =>
      outcome === 'won' ? 100 : outcome !== 'open' ? 0 : (probability ?? Number(stages.get(stage)?.probability ?? 100))
    const hundredths = sumOf(own.map((deal) => deal.amount * percentOf(deal)))
    sums[currency] = (sums[currency] ?? 0) + Math.sign(hundredths) * Math.floor((Math.abs(hundredths) + 50) / 100)
  }
  return Object.fromEntries(Object.entries(sums).map(([currency, sum]) => [currency, major(sum, currency) || 0]))
}

async function read(url: string, headers: Record<string, string>): Promise<Body> {
  const { status, body, text } = await request(url, { headers })
  if (status !== 200) throw new Error(`${url}: ${status} ${text}`)
  return body
}

export async function checkVendors(app: TestApp, seen: Seen, days: { from: number; to: number }): Promise<void> {
  await checkPipedrive(app, seen, days)
  await checkTotals(app, seen)
  await checkProductive(app, seen)
}

/** The open stages of the pipeline as they are now, in their order. */
function rowOf(seen: Seen, pipeline: number): number[] {
  const stages = [...stagesAt(seen, seen.clock.at)].filter(
    ([, { pipelineId, kind, deletedAt }]) => pipelineId === pipeline && kind === 'open' && deletedAt == null,
  )
  return stages.sort(([a, x], [b, y]) => Number(x.position) - Number(y.position) || a - b).map(([id]) => id)
}

async function checkPipedrive(app: TestApp, seen: Seen, days: { from: number; to: number }): Promise<void> {
  const { ws, owners, pipelineId, observed, clock } = seen
  const get = async (path: string): Promise<Body> =>
    (await read(`${app.origin}/pipedrive/v1${path}`, { 'x-api-token': ws.token })).data
  const lasts = lastsOf(seen)
  const stages = stagesAt(seen, clock.at)
  const midnight = Math.floor(start / day) * day
  const [from, until] = [midnight + days.from * day, midnight + (days.to + 1) * day]
  const [, owner = 0] = owners
  const query = `start_date=${dayOf(from)}&end_date=${dayOf(until - 1)}&user_id=${owner}`
  const inside = (at: number | null) => at !== null && at >= from && at < until
  const row = rowOf(seen, pipelineId)
  const standing = (at: number) =>
    observed.flatMap((deal): (Standing & { id: number })[] => {
      const one = standingAt(deal, at)
      return one?.pipeline === pipelineId && one.owner === owner ? [{ ...one, id: deal.id }] : []
    })

  const moves = observed
    .filter(({ isDeleted }) => !isDeleted)
    .flatMap(movesOf)
    .filter((move) => inside(move.at) && move.owner === owner)
  const here = moves.filter(({ to }) => to.pipeline === pipelineId)
  const crosses = ({ from, to }: Move) => from !== undefined && from.pipeline !== to.pipeline
  const within = here.filter((move) => move.from !== undefined && !crosses(move))
  const before = standing(from - 1)
  const isForward = ({ from, to }: Move) =>
    to.kind === 'won' ? from?.kind !== 'won' : to.kind === 'open' && placeIn(to.stage) > placeIn(from?.stage ?? 0)
  const placeIn = (stage: number) => Number(stages.get(stage)?.position) + stage / 1e6
  const became = (how: string) => count(here, ({ from, to }) => fate(to.kind) === how && fate(from?.kind ?? 'open') !== how)
  const came = count(
    here,
    ({ from, to }) => from === undefined || (from.pipeline !== to.pipeline && fate(from.kind) === fate(to.kind)),
  )
  const all =
    count(before, ({ kind }) => kind === 'open') +
    came +
    count(here, ({ from, to }) => to.kind === 'open' && from !== undefined && from.kind !== 'open')
  expect(await get(`/pipelines/${pipelineId}/conversion_statistics?${query}`)).toEqual({
    stage_conversions: row.slice(0, -1).map((stage, index) => ({
      from_stage_id: stage,
      to_stage_id: row[index + 1],
      conversion_rate: percent(
        count(within, (move) => move.from?.stage === stage && isForward(move)),
        count(before, (one) => one.stage === stage) + count(here, ({ to }) => to.stage === stage),
      ),
    })),
    won_conversion: percent(became('won'), all),
    lost_conversion: percent(became('lost'), all),
  })

  const own = lasts.filter((deal) => deal.pipeline === pipelineId && deal.owner === owner)
  const left = standing(Math.min(until - 1, clock.at)).filter(({ kind }) => kind === 'open')
  const group = (deals: readonly { id: number; amount: number; currency: string }[]) => ({
    count: deals.length,
    deals_ids: deals.map(({ id }) => id).sort((a, b) => a - b),
    values: values(deals),
  })
  const open = own.filter(({ outcome, isArchived }) => outcome === 'open' && !isArchived)
  const mean = (lengths: readonly number[]) => (lengths.length === 0 ? 0 : Math.floor(sumOf(lengths) / lengths.length + 0.5))
  const inDays = (ms: number) => Math.round(ms / day)
  const ageOf = ({ created }: Last) => Math.max(0, clock.at - created)
  const withDeals = row.flatMap((stage) => {
    const there = open.filter((deal) => deal.stage === stage)
    return there.length === 0 ? [] : [{ stage, there }]
  })
  const movement = await get(`/pipelines/${pipelineId}/movement_statistics?${query}`)
  expect(movement).toMatchObject({
    movements_between_stages: { count: count(within, ({ from, to }) => from?.kind === 'open' && to.kind === 'open') },
    new_deals: group(own.filter(({ created }) => inside(created))),
    deals_left_open: group(left),
    won_deals: group(own.filter(({ outcome, closed }) => outcome === 'won' && inside(closed))),
    lost_deals: group(own.filter(({ outcome, closed }) => fate(outcome) === 'lost' && inside(closed))),
    average_age_in_days: {
      across_all_stages:
        open.length === 0 ? 0 : inDays(sumOf(withDeals.map(({ there }) => mean(there.map(ageOf)) * there.length)) / open.length),
      by_stages: withDeals.map(({ stage, there }) => ({
        stage_id: stage,
        value: inDays(mean(there.map(({ stageChanged, created }) => Math.max(0, clock.at - (stageChanged ?? created))))),
      })),
    },
  })
  for (const name of ['new', 'won', 'lost'] as const) {
    const { values } = movement[`${name}_deals`]
    expect(Object.keys(movement[`${name}_deals`].formatted_values)).toEqual(Object.keys(values))
  }

  const shown = lasts.filter(({ isArchived }) => !isArchived)
  for (const [query, deals] of [
    ['', shown],
    [
      `?status=open&pipeline_id=${pipelineId}`,
      shown.filter(({ outcome, pipeline }) => outcome === 'open' && pipeline === pipelineId),
    ],
    [`?user_id=${owner}&status=lost`, shown.filter((deal) => deal.owner === owner && fate(deal.outcome) === 'lost')],
  ] as const) {
    const summary = await get(`/deals/summary${query}`)
    const only = (sums: Record<string, { value: number }>) =>
      Object.fromEntries(Object.entries(sums).map(([code, { value }]) => [code, value]))
    expect([summary.total_count, only(summary.values_total), only(summary.weighted_values_total)]).toEqual([
      deals.length,
      values(deals),
      weighted(deals, stages),
    ])
    expect(summary.total_currency_converted_value).toBe(values(deals.filter(({ currency }) => currency === 'USD')).USD ?? 0)
  }
  await checkTimeline(get, seen, shown, from)
  await checkStageTimes(get, seen)
}

/** By which date deals are laid out. */
const dates = {
  add_time: ({ created }: Last) => dayOf(created),
  close_time: ({ closed }: Last) => closed && dayOf(closed),
  won_time: ({ outcome, closed }: Last) => (outcome === 'won' && closed !== null ? dayOf(closed) : null),
  stage_change_time: ({ stageChanged }: Last) => stageChanged && dayOf(stageChanged),
  expected_close_date: ({ expected }: Last) => expected,
}

async function checkTimeline(
  get: (path: string) => Promise<Body>,
  seen: Seen,
  shown: readonly Last[],
  from: number,
): Promise<void> {
  const { pipelineId, clock } = seen
  const stages = stagesAt(seen, clock.at)
  const fields = Object.keys(dates) as (keyof typeof dates)[]
  // Each history is laid out by one of them.
  const field = fields[shown.length % fields.length] ?? 'add_time'
  const query = `start_date=${dayOf(from)}&interval=week&amount=30&field_key=${field}&pipeline_id=${pipelineId}&exclude_deals=1`
  const weeks: Body[] = await get(`/deals/timeline?${query}`)
  expect(weeks).toHaveLength(30)
  const deals = shown.filter(({ outcome, pipeline }) => pipeline === pipelineId && ['open', 'won'].includes(outcome))
  for (const [index, { totals }] of weeks.entries()) {
    const [first, end] = [dayOf(from + index * 7 * day), dayOf(from + (index + 1) * 7 * day)]
    const own = deals.filter((deal) => {
      const at = dates[field](deal)
      return at !== null && at >= first && at < end
    })
    const [open, won] = ['open', 'won'].map((wanted) => own.filter(({ outcome }) => outcome === wanted)) as [Last[], Last[]]
    expect([field, first, totals]).toEqual([
      field,
      first,
      {
        count: own.length,
        values: values(own),
        weighted_values: weighted(own, stages),
        open_count: open.length,
        open_values: values(open),
        weighted_open_values: weighted(open, stages),
        won_count: won.length,
        won_values: values(won),
      },
    ])
  }
}

/** Of each deal that was not deleted: the seconds in every open stage that its pipeline has now. */
async function checkStageTimes(get: (path: string) => Promise<Body>, seen: Seen): Promise<void> {
  const { observed, clock } = seen
  const stages = stagesAt(seen, clock.at)
  const chosen = observed.filter(({ isDeleted }, index) => !isDeleted && index % 4 === 0)
  for (const deal of chosen) {
    const { stay_in_pipeline_stages: told, age } = await get(`/deals/${deal.id}`)
    const arrivals = placesOf(deal).filter(({ how }) => how === 'came')
    const times = new Map<number, number>()
    for (const [index, { stage, from }] of arrivals.entries()) {
      const { kind, pipelineId, deletedAt } = stages.get(stage) ?? {}
      if (kind !== 'open' || deletedAt != null || pipelineId !== Number(lastOf(deal).pipelineId)) continue
      times.set(stage, (times.get(stage) ?? 0) + (arrivals[index + 1]?.from ?? clock.at) - from)
    }
    expect([deal.id, told]).toEqual([
      deal.id,
      {
        times_in_stages: Object.fromEntries([...times].map(([stage, ms]) => [stage, Math.floor(ms / 1000)])),
        order_of_stages: [...times.keys()],
      },
    ])
    expect(age.total_seconds).toBe(ageInSeconds(deal, clock.at))
  }
}

function ageInSeconds(deal: Observed, now: number): number {
  const { createdAt, closedAt } = lastOf(deal)
  return Math.floor(Math.max(0, Number(closedAt ?? now) - Number(createdAt)) / 1000)
}

/** How many deals, and how much, Pipeback tells of each stage and pipeline, and amoCRM's older API of each pipeline. */
async function checkTotals(app: TestApp, seen: Seen): Promise<void> {
  const { ws, clock } = seen
  const shown = lastsOf(seen).filter(({ isArchived }) => !isArchived)
  const stages = stagesAt(seen, clock.at)
  const kept = [...stages].filter(([, { deletedAt }]) => deletedAt == null)
  const tellOf = (deals: readonly Last[]) => [
    deals.length,
    sumOf(deals.filter(({ currency }) => currency === 'USD').map(({ amount }) => amount)),
  ]
  // Closed deals stay in the stage that they were closed from.
  const standsIn = ({ outcome, stage, openStage }: Last) => (outcome === 'open' ? stage : openStage)
  const headers = { authorization: `Bearer ${ws.token}`, 'x-workspace-id': ws.workspace.uuid }
  const { data: pipelines } = await read(`${app.origin}/pipeback/app/pipelines`, headers)
  for (const pipeline of pipelines as Body[]) {
    const own: number[] = []
    for (const { id: uuid, total_deals, total_deals_amount } of pipeline.stages as Body[]) {
      const [id = 0] = kept.find(([, stage]) => stage.uuid === uuid) ?? []
      own.push(id)
      expect([id, total_deals, total_deals_amount]).toEqual([id, ...tellOf(shown.filter((deal) => standsIn(deal) === id))])
    }
    const inIt = shown.filter((deal) => own.includes(standsIn(deal) ?? 0))
    expect([pipeline.total_deals, pipeline.total_deals_amount]).toEqual(tellOf(inIt))
  }

  const { body } = await callAs(app, ws).get('/private/api/v2/json/pipelines/list')
  for (const { id, leads } of Object.values<Body>(body.response.pipelines)) {
    expect([id, leads]).toEqual([id, count(shown, ({ pipeline }) => pipeline === id)])
  }
}

/** The days that Productive shows of each deal. */
async function checkProductive(app: TestApp, seen: Seen): Promise<void> {
  const { ws, clock } = seen
  const headers = { 'x-auth-token': ws.token, 'x-organization-id': String(ws.workspace.id) }
  const lasts = new Map(lastsOf(seen).map((deal) => [deal.id, deal]))
  const between = (from: number, to: number) => Math.max(0, Math.floor((to - from) / day))
  const { data } = await read(`${app.origin}/productive/api/v2/deals?page[size]=200`, headers)
  for (const { id, attributes } of data as Body[]) {
    const deal = lasts.get(Number(id)) as Last
    const { created, closed, stageChanged } = deal
    expect([id, attributes.time_to_close, attributes.days_since_created, attributes.days_in_current_stage]).toEqual([
      id,
      closed === null ? null : between(created, closed),
      between(created, closed ?? clock.at),
      between(stageChanged ?? created, clock.at),
    ])
  }
}
