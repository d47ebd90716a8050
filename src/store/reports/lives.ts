import { type Balance, balancesBetween, type Passage, passagesBetween, passagesTogether } from '../../domain/reports/ledger.ts'
import type { Stretch } from '../../domain/reports/life.ts'
import type { Store } from '../../domain/store.ts'
import { param, statement } from '../engine.ts'
import { all, type Columns, type Db, insertRows } from '../rows.ts'
import { flag, type StretchRow } from '../schema.ts'
import { sql } from '../sql.ts'
import { adding } from '../sums.ts'

/** The stretches of deals' lives, and the two ledgers that follow from them. */

export const toStretch = (row: StretchRow): Stretch => ({
  nth: row.nth,
  since: row.since,
  until: row.until,
  pipelineId: row.pipeline_id,
  stageId: row.stage_id,
  kind: row.kind as Stretch['kind'],
  enteredAt: row.entered_at,
  bornAt: row.born_at,
  arrives: row.arrives === 1,
  isFirst: row.is_first === 1,
  fromStageId: row.from_stage_id,
  stayed: row.stayed,
  userId: row.user_id,
  amount: row.amount,
  currency: row.currency,
  ownerId: row.owner_id,
  probability: row.probability,
  expectedCloseDate: row.expected_close_date,
  isCounted: row.is_counted === 1,
  isGone: row.is_gone === 1,
})

export const fromStretch = (stretch: Stretch, workspaceId: number, dealId: number): StretchRow => ({
  workspace_id: workspaceId,
  deal_id: dealId,
  nth: stretch.nth,
  since: stretch.since,
  until: stretch.until,
  pipeline_id: stretch.pipelineId,
  stage_id: stretch.stageId,
  kind: stretch.kind,
  entered_at: stretch.enteredAt,
  born_at: stretch.bornAt,
  arrives: flag(stretch.arrives),
  is_first: flag(stretch.isFirst),
  from_stage_id: stretch.fromStageId,
  stayed: stretch.stayed,
  user_id: stretch.userId,
  amount: stretch.amount,
  currency: stretch.currency,
  owner_id: stretch.ownerId,
  probability: stretch.probability,
  expected_close_date: stretch.expectedCloseDate,
  is_counted: flag(stretch.isCounted),
  is_gone: flag(stretch.isGone),
})

export const lifeTable = (db: Db): Store['lives'] => ({
  of: (dealId) => all(db, ofDeal, toStretch, { deal: dealId }),
  save: async (dealId, before, after) => {
    await saveStretches(db, dealId, before, after)
    await postBalances(db, balancesBetween(before, after))
    await postPassages(db, passagesBetween(before, after))
  },
})

/** Writes the lives of new deals, and posts what they add up to. In order, so that those that belong together lie together. */
export async function beginLives(db: Db, lives: readonly (readonly [dealId: number, life: readonly Stretch[]])[]): Promise<void> {
  const rows = lives.flatMap(([dealId, life]) => life.map((stretch) => fromStretch(stretch, db.workspaceId, dealId)))
  await insertRows(db, 'stretch', rows as unknown as Columns[])
  const all = lives.flatMap(([, life]) => life)
  await postBalances(
    db,
    balancesBetween([], all).sort((a, b) => a.pipelineId - b.pipelineId || a.span - b.span || a.bucket - b.bucket),
  )
  const each = lives.flatMap(([, life]) => passagesBetween([], life))
  await postPassages(
    db,
    passagesTogether(each).sort((a, b) => a.pipelineId - b.pipelineId || a.day - b.day),
  )
}

const ofDeal = statement<StretchRow>(
  () => sql`select * from stretch where workspace_id = ${param('workspace')} and deal_id = ${param('deal')} order by nth`,
)

const ofThis = sql`workspace_id = ${param('workspace')} and deal_id = ${param('deal')}`

const end = statement(() => sql`update stretch set until = ${param('until')} where ${ofThis} and nth = ${param('nth')}`)
const dropFrom = statement(() => sql`delete from stretch where ${ofThis} and nth >= ${param('nth')}`)

async function saveStretches(db: Db, deal: number, before: readonly Stretch[], after: readonly Stretch[]): Promise<void> {
  const { session, workspaceId } = db
  const of = { workspace: workspaceId, deal }
  let same = 0
  while (same < before.length && before[same] === after[same]) same++
  const [last, ended] = [before[same], after[same]]
  // Nearly always: the last one ends, and another begins.
  if (last && ended && isOnlyEnded(last, ended)) {
    await session.run(end, { ...of, nth: ended.nth, until: ended.until })
    same++
  }
  if (same < before.length) await session.run(dropFrom, { ...of, nth: same + 1 })
  const rows = after.slice(same).map((stretch) => fromStretch(stretch, workspaceId, deal))
  await insertRows(db, 'stretch', rows as unknown as Columns[])
}

const isOnlyEnded = (a: Stretch, b: Stretch): boolean =>
  (Object.keys(a) as (keyof Stretch)[]).every((key) => key === 'until' || a[key] === b[key])

// —— ledgers ——

const addBalance = adding(
  'balance',
  ['workspace_id', 'pipeline_id', 'span', 'bucket', 'stage_id', 'currency', 'owner_id', 'month'],
  ['deal_count', 'amount', 'own_amount', 'own_weighted'],
  { isStripedAnyway: true },
)

async function postBalances({ session, workspaceId }: Db, entries: readonly Balance[]): Promise<void> {
  for (const entry of entries) {
    const key = {
      workspace_id: workspaceId,
      pipeline_id: entry.pipelineId,
      span: entry.span,
      bucket: entry.bucket,
      stage_id: entry.stageId,
      currency: entry.currency,
      owner_id: entry.ownerId,
      month: entry.month,
    }
    const { count, amount, ownAmount, ownWeighted } = entry
    const turn = session.tally(addBalance, key, { deal_count: count, amount, own_amount: ownAmount, own_weighted: ownWeighted })
    if (turn) await turn
  }
}

const addPassage = adding(
  'passage',
  ['workspace_id', 'pipeline_id', 'day', 'from_stage_id', 'to_stage_id', 'currency', 'owner_id'],
  ['deal_count', 'firsts', 'amount', 'stays', 'stayed', 'aged'],
  { isStripedAnyway: true },
)

async function postPassages({ session, workspaceId }: Db, entries: readonly Passage[]): Promise<void> {
  for (const entry of entries) {
    const key = {
      workspace_id: workspaceId,
      pipeline_id: entry.pipelineId,
      day: entry.day,
      from_stage_id: entry.fromStageId,
      to_stage_id: entry.toStageId,
      currency: entry.currency,
      owner_id: entry.ownerId,
    }
    const { count, firsts, amount, stays, stayed, aged } = entry
    const turn = session.tally(addPassage, key, { deal_count: count, firsts, amount, stays, stayed, aged })
    if (turn) await turn
  }
}
