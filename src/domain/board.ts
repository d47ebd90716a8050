import { type Deal, type DealDate, type DealFilter, isCounted } from './deal.ts'
import { exponentOf } from './money.ts'
import type { Pipeline } from './pipeline.ts'
import type { Scope } from './scope.ts'
import { isOpen, type Stage } from './stage.ts'
import { type Day, dayInMs, type Instant } from './time.ts'
import type { Workspace } from './workspace.ts'

/**
 * What the deals of one stage in one currency add up to, kept with every change and never counted on request. Archived and
 * deleted deals are not in it. The three sums let the weighted total follow a change of the stage's probability at no cost.
 */
export interface StageTotal {
  readonly stageId: number
  readonly currency: string
  readonly count: number
  /** Minor units. */
  readonly amount: bigint
  /** Of these, the amount of deals that have a probability of their own. */
  readonly ownAmount: bigint
  /** The sum of amount × own probability, in hundredths of a minor unit. */
  readonly ownWeighted: bigint
}

/** What one deal adds to its stage's total; null while it is archived or deleted. */
export function contribution(deal: Deal): StageTotal | null {
  if (!isCounted(deal)) return null
  const amount = BigInt(deal.amount)
  const own = deal.probability
  return {
    stageId: deal.stageId,
    currency: deal.currency,
    count: 1,
    amount,
    ownAmount: own === null ? 0n : amount,
    ownWeighted: own === null ? 0n : amount * BigInt(own),
  }
}

/** What one deal adds to the total of the open stage it was closed from; null while it is open, archived or deleted. */
export function closedContribution(deal: Deal): StageTotal | null {
  const own = contribution(deal)
  return own === null || deal.outcome === 'open' || deal.openStageId === null ? null : { ...own, stageId: deal.openStageId }
}

/** All totals of the workspace, or of one pipeline. Stages without deals are not in it. */
export const listTotals = ({ store }: Scope, pipelineId?: number): Promise<readonly StageTotal[]> =>
  store.deals.totals(pipelineId)

/**
 * What the won and lost deals add up to by the open stage they were closed from, for vendors whose closed deals stay in their stage.
 * Kept with every change, like the other totals.
 */
export const listClosedTotals = ({ store }: Scope): Promise<readonly StageTotal[]> => store.deals.closedTotals()

/**
 * What the deals of a filter add up to, by stage and currency. Counted one by one, over an index: where everybody's deals of a stage or
 * a pipeline are wanted, the kept totals know it at once.
 */
export const sumDeals = ({ store }: Scope, filter: DealFilter): Promise<readonly StageTotal[]> => store.deals.sums(filter)

/** As `sumDeals`, for who would rather know nothing than wait: null where more than so many deals would have to be looked at. */
export const sumDealsWithin = ({ store }: Scope, filter: DealFilter, most: number): Promise<readonly StageTotal[] | null> =>
  store.deals.sumsWithin(filter, most)

/** The same for each UTC day of one of the deals' dates. */
export const sumDealsByDay = (
  { store }: Scope,
  filter: DealFilter,
  by: DealDate,
): Promise<readonly (StageTotal & { readonly day: Day })[]> => store.deals.sumsByDay(filter, by)

/** Whether probabilities count for a pipeline's deals: the workspace may switch them off for all. */
export const isWeighted = (pipeline: Pick<Pipeline, 'hasProbability'>, workspace: Workspace): boolean =>
  pipeline.hasProbability && workspace.features.probability

/** Percent: 100 when won, 0 when lost, else the deal's own or else its stage's; 100 where neither says anything. */
export function probabilityOf(deal: Pick<Deal, 'outcome' | 'probability'>, stage: Pick<Stage, 'probability'>): number {
  if (deal.outcome === 'won') return 100
  if (!isOpen({ kind: deal.outcome })) return 0
  return deal.probability ?? stage.probability ?? 100
}

/** Minor units of a stage total weighted by probability, rounded half away from zero. */
export function weightedTotal(total: StageTotal, stage: Pick<Stage, 'kind' | 'probability'>): bigint {
  if (stage.kind === 'won') return total.amount
  if (!isOpen(stage)) return 0n
  const hundredths = total.ownWeighted + (total.amount - total.ownAmount) * BigInt(stage.probability ?? 100)
  return (hundredths + (hundredths < 0n ? -50n : 50n)) / 100n
}

/** When the deal began, or will begin, to rot: so many days after its last change; null where it never does. */
export function rotsAt(deal: Pick<Deal, 'outcome' | 'updatedAt'>, stage: Pick<Stage, 'rotAfterDays'>): Instant | null {
  if (deal.outcome !== 'open' || stage.rotAfterDays === null) return null
  return deal.updatedAt + stage.rotAfterDays * dayInMs
}

/** Deals of a stage that were last changed before this moment are rotting; null where they never do. */
export const updatedWhereRotten = ({ kind, rotAfterDays }: Pick<Stage, 'kind' | 'rotAfterDays'>, now: Instant): Instant | null =>
  kind !== 'open' || rotAfterDays === null ? null : now - rotAfterDays * dayInMs + 1

/**
 * Amounts per currency converted into the workspace's own with its own rates. `missing` names the currencies that have no rate
 * and are therefore not in `amount`: a sum over mixed currencies is never guessed.
 */
export function convert(
  amounts: readonly { currency: string; amount: bigint }[],
  workspace: Pick<Workspace, 'currency' | 'rates'>,
): { currency: string; amount: bigint; missing: readonly string[] } {
  let sum = 0n
  const missing: string[] = []
  for (const { currency, amount } of amounts) {
    const rate = currency === workspace.currency ? 1 : workspace.rates[currency]
    if (rate === undefined) missing.push(currency)
    else if (currency === workspace.currency) sum += amount
    else sum += BigInt(Math.round(Number(amount) * rate * 10 ** (exponentOf(workspace.currency) - exponentOf(currency))))
  }
  return { currency: workspace.currency, amount: sum, missing }
}
