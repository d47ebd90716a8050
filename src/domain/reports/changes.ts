import { type Deal, listDeals } from '../deal.ts'
import type { Scope } from '../scope.ts'
import type { Instant } from '../time.ts'
import type { Span } from './flows.ts'
import { type Facts, fateOf, type Stretch } from './life.ts'
import { shapeAt } from './shape.ts'
import type { Total } from './totals.ts'

/** Where a deal stood at two moments; undefined while there was none. */
export interface Compared {
  readonly dealId: number
  readonly before: Stretch | undefined
  readonly after: Stretch | undefined
}

/** What has become of a deal between two moments. The first that fits says where it went; what follows can be said beside it. */
export const changeKinds = [
  'won',
  'lost',
  'reopened',
  'in',
  'out',
  'forward',
  'back',
  'pushed',
  'pulled',
  'raised',
  'lowered',
] as const
export type ChangeKind = (typeof changeKinds)[number]

export interface Change extends Compared {
  readonly deal: Deal | undefined
}

export interface Changes {
  readonly since: Instant
  readonly until: Instant
  readonly kinds: readonly {
    readonly kind: ChangeKind
    /** Amounts as they were afterwards, before where the deal is out, and by how much they changed where they were raised or lowered. */
    readonly totals: readonly Total[]
    /** The largest of them. */
    readonly deals: readonly Change[]
  }[]
}

/**
 * What is different in a pipeline between the moment before a period and its last one, deal by deal: whatever went to and fro in between
 * does not show.
 */
export async function changesIn(
  scope: Scope,
  { pipelineId, ownerId, period, limit }: Span & { limit: number },
): Promise<Changes> {
  const [since, until] = [period.from - 1, Math.min(period.until - 1, scope.now())]
  const { all } = await shapeAt(scope, pipelineId, scope.now())
  const placeOf = (stretch: Stretch) => all.get(stretch.stageId)?.position ?? 0
  const stageIds = await everIn(scope, pipelineId)
  const compared = (await scope.store.reports.compare(pipelineId, stageIds, since, until)).map(({ dealId, before, after }) => {
    const present = (one: Stretch | undefined) =>
      one?.isCounted && one.pipelineId === pipelineId && (ownerId === undefined || one.ownerId === ownerId) ? one : undefined
    return { dealId, before: present(before), after: present(after) }
  })
  const byKind = new Map(changeKinds.map((kind) => [kind, [] as Compared[]]))
  for (const one of compared) for (const kind of kindsOf(one, placeOf)) byKind.get(kind)?.push(one)
  const kinds = [...byKind].map(([kind, own]) => {
    const largest = own.toSorted((a, b) => (amountOf(kind, b) ?? 0) - (amountOf(kind, a) ?? 0) || a.dealId - b.dealId)
    return { kind, totals: totalsOf(kind, own), deals: largest.slice(0, limit) }
  })
  const ids = [...new Set(kinds.flatMap(({ deals }) => deals.map(({ dealId }) => dealId)))]
  const deals = new Map<number, Deal>()
  if (ids.length > 0) {
    const { items } = await listDeals(scope, { filter: { ids, deleted: 'both' }, limit: ids.length })
    for (const deal of items) deals.set(deal.id, deal)
  }
  return {
    since,
    until,
    kinds: kinds.map(({ deals: own, ...rest }) => ({
      ...rest,
      deals: own.map((one) => ({ ...one, deal: deals.get(one.dealId) })),
    })),
  }
}

/** The stages that a pipeline has or ever had. */
async function everIn({ store }: Scope, pipelineId: number): Promise<number[]> {
  const events = (await store.reports.structure()).filter(({ type }) => type.startsWith('stage.'))
  const own = events.filter(({ before, after }) => before?.pipelineId === pipelineId || after?.pipelineId === pipelineId)
  return [...new Set(own.map(({ subjectId }) => subjectId))]
}

export function kindsOf({ before, after }: Omit<Compared, 'dealId'>, placeOf: (stretch: Stretch) => number): ChangeKind[] {
  const [former, fate] = [before && fateOf(before.kind), after && fateOf(after.kind)]
  if (after && fate && fate !== 'open') return fate === former ? [] : [fate]
  if (!after) return former === 'open' ? ['out'] : []
  if (!before) return ['in']
  if (former !== 'open') return ['reopened']
  const kinds: ChangeKind[] = []
  const step = placeOf(after) - placeOf(before)
  if (after.stageId !== before.stageId && step !== 0) kinds.push(step > 0 ? 'forward' : 'back')
  const [old, day] = [before.expectedCloseDate, after.expectedCloseDate]
  if (old !== day && old !== null && day !== null) kinds.push(day > old ? 'pushed' : 'pulled')
  if (before.currency === after.currency && before.amount !== after.amount)
    kinds.push(after.amount > before.amount ? 'raised' : 'lowered')
  return kinds
}

const amountOf = (kind: ChangeKind, { before, after }: Compared): number => {
  const shown: Facts | undefined = kind === 'out' ? before : after
  if (kind === 'raised' || kind === 'lowered') return (after?.amount ?? 0) - (before?.amount ?? 0)
  return shown?.amount ?? 0
}

function totalsOf(kind: ChangeKind, compared: readonly Compared[]): Total[] {
  const sums = new Map<string, Total>()
  for (const one of compared) {
    const currency = (kind === 'out' ? one.before : one.after)?.currency ?? ''
    const sum = sums.get(currency) ?? { currency, count: 0, amount: 0n, weighted: 0n }
    sums.set(currency, { ...sum, count: sum.count + 1, amount: sum.amount + BigInt(amountOf(kind, one)) })
  }
  return [...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))
}
