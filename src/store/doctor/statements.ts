import { param, statement } from '../engine.ts'

import type { DealFacetRow, DealRow, EventRow, PartyRow, PipelineRow, StageRow, WorkspaceRow } from '../schema.ts'
import { columnOf, type Indexed } from '../search.ts'
import { sql } from '../sql.ts'

/** What the doctor reads row by row, over all workspaces. */

const inOrder = <Row>(table: 'deal' | 'stage' | 'pipeline' | 'party') =>
  statement<Row>(
    (engine) => sql`select * from ${sql.ref(table)} order by ${sql.raw(engine === 'sqlite' ? 'id' : 'workspace_id, id')}`,
  )

export const deals = inOrder<DealRow>('deal')
export const stages = inOrder<StageRow>('stage')
export const pipelines = inOrder<PipelineRow>('pipeline')
export const parties = inOrder<PartyRow>('party')

export const workspaces = statement<WorkspaceRow>(() => sql`select * from workspace order by id`)

export const eventsOf = statement<EventRow>(
  () =>
    sql`select * from event where workspace_id = ${param('workspace')} and subject = ${param('subject')}
      and subject_id = ${param('id')} order by id`,
)

export interface TotalText {
  workspace_id: number
  stage_id: number
  currency: string
  deal_count: number
  amount: string
  own_amount: string
  own_weighted: string
}

/** Sums as text: they may be larger than a JavaScript number can count. PostgreSQL keeps a total in several rows. */
const totalsIn = (table: 'stage_total' | 'closed_from_stage_total') =>
  statement<TotalText>(
    () =>
      sql`select workspace_id, stage_id, currency, cast(sum(deal_count) as bigint) as deal_count, cast(sum(amount) as text) as amount,
          cast(sum(own_amount) as text) as own_amount, cast(sum(own_weighted) as text) as own_weighted
        from ${sql.ref(table)} group by workspace_id, stage_id, currency`,
  )

export const totals = totalsIn('stage_total')
export const closedTotals = totalsIn('closed_from_stage_total')

export const hasFacet = statement<{ found: number }>(
  () =>
    sql`select 1 as found from deal_facet where workspace_id = ${param('workspace')} and name = ${param('name')}
      and value = ${param('value')} and deal_id = ${param('id')}`,
)

export const countFacets = statement<{ workspace_id: number; n: number }>(
  () => sql`select workspace_id, count(*) as n from deal_facet group by workspace_id`,
)

export const facets = statement<DealFacetRow>(() => sql`select * from deal_facet where workspace_id = ${param('workspace')}`)

export const dealById = statement<DealRow>(
  () => sql`select * from deal where workspace_id = ${param('workspace')} and id = ${param('id')}`,
)

/** A word in the search index: of which row and column. */
export interface IndexedWord {
  term: string
  doc: number
  col: string
}

/** Opens the words of a search index to be read; in SQLite by a table in the connection's own temporary schema, so that nothing is written. */
export const openWords = (index: Indexed) =>
  statement((engine) =>
    engine === 'sqlite'
      ? sql`create virtual table if not exists temp.${sql.raw(`words_of_${index}`)} using fts5vocab(main, ${sql.raw(`${index}_text`)}, instance)`
      : sql`select 1`,
  )

export const words = (index: Indexed) =>
  statement<IndexedWord>((engine) =>
    engine === 'sqlite'
      ? sql`select term, doc, col from temp.${sql.raw(`words_of_${index}`)}`
      : sql`select word.lexeme as term, ${sql.ref(`${index}_id`)} as doc, ${columnOf(index, sql`weight`)} as col
          from ${sql.ref(`${index}_text`)}, unnest(words) as word, unnest(word.weights) as weight`,
  )

export const integrity = statement<{ integrity_check: string }>(() => sql`pragma integrity_check(20)`)

export const countRows = statement<{ n: number }>(
  () => sql`select (select count(*) from deal) + (select count(*) from party) as n`,
)
