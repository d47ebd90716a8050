import type { Store } from '../../domain/store.ts'
import { param, statement } from '../engine.ts'
import { toEvent } from '../history.ts'
import { all, type Db } from '../rows.ts'
import type { EventRow } from '../schema.ts'
import { sql } from '../sql.ts'
import { staysIn } from './stays.ts'
import { balancesAt, passagesIn } from './sums.ts'

/** Led by the subject, so that the millions of events of deals are not read. */
const structure = statement<EventRow>(
  () =>
    sql`select * from event where workspace_id = ${param('workspace')} and subject in ('pipeline', 'stage') order by subject, subject_id, id`,
)

export const reportTables = (db: Db): Store['reports'] => ({
  structure: () => all(db, structure, toEvent),
  balances: (pipelineId, at, filter) => balancesAt(db, pipelineId, at, filter),
  passages: (pipelineId, period, filter) => passagesIn(db, pipelineId, period, filter),
  stays: (stageIds, period, filter) => staysIn(db, stageIds, period, filter),
})
