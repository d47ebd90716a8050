import type { Scope } from '../scope.ts'
import { isOpen, type Stage } from '../stage.ts'
import type { Instant } from '../time.ts'
import { added, type Flow, type Standings } from './ledger.ts'
import { fateOf } from './life.ts'
import type { Period } from './period.ts'
import { type Shape, shapeAt } from './shape.ts'
import { type Total, totalsOf } from './totals.ts'

/** What is asked of a period. */
export interface Span {
  readonly pipelineId: number
  readonly ownerId?: number | undefined
  readonly period: Period
}

/**
 * What a passage from one stage to another is. To a stage of another outcome it is what became of the deal, whatever else it is; within
 * open stages it goes by their order as it is now; `within` is from one won or lost stage to another.
 */
export type Turn = 'new' | 'came' | 'forward' | 'back' | 'won' | 'lost' | 'reopened' | 'within' | 'left' | 'changed'

export function turnOf({ fromStageId, toStageId }: Pick<Flow, 'fromStageId' | 'toStageId'>, all: Shape['all']): Turn {
  if (toStageId < 0) return 'left'
  if (fromStageId === toStageId) return 'changed'
  const to = all.get(toStageId)
  const from = all.get(Math.abs(fromStageId))
  const fate = fateOf(to?.kind ?? 'open')
  const former = fateOf(from?.kind ?? 'open')
  if (fate !== former) return fate === 'open' ? 'reopened' : fate
  if (fromStageId === 0) return 'new'
  if (fromStageId < 0) return 'came'
  if (fate !== 'open') return 'within'
  return isBefore(from, to) ? 'forward' : 'back'
}

const isBefore = (a: Stage | undefined, b: Stage | undefined): boolean =>
  a !== undefined && b !== undefined && (a.position < b.position || (a.position === b.position && a.id < b.id))

