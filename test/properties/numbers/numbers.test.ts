import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Body } from '../../../src/dialects/native/test/client.ts'
import { examine } from '../../../src/store/doctor.ts'
import { openTestApp, type TestApp } from '../../support/app.ts'
import { history } from './lives.ts'
import { type Move, movesOf, type Observed, type Standing, standingAt } from './observer.ts'
import { day, fate, live, type Seen, stagesAt, start } from './seen.ts'
import { checkVendors } from './vendors.ts'

/** Every number is what somebody would count who reads the whole log, whatever was told late, corrected or taken back. */

const clock = { at: start }
let app: TestApp
beforeAll(async () => {
  app = await openTestApp({ now: () => clock.at })
})
afterAll(() => app.close())

/** Moments at which something happened, one millisecond before and after, and some in between. */
function momentsOf({ observed }: Seen, count: number): number[] {
  const all = observed
    .flatMap(({ places, facts, hidden }) => [...places, ...facts, ...hidden].map(({ from }) => from))
    .sort((a, b) => a - b)
  const chosen = Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] ?? start)
  return chosen.map((at, index) => Math.min(at + ([0, -1, 1, 5000][index % 4] ?? 0), clock.at))
}

interface Sum {
  count: number
  amount: number
  hundredths: number
}

/** Sums by some key, as the board tells them; what comes to nothing is not told. */
function summed(standing: readonly Standing[], keyOf: (one: Standing) => string, stages: ReturnType<typeof stagesAt>) {
  const sums = new Map<string, Sum>()
  for (const one of standing) {
    const key = `${keyOf(one)} ${one.currency}`
    const sum = sums.get(key) ?? { count: 0, amount: 0, hundredths: 0 }
    const percent =
      one.kind === 'won'
        ? 100
        : one.kind !== 'open'
          ? 0
          : (one.probability ?? (stages.get(one.stage)?.probability as number | undefined) ?? 100)
    sums.set(key, { count: sum.count + 1, amount: sum.amount + one.amount, hundredths: sum.hundredths + one.amount * percent })
  }
  const weighted = ({ hundredths }: Sum) => Math.sign(hundredths) * Math.floor((Math.abs(hundredths) + 50) / 100) || 0
  return Object.fromEntries([...sums].map(([key, sum]) => [key, [sum.count, sum.amount, weighted(sum)]]))
}

const told = (rows: readonly [string, Body[]][]) =>
  Object.fromEntries(
    rows.flatMap(([key, totals]) =>
      totals.map(({ currency, count, amount, weightedAmount }) => [`${key} ${currency}`, [count, amount, weightedAmount]]),
    ),
  )

async function checkMoment(seen: Seen, at: number, owner: number | undefined): Promise<void> {
  const { api, pipelineId, observed } = seen
  const query = `pipelineId=${pipelineId}&asOf=${new Date(at).toISOString()}${owner === undefined ? '' : `&ownerId=${owner}`}`
  const standing = observed.flatMap((deal) => {
    const one = standingAt(deal, at)
    return one && one.pipeline === pipelineId && (owner === undefined || one.owner === owner) ? [one] : []
  })
  const stages = stagesAt(seen, at)
  const board: Body = (await api.get(`/reports/board?${query}&limit=100`)).body.data
  expect(told(board.columns.map(({ stage, totals }: Body) => [String(stage.id), totals]))).toEqual(
    summed(standing, ({ stage }) => String(stage), stages),
  )
  for (const { stage, cards } of board.columns as Body[]) {
    const own = standing.filter((one) => one.stage === stage.id)
    expect([stage.id, cards.map(({ amount }: Body) => amount).sort()]).toEqual([stage.id, own.map(({ amount }) => amount).sort()])
  }
  const forecast: Body = (await api.get(`/reports/forecast?${query}`)).body.data
  const open = standing.filter(({ kind }) => kind === 'open')
  const month = ({ expected }: Standing) => expected?.slice(0, 7) ?? 'none'
  const rows = forecast.months.flatMap(({ month, owners }: Body) =>
    owners.map(({ ownerId, totals }: Body) => [`${month ?? 'none'} ${ownerId}`, totals]),
  )
  expect(told(rows)).toEqual(summed(open, (one) => `${month(one)} ${one.owner}`, stages))
}

