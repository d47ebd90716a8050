import { generateKeyBetween } from 'fractional-indexing'
import type { Deal, DealPlace } from '../domain/deal.ts'
import { invalid } from '../domain/errors.ts'
import type { Instant } from '../domain/time.ts'
import { param, statement } from './engine.ts'
import type { Db } from './rows.ts'
import { sql } from './sql.ts'

/** Where a deal stands among the cards of its stage. */

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(value: number, width: number): string {
  let text = ''
  for (let rest = value; rest > 0 || text.length < width; rest = Math.floor(rest / 62)) text = (digits[rest % 62] ?? '0') + text
  return text
}

/** With its length first, so that more digits sort as the larger number they are. */
const ordered = (value: number): string => {
  const text = base62(value, 1)
  return `${text.length}${text}`
}

const lastMoment = 62 ** 8 - 1

/**
 * The rank of a deal that arrives on top of a column: the later, the smaller. It needs no look at the column, so deals that arrive
 * at the same moment do not wait for each other; the id keeps them apart and in the order they were made. `h` and eight digits are an integer to fractional-indexing.
 */
const arrivalRank = (at: Instant, id: number): string =>
  `h${base62(lastMoment - Math.min(Math.max(at, 0), lastMoment), 8)}${ordered(id)}V`

const rankOf = statement<{ rank: string }>(
  () =>
    sql`select rank from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and id = ${param('id')} and deleted_at is null`,
)

// Deleted deals keep their place: one that is restored must not share its rank with another.
const rankBefore = statement<{ rank: string }>(
  () =>
    sql`select rank from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and rank < ${param('rank')} and id <> ${param('self')} order by rank desc limit 1`,
)

const rankAfter = statement<{ rank: string }>(
  () =>
    sql`select rank from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and rank > ${param('rank')} and id <> ${param('self')} order by rank limit 1`,
)

const sameRank = statement(
  () =>
    sql`select 1 from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and rank = ${param('rank')} and id <> ${param('self')} limit 1`,
)

const holdStage = statement(() => sql`select pg_advisory_xact_lock(${param('stage')})`)

/** Sorts after every rank. */
const end = '~'

export async function rank(
  { session, workspaceId, engine }: Db,
  stage: number,
  place: DealPlace | undefined,
  at: Instant,
  self: number,
): Promise<string> {
  if (place === undefined) return arrivalRank(at, self)
  // Two that look for a place between the same cards would find the same rank.
  if (engine.kind !== 'sqlite') await session.run(holdStage, { stage })
  const args = { workspace: workspaceId, stage, self }
  const previous = async (rank: string) => (await session.one(rankBefore, { ...args, rank }))?.rank ?? null
  const next = async (rank: string) => (await session.one(rankAfter, { ...args, rank }))?.rank ?? null
  const between = async (above: string | null, below: string | null) => {
    const own = (await session.one(rankOf, { workspace: workspaceId, stage, id: self }))?.rank
    const isThere = own !== undefined && (above === null || above < own) && (below === null || own < below)
    if (isThere) return own
    // In an empty column it arrives, so that those who arrive later stand above it.
    return above === null && below === null ? arrivalRank(at, self) : generateKeyBetween(above, below)
  }
  if (place === 'first') return between(null, await next(''))
  if (place === 'last') return between(await previous(end), null)
  const [id, field] = 'before' in place ? [place.before, 'place.before'] : [place.after, 'place.after']
  const beside = await session.one(rankOf, { workspace: workspaceId, stage, id })
  if (!beside || id === self) return invalid(field, 'not_found')
  return 'before' in place ? between(await previous(beside.rank), beside.rank) : between(beside.rank, await next(beside.rank))
}

/** The rank itself where no other deal of the stage has it, or one just behind it. */
export async function freeRank({ session, workspaceId, engine }: Db, stage: number, rank: string, self: number): Promise<string> {
  if (engine.kind !== 'sqlite') await session.run(holdStage, { stage })
  const values = { workspace: workspaceId, stage, self, rank }
  const isTaken = (await session.one(sameRank, values)) !== undefined
  return isTaken ? generateKeyBetween(rank, (await session.one(rankAfter, values))?.rank ?? null) : rank
}

/** How many stand from one rank to the next, for each of the pairs that are given. */
const countRanks = statement<{ n: number }>((engine) => {
  const pairs =
    engine === 'sqlite' ? sql`json_each(${param('pairs')})` : sql`json_array_elements(cast(${param('pairs')} as json))`
  return sql`select (select count(*) from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and rank > pair.value ->> 0 and rank <= pair.value ->> 1) as n from ${pairs} as pair`
})

const nthRank = statement<{ rank: string }>(
  () =>
    sql`select rank from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      order by rank limit 1 offset ${param('skip')}`,
)

/** So many cards of a column are counted, however long it is. */
const counted = 1000

/** The second in which a card arrived at its place or at the one it was put beside, counted so that it grows down the column. */
function secondOf(rank: string): number {
  if (rank[0] !== 'h') return rank < 'h' ? 0 : lastMoment / 1000
  const ms = [...rank.slice(1, 9)].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0)
  return Math.floor(ms / 1000)
}

/**
 * Places among the cards of each deal's stage, from 1. The first {@link counted} are counted from one deal to the next, so that however many are
 * asked for an index is walked once; those behind them go on in the order of the cards with a number for each second, several sharing one and
 * others left out, because counting would take as long as the column is.
 */
export async function placesOf(
  { session, workspaceId }: Db,
  deals: readonly Pick<Deal, 'id' | 'stageId' | 'rank'>[],
): Promise<ReadonlyMap<number, number>> {
  const places = new Map<number, number>()
  for (const [stage, row] of Map.groupBy(deals, (deal) => deal.stageId)) {
    const of = { workspace: workspaceId, stage }
    const bound = (await session.one(nthRank, { ...of, skip: counted - 1 }))?.rank
    const isNear = ({ rank }: Pick<Deal, 'rank'>) => bound === undefined || rank <= bound
    const near = row.filter(isNear).sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    const pairs = JSON.stringify(near.map(({ rank }, index) => [near[index - 1]?.rank ?? '', rank]))
    const counts = await session.all(countRanks, { ...of, pairs })
    let place = 0
    for (const [index, { id }] of near.entries()) {
      place += Number(counts[index]?.n ?? 0)
      places.set(id, place)
    }
    if (bound === undefined) continue
    const second = secondOf(bound)
    for (const { id, rank } of row) if (!places.has(id)) places.set(id, counted + 1 + secondOf(rank) - second)
  }
  return places
}
