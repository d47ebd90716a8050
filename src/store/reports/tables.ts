import type { Store } from '../../domain/store.ts'
import type { Db } from '../rows.ts'
import { staysIn } from './stays.ts'
import { balancesAt, passagesIn } from './sums.ts'

export const reportTables = (db: Db): Store['reports'] => ({
  balances: (pipelineId, at, filter) => balancesAt(db, pipelineId, at, filter),
  passages: (pipelineId, period, filter) => passagesIn(db, pipelineId, period, filter),
  stays: (stageIds, period, filter) => staysIn(db, stageIds, period, filter),
})