const nearest = (values: number[], percent: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1] ?? null

async function checkPeriod(seen: Seen, days: { from: number; to: number }): Promise<void> {
  const { api, pipelineId, observed } = seen
  const dayOf = (index: number) => new Date(Math.floor(start / day + index) * day).toISOString().slice(0, 10)
  const [from, to] = [Date.parse(dayOf(days.from)), Date.parse(dayOf(days.to)) + day]
  const inside = (at: number) => at >= from && at < to
  const query = `pipelineId=${pipelineId}&from=${dayOf(days.from)}&to=${dayOf(days.to)}`
  const get = async (name: string): Promise<Body> => (await api.get(`/reports/${name}?${query}`)).body.data
  const counted = observed.filter(({ isDeleted }) => !isDeleted)
  const moves = counted.flatMap(movesOf)
  const here = moves.filter(({ at, from, to }) => inside(at) && (to.pipeline === pipelineId || from?.pipeline === pipelineId))

  const flows = new Map<string, [number, number]>()
  for (const { from, to, currency, amount } of here) {
    const key = `${from?.stage ?? null} ${to.stage} ${currency}`
    const [count, sum] = flows.get(key) ?? [0, 0]
    flows.set(key, [count + 1, sum + amount])
  }
  const shown = new Map<string, [number, number]>()
  for (const { fromStageId, toStageId, currency, count, amount } of (await get('movement')).flows as Body[]) {
    const key = `${fromStageId} ${toStageId} ${currency}`
    const [n, sum] = shown.get(key) ?? [0, 0]
    shown.set(key, [n + count, sum + amount])
  }
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(flows))

  const became = (how: string) =>
    here.filter(({ from, to }) => to.pipeline === pipelineId && fate(to.kind) === how && fate(from?.kind ?? 'open') !== how)
  const { won, lost } = await get('win-rate')
  expect([won.count, lost.count]).toEqual([became('won').length, became('lost').length])
  expect(amounts(won)).toEqual(byCurrency(became('won')))

  const openAt = (at: number) =>
    observed.filter((deal) => {
      const one = standingAt(deal, at)
      return one?.kind === 'open' && one.pipeline === pipelineId
    }).length
  const summary = await get('summary')
  expect([summary.openBefore.count, summary.openAfter.count, summary.new.count]).toEqual([
    openAt(from - 1),
    openAt(Math.min(to - 1, clock.at)),
    here.filter(({ from }) => from === undefined).length,
  ])

  for (const { stageId, ended } of (await get('time-in-stage')).stages as Body[]) {
    const stays = moves.flatMap(({ at, from, stayed }) =>
      inside(at) && from?.stage === stageId && stayed !== undefined ? [stayed] : [],
    )
    const [median, p90] = [50, 90].map((percent) => nearest(stays, percent))
    expect([stageId, ended.count, ended.median, ended.p90]).toEqual([stageId, stays.length, seconds(median), seconds(p90)])
  }

  const { cohort } = await get('conversion')
  const row = (await api.all(`/pipelines/${pipelineId}/stages`)).filter(({ kind }) => kind === 'open')
  const born = counted.filter((deal) => inside(deal.born) && cameTo(deal, pipelineId).length > 0)
  const wasWon = (deal: Observed) => cameTo(deal, pipelineId).some(({ kind }) => kind === 'won')
  expect([cohort.deals, cohort.won, cohort.lost]).toEqual([
    born.length,
    born.filter(({ outcome }) => fate(outcome) === 'won').length,
    born.filter(({ outcome }) => fate(outcome) === 'lost').length,
  ])
  for (const [index, stage] of row.entries()) {
    const later = new Set(row.slice(index).map(({ id }) => id))
    const reached = born.filter((deal) => wasWon(deal) || cameTo(deal, pipelineId).some(({ stage }) => later.has(stage)))
    const entered = born.filter((deal) => cameTo(deal, pipelineId).some((place) => place.stage === stage.id))
    expect([stage.id, cohort.steps[index].reached, cohort.steps[index].entered]).toEqual([
      stage.id,
      reached.length,
      entered.length,
    ])
  }

  const { kinds } = await get('changes')
  const compared = observed.map((deal) =>
    [from - 1, Math.min(to - 1, clock.at)].map((at) => {
      const one = standingAt(deal, at)
      return one?.pipeline === pipelineId ? one : undefined
    }),
  )
  const kind = (name: string) => kinds.find((one: Body) => one.kind === name).count
  const many = (is: (before: Standing | undefined, after: Standing | undefined) => boolean) =>
    compared.filter(([before, after]) => is(before, after)).length
  expect(['won', 'lost', 'in', 'out', 'reopened', 'pushed'].map(kind)).toEqual([
    ...['won', 'lost'].map((how) =>
      many((before, after) => after !== undefined && fate(after.kind) === how && fate(before?.kind) !== how),
    ),
    many((before, after) => before === undefined && after?.kind === 'open'),
    many((before, after) => before?.kind === 'open' && after === undefined),
    many((before, after) => before !== undefined && before.kind !== 'open' && after?.kind === 'open'),
    many(
      (before, after) =>
        before?.kind === 'open' &&
        after?.kind === 'open' &&
        before.expected !== null &&
        after.expected !== null &&
        after.expected > before.expected,
    ),
  ])
}

