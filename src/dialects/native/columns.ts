import { z } from 'zod'
import { isWeighted, rotsAt, updatedWhereRotten } from '../../domain/board.ts'
import { fieldsOf } from '../../domain/custom-field.ts'
import type { Deal } from '../../domain/deal.ts'
import { type DealFilter, listDeals } from '../../domain/deal.ts'
import type { Direction, Page } from '../../domain/page.ts'
import { findPipeline, type Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { findStage, type Stage, stageKinds } from '../../domain/stage.ts'
import { DealsQuery, dealSorts, readFilter } from './deal-list.ts'
import { partyNames } from './deal-names.ts'
import { CardJson, writeDeal } from './deals.ts'
import { choicesParam, countParam, mostParam, skipParam, sortParam } from './fields.ts'
import { readSort, type Sort, writeCursor } from './paging.ts'
import { StageJson, writeStage } from './stages.ts'
import { both, type Sum, sumsOf, writeSums } from './sums.ts'
import { timeOrNull } from './wire.ts'

/** A column of the board: a stage, what its deals add up to, and some of its cards. */

export type ColumnJson = z.output<typeof ColumnJson>
export const ColumnJson = z
  .object({
    stage: StageJson,
    ...both,
    cards: z.array(CardJson).meta({ description: 'Deals of the stage, archived ones left out.' }),
    next: z.string().nullable().meta({
      description:
        'For the cards that follow; null after the last. Without filters: `GET /deals?stageId=…&isArchived=false&sort=rank&cursor=…`.',
    }),
  })
  .meta({ id: 'Column', description: 'A stage on the board. Totals are of all its deals, also where cards are filtered.' })

const narrowing = DealsQuery.pick({
  ownerId: true,
  creatorId: true,
  contactId: true,
  companyId: true,
  lossReasonId: true,
  text: true,
  tag: true,
  customField: true,
  minAmount: true,
  maxAmount: true,
  currency: true,
  expectedCloseDate: true,
  expectedCloseSince: true,
  expectedCloseUntil: true,
  createdSince: true,
  createdUntil: true,
  updatedSince: true,
  updatedUntil: true,
  closedSince: true,
  closedUntil: true,
  stageChangedSince: true,
  stageChangedUntil: true,
  rotting: true,
  overdue: true,
}).shape

const cardFilters = {
  ...narrowing,
  sort: sortParam(['rank', ...dealSorts.filter((by) => by !== 'rank')]),
}

export const TotalsQuery = z.strictObject({
  ...narrowing,
  most: mostParam,
})

export const BoardQuery = z.strictObject({
  kinds: choicesParam(stageKinds as ['open', 'won', 'lost', 'unqualified'], 'Only stages of these kinds, separated by commas.'),
  ...cardFilters,
  limit: countParam('How many cards per stage.', 100, 20),
})

export const ColumnQuery = z.strictObject({
  ...cardFilters,
  skip: skipParam('How many cards to leave out from the beginning.'),
  limit: countParam('How many cards at most.', 100, 50),
})

interface Standing {
  pipeline: Pipeline
  stage: Stage
  sums: readonly Sum[]
}

export async function columnOf(
  scope: Scope,
  { pipeline, stage, sums }: Standing,
  { sort: wanted, skip, limit = 20, ...filter }: z.output<typeof ColumnQuery>,
): Promise<ColumnJson> {
  const sort: Sort<(typeof dealSorts)[number]> = readSort(wanted, 'rank')
  const isWhole = Object.values(filter).every((said) => said === undefined)
  const all = sums.reduce((all, { count }) => all + count, 0)
  const { items, next } =
    isWhole && sort.by === 'rank' && skip !== undefined && skip > all / 2 && skip < all
      ? await fromTheEnd(scope, stage, { direction: sort.direction, skip, limit, all })
      : await dealsOf(scope, stage, filter, { sort, skip, limit })
  return {
    stage: writeStage(stage),
    ...writeSums(scope, sums, isWeighted(pipeline, scope.workspace)),
    cards: await writeCards(scope, stage, items),
    next: writeCursor(sort, next),
  }
}

export async function columnOfStage(scope: Scope, stageId: number, query: z.output<typeof ColumnQuery>): Promise<ColumnJson> {
  const stage = await findStage(scope, stageId)
  const pipeline = await findPipeline(scope, stage.pipelineId)
  const all = await sumsOf(scope, pipeline)
  const sums = all.find((other) => other.stage.id === stageId)?.sums ?? []
  return columnOf(scope, { pipeline, stage, sums }, { ...query, limit: query.limit ?? 50 })
}

/** The same cards, found from the end of the column, which is nearer: skipping takes as long as what is skipped. */
async function fromTheEnd(
  scope: Scope,
  stage: Stage,
  { direction, skip, limit, all }: { direction: Direction; skip: number; limit: number; all: number },
): Promise<Page<Deal>> {
  const size = Math.min(limit, all - skip)
  const after = all - skip - size
  const sort = { by: 'rank', direction: direction === 'asc' ? 'desc' : 'asc' } as const
  const { items } = await dealsOf(scope, stage, {}, { sort, skip: after, limit: size })
  const last = items[0]
  return { items: items.toReversed(), next: after > 0 && last ? { value: last.rank, id: last.id } : null }
}

async function dealsOf(
  scope: Scope,
  stage: Stage,
  { rotting, ...filter }: Omit<z.output<typeof ColumnQuery>, 'sort' | 'skip' | 'limit'>,
  { sort, skip, limit }: { sort: Sort<(typeof dealSorts)[number]>; skip: number | undefined; limit: number },
): Promise<Page<Deal>> {
  const rotten = updatedWhereRotten(stage, scope.now())
  if (rotting === true && rotten === null) return { items: [], next: null }
  const age: DealFilter =
    rotting === undefined || rotten === null ? {} : rotting ? { updatedUntil: rotten } : { updatedSince: rotten }
  return listDeals(scope, {
    filter: { ...(await readFilter(scope, filter)), ...age, stageId: stage.id, isArchived: false },
    sort: [sort],
    limit,
    offset: skip,
  })
}

export async function writeCards(scope: Scope, stage: Stage, deals: readonly Deal[]): Promise<CardJson[]> {
  const fields = await fieldsOf(scope, 'deal', deals)
  const names = await partyNames(scope, deals)
  const nameOf = (id: number | null) => (id === null ? null : (names.get(id) ?? null))
  return deals.map((deal) => ({
    ...writeDeal(deal, fields),
    rotsAt: timeOrNull(rotsAt(deal, stage)),
    contactName: nameOf(deal.contactId),
    companyName: nameOf(deal.companyId),
  }))
}
