import type { Store } from '../../domain/store.ts'
import { inList, param, statement } from '../engine.ts'
import { toEvent } from '../history.ts'
import { all, type Db } from '../rows.ts'
import type { EventRow } from '../schema.ts'
import { sql } from '../sql.ts'
import { compare } from './compare.ts'
import { pathsOf } from './paths.ts'
import { standingAt } from './standing.ts'
import { agesIn, staysIn } from './stays.ts'
import { balancesAt, passagesIn } from './sums.ts'

/** Led by the subject, so that the millions of events of deals are not read. */
const structure = statement<EventRow>(
  () =>
    sql`select * from event where workspace_id = ${param('workspace')} and subject in ('pipeline', 'stage') order by subject, subject_id, id`,
)

const histories = statement<EventRow>(
  (engine) => sql`select * from event where workspace_id = ${param('workspace')} and subject = 'deal'
    and ${inList(engine, sql`subject_id`, 'ids')} order by subject_id, id`,
)

export const reportTables = (db: Db): Store['reports'] => ({
  structure: () => all(db, structure, toEvent),
  histories: (ids) => all(db, histories, toEvent, { ids: JSON.stringify(ids) }),
  standing: (stageId, at, filter, window) => standingAt(db, stageId, at, filter, window),
  balances: (pipelineId, moments, filter) => balancesAt(db, pipelineId, moments, filter),
  passages: (pipelineId, period, filter) => passagesIn(db, pipelineId, period, filter),
  paths: (pipelineId, period, filter) => pathsOf(db, pipelineId, period, filter),
  ages: (stageIds, now, filter) => agesIn(db, stageIds, now, filter),
  compare: (pipelineId, stageIds, since, until) => compare(db, pipelineId, stageIds, since, until),
  stays: (stageIds, period, filter) => staysIn(db, stageIds, period, filter),
})