const seconds = (ms: number | null | undefined) => (ms == null ? null : ms / 1000)
const amounts = ({ totals }: Body) => Object.fromEntries(totals.map(({ currency, amount }: Body) => [currency, amount]))
function byCurrency(moves: readonly Move[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { currency, amount } of moves) sums[currency] = (sums[currency] ?? 0) + amount
  return sums
}

/** The stages of a pipeline that a deal came to for the first time while they were there. */
function cameTo(deal: Observed, pipelineId: number) {
  const seen = new Set<number>()
  const lasting = deal.places.filter((place, index) => !deal.places.slice(index + 1).some((later) => later.from < place.from))
  return lasting.filter(({ how, stage, pipeline }) => {
    if (how !== 'came' || seen.has(stage)) return false
    seen.add(stage)
    return pipeline === pipelineId
  })
}

/** A failure prints the seed and the shortest history; `FC_SEED` runs it again. */
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31)

test('generated histories: every report, and every vendor’s statistics, are what the log says', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.array(fc.nat(200), { minLength: 2, maxLength: 2 }), async (commands, [a = 0, b = 0]) => {
      const seen = await live(app, clock, commands)
      const [owner] = seen.owners
      for (const [index, at] of momentsOf(seen, 6).entries()) await checkMoment(seen, at, index % 3 === 2 ? owner : undefined)
      await checkMoment(seen, clock.at, undefined)
      await checkPeriod(seen, { from: Math.min(a, b) - 20, to: Math.max(a, b) - 20 })
      await checkPeriod(seen, { from: -100, to: 1000 })
      await checkVendors(app, seen, { from: Math.min(a, b) - 20, to: Math.max(a, b) - 20 })
    }),
    { numRuns: 200, seed, endOnFailure: false },
  )
})

test('afterwards the doctor finds nothing wrong with the ledgers', { timeout: 120_000 }, async () => {
  const findings: unknown[] = []
  await examine(app.engine, { onFinding: (finding) => findings.push(finding) })
  expect(findings).toEqual([])
})