/** Counts and amounts per currency. A change of an amount in a stage counts no deal. */
export function tally(flows: readonly Flow[]): Total[] {
  const sums = new Map<string, Total>()
  for (const { currency, count, amount } of flows) {
    const sum = sums.get(currency) ?? { currency, count: 0, amount: 0n, weighted: 0n }
    sums.set(currency, { ...sum, count: sum.count + count, amount: sum.amount + amount })
  }
  return [...sums.values()]
    .filter(({ count, amount }) => count !== 0 || amount !== 0n)
    .sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

/** All flows of some sort in one, where currencies do not matter. */
export const countOf = (flows: readonly Flow[]): number => flows.reduce((sum, { count }) => sum + count, 0)

/** What passed in a period, each with what it is; and the stages as they are now. */
export async function flowsIn(
  scope: Scope,
  { pipelineId, ownerId, period }: Span,
): Promise<{ flows: readonly Flow[]; of(...turns: readonly Turn[]): Flow[]; shape: Shape }> {
  const shape = await shapeAt(scope, pipelineId, scope.now())
  const flows = await scope.store.reports.passages(pipelineId, period, { ownerId })
  return { flows, of: (...turns) => flowsOf(flows, shape, turns), shape }
}

const flowsOf = (flows: readonly Flow[], { all }: Shape, turns: readonly Turn[]): Flow[] =>
  flows.filter((flow) => turns.includes(turnOf(flow, all)))

/** What of these stands open. */
const openOf = (balances: readonly Standings[], { all }: Shape): Total[] =>
  totalsOf(
    balances.filter(({ stageId }) => all.get(stageId)?.kind === 'open'),
    all,
  )

/** What became of a pipeline in a period. */
export interface Summary {
  readonly period: Period
  /** Deals created in it, those that were brought along closed included. */
  readonly added: readonly Total[]
  /** Deals that came from another pipeline, and that went to one. */
  readonly came: readonly Total[]
  readonly left: readonly Total[]
  /** Amounts as they were when the deals were won, and what of them was changed since then within the period. */
  readonly won: readonly Total[]
  readonly lost: readonly Total[]
  readonly reopened: readonly Total[]
  /** What stood open before the first moment and at the last one. */
  readonly openBefore: readonly Total[]
  readonly openAfter: readonly Total[]
}

/** New, won, lost and left open. */
export const summary = async (scope: Scope, span: Span): Promise<Summary> => (await summaries(scope, span, [span.period])).whole

/** The same of periods that follow upon each other, and of all of them together. */
export async function summaries(
  scope: Scope,
  { pipelineId, ownerId }: Omit<Span, 'period'>,
  periods: readonly Period[],
): Promise<{ parts: readonly Summary[]; whole: Summary }> {
  const shape = await shapeAt(scope, pipelineId, scope.now())
  const bounds = periods.map(({ from, until }) => [from - 1, Math.min(until - 1, scope.now())] as const)
  const moments = [...new Set(bounds.flat())].sort((a, b) => a - b)
  const balances = await scope.store.reports.balances(pipelineId, moments, { ownerId })
  const openAt = (moment: Instant) => openOf(balances[moments.indexOf(moment)] ?? [], shape)
  const flows: (readonly Flow[])[] = []
  for (const period of periods) flows.push(await scope.store.reports.passages(pipelineId, period, { ownerId }))
  const write = (first: number, last: number): Summary => {
    const all = flows.slice(first, last + 1).flat()
    const of = (...turns: readonly Turn[]) => flowsOf(all, shape, turns)
    return {
      period: { from: periods[first]?.from ?? 0, until: periods[last]?.until ?? 0 },
      added: tally(all.filter(({ fromStageId }) => fromStageId === 0)),
      came: tally(all.filter(({ fromStageId, toStageId }) => fromStageId < 0 && toStageId > 0)),
      left: tally(of('left')),
      won: tally([...of('won'), ...changesIn(all, shape, 'won')]),
      lost: tally([...of('lost'), ...changesIn(all, shape, 'lost')]),
      reopened: tally(of('reopened')),
      openBefore: openAt(bounds[first]?.[0] ?? 0),
      openAfter: openAt(bounds[last]?.[1] ?? 0),
    }
  }
  return { parts: periods.map((_, index) => write(index, index)), whole: write(0, periods.length - 1) }
}

/** What was won in a period, with what of it was changed since. */
export async function wonIn(scope: Scope, span: Span): Promise<readonly Total[]> {
  const { flows, of, shape } = await flowsIn(scope, span)
  return tally([...of('won'), ...changesIn(flows, shape, 'won')])
}

/** Changes of amount, currency and owner of deals while they were won, or lost. */
const changesIn = (flows: readonly Flow[], { all }: Shape, fate: 'won' | 'lost'): Flow[] =>
  flows.filter(({ fromStageId, toStageId }) => fromStageId === toStageId && fateOf(all.get(toStageId)?.kind ?? 'open') === fate)

/** What came to a stage and left it in a period. */
export interface Movement {
  readonly stage: Stage
  readonly entered: readonly Total[]
  /** How many of these had never been there. */
  readonly firsts: number
  readonly left: readonly Total[]
  /** What became of those that left. */
  readonly exits: Readonly<Partial<Record<Turn, number>>>
}

export interface Movements {
  readonly stages: readonly Movement[]
  readonly flows: readonly { readonly flow: Flow; readonly turn: Turn }[]
}

/** Who moved from which stage to which: stage by stage, and every way by itself, all currencies and owners together or apart as you sum them. */
export async function movements(scope: Scope, span: Span): Promise<Movements> {
  const { flows, shape } = await flowsIn(scope, span)
  return movementsOf(flows, shape)
}

export function movementsOf(flows: readonly Flow[], shape: Shape): Movements {
  const moved = flows.filter(({ fromStageId, toStageId }) => fromStageId !== toStageId)
  const seen = new Set(moved.flatMap(({ fromStageId, toStageId }) => [fromStageId, toStageId]))
  const stages = [
    ...shape.stages,
    ...[...shape.all.values()].filter(({ id }) => seen.has(id) && !shape.stages.some((own) => own.id === id)),
  ]
  return {
    stages: stages.map((stage) => {
      const entered = moved.filter(({ toStageId }) => toStageId === stage.id)
      const left = moved.filter(({ fromStageId }) => fromStageId === stage.id)
      const exits: Partial<Record<Turn, number>> = {}
      for (const flow of left) {
        const turn = turnOf(flow, shape.all)
        exits[turn] = (exits[turn] ?? 0) + flow.count
      }
      return {
        stage,
        entered: tally(entered),
        firsts: entered.reduce((sum, { firsts }) => sum + firsts, 0),
        left: tally(left),
        exits,
      }
    }),
    flows: [
      ...Map.groupBy(moved, ({ fromStageId, toStageId, currency }) => `${fromStageId} ${toStageId} ${currency}`).values(),
    ].map((same) => {
      const flow = same.reduce((sum, other) => added(sum, other))
      return { flow, turn: turnOf(flow, shape.all) }
    }),
  }
}

/** How much of what was decided in a period was won. */
export interface WinRate {
  readonly won: readonly Total[]
  readonly lost: readonly Total[]
  /** Of deals: won ÷ (won + lost); null where nothing was decided. */
  readonly rate: number | null
  /** Of amounts, currency by currency. */
  readonly values: readonly { readonly currency: string; readonly rate: number | null }[]
}

/** Every closing counts when it happened; one that was taken back and closed again counts twice. By owner where asked. */
export async function winRates(
  scope: Scope,
  span: Span,
): Promise<WinRate & { owners: readonly (WinRate & { ownerId: number })[] }> {
  const { of } = await flowsIn(scope, span)
  const [won, lost] = [of('won'), of('lost')]
  const owners = [...new Set([...won, ...lost].map(({ ownerId }) => ownerId))].sort((a, b) => a - b)
  const own = (flows: readonly Flow[], id: number) => flows.filter(({ ownerId }) => ownerId === id)
  return {
    ...rateOf(won, lost),
    owners: owners.map((ownerId) => ({ ownerId, ...rateOf(own(won, ownerId), own(lost, ownerId)) })),
  }
}

function rateOf(won: readonly Flow[], lost: readonly Flow[]): WinRate {
  const [wins, losses] = [tally(won), tally(lost)]
  const currencies = [...new Set([...wins, ...losses].map(({ currency }) => currency))].sort()
  const amountIn = (totals: readonly Total[], currency: string) =>
    totals.find((total) => total.currency === currency)?.amount ?? 0n
  return {
    won: wins,
    lost: losses,
    rate: share(countOf(won), countOf(won) + countOf(lost)),
    values: currencies.map((currency) => {
      const [gain, loss] = [amountIn(wins, currency), amountIn(losses, currency)]
      return { currency, rate: share(Number(gain), Number(gain + loss)) }
    }),
  }
}

export const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** What a pipeline brings in a day: open deals × win rate × what a won deal is worth ÷ how many days it took, in one currency. */
export interface Velocity {
  readonly currency: string
  /** Open deals at the end of the period. */
  readonly open: number
  readonly won: number
  readonly lost: number
  readonly rate: number | null
  /** Minor units of a won deal, on average. */
  readonly average: number | null
  /** Milliseconds from creation to winning, on average. */
  readonly cycle: number | null
  /** Minor units a day; null where one of the factors is not known, or deals were won the moment they were made. */
  readonly perDay: number | null
}

const dayInMs = 86_400_000

export async function velocities(scope: Scope, span: Span): Promise<Velocity[]> {
  const { of, shape } = await flowsIn(scope, span)
  const { pipelineId, ownerId, period } = span
  const end = Math.min(period.until - 1, scope.now())
  const [standing = []] = await scope.store.reports.balances(pipelineId, [end], { ownerId })
  const open = openOf(standing, shape)
  const [won, lost] = [of('won'), of('lost')]
  const currencies = [...new Set([...won, ...lost, ...open].map(({ currency }) => currency))].sort()
  return currencies.map((currency) => {
    const mine = (flows: readonly Flow[]) => flows.filter((flow) => flow.currency === currency)
    const [wins, losses] = [countOf(mine(won)), countOf(mine(lost))]
    const amount = mine(won).reduce((sum, flow) => sum + flow.amount, 0n)
    const aged = mine(won).reduce((sum, flow) => sum + flow.aged, 0n)
    const count = open.find((total) => total.currency === currency)?.count ?? 0
    const [rate, average, cycle] = [share(wins, wins + losses), share(Number(amount), wins), share(Number(aged), wins)]
    const perDay = rate === null || average === null || !cycle ? null : (count * rate * average) / (cycle / dayInMs)
    return { currency, open: count, won: wins, lost: losses, rate, average, cycle, perDay }
  })
}

/** Of the deals that left a stage in a period, how many went on. */
export interface StageConversion {
  readonly stage: Stage
  readonly left: number
  /** To a later open stage, or won. */
  readonly forward: number
  readonly won: number
  readonly lost: number
  readonly back: number
  /** forward ÷ left. */
  readonly rate: number | null
}

/** Conversion in a period, from each open stage on; every leaving counts, also a second one of the same deal. */
export async function conversions(scope: Scope, span: Span): Promise<StageConversion[]> {
  const { stages } = await movements(scope, span)
  return stages
    .filter(({ stage }) => isOpen(stage))
    .map(({ stage, left, exits: { forward = 0, won = 0, lost = 0, back = 0 } }) => {
      const count = left.reduce((sum, total) => sum + total.count, 0)
      return { stage, left: count, forward: forward + won, won, lost, back, rate: share(forward + won, count) }
    })
}
