import { type Balance, balancesBetween, type Passage, passagesBetween, passagesTogether } from '../../domain/reports/ledger.ts'
import type { Stretch } from '../../domain/reports/life.ts'
import type { Store } from '../../domain/store.ts'
import { param, statement, type Value } from '../engine.ts'
import { all, type Columns, type Db, insertRow, shaped } from '../rows.ts'
import { flag, type StretchRow } from '../schema.ts'
import { sql } from '../sql.ts'

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

const fromStretch = (stretch: Stretch, workspaceId: number, dealId: number): StretchRow => ({
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
    await post(db, balances, balancesBetween(before, after))
    await post(db, passages, passagesBetween(before, after))
  },
})

/** Writes the lives of new deals, and posts what they add up to. */
export async function beginLives(db: Db, lives: readonly (readonly [dealId: number, life: readonly Stretch[]])[]): Promise<void> {
  for (const [dealId, life] of lives) {
    for (const stretch of life) {
      await insertRow(db, 'stretch', fromStretch(stretch, db.workspaceId, dealId) as unknown as Columns)
    }
  }
  const all = lives.flatMap(([, life]) => life)
  await post(db, balances, balancesBetween([], all))
  const each = lives.flatMap(([, life]) => passagesBetween([], life))
  await post(db, passages, passagesTogether(each))
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
  for (const stretch of after.slice(same)) {
    await insertRow(db, 'stretch', fromStretch(stretch, workspaceId, deal) as unknown as Columns)
  }
}

const isOnlyEnded = (a: Stretch, b: Stretch): boolean =>
  (Object.keys(a) as (keyof Stretch)[]).every((key) => key === 'until' || a[key] === b[key])

// —— ledgers ——

interface Ledger<T> {
  table: 'balance' | 'passage'
  keys: Readonly<Record<string, (entry: T) => Value>>
  sums: Readonly<Record<string, (entry: T) => number | bigint>>
}

const balances: Ledger<Balance> = {
  table: 'balance',
  keys: {
    pipeline_id: ({ pipelineId }) => pipelineId,
    span: ({ span }) => span,
    bucket: ({ bucket }) => bucket,
    stage_id: ({ stageId }) => stageId,
    currency: ({ currency }) => currency,
    owner_id: ({ ownerId }) => ownerId,
    month: ({ month }) => month,
  },
  sums: {
    deal_count: ({ count }) => count,
    amount: ({ amount }) => amount,
    own_amount: ({ ownAmount }) => ownAmount,
    own_weighted: ({ ownWeighted }) => ownWeighted,
  },
}

const passages: Ledger<Passage> = {
  table: 'passage',
  keys: {
    pipeline_id: ({ pipelineId }) => pipelineId,
    day: ({ day }) => day,
    from_stage_id: ({ fromStageId }) => fromStageId,
    to_stage_id: ({ toStageId }) => toStageId,
    currency: ({ currency }) => currency,
    owner_id: ({ ownerId }) => ownerId,
  },
  sums: {
    deal_count: ({ count }) => count,
    firsts: ({ firsts }) => firsts,
    amount: ({ amount }) => amount,
    stays: ({ stays }) => stays,
    stayed: ({ stayed }) => stayed,
    aged: ({ aged }) => aged,
  },
}

/** So many entries go into one statement. */
const atOnce = 8

/** Where many write at once a sum is spread over several rows, the stripes, and written at the end of the transaction. */
async function post<T>(db: Db, ledger: Ledger<T>, entries: readonly T[]) {
  if (db.engine.kind === 'sqlite') await postTogether(db, ledger, entries)
  else
    for (const entry of entries)
      await db.session.tally(
        adding(ledger, 1),
        { workspace: db.workspaceId, ...read(ledger.keys, entry) },
        read(ledger.sums, entry),
      )
}

async function postTogether<T>({ session, workspaceId }: Db, ledger: Ledger<T>, entries: readonly T[]) {
  for (let first = 0; first < entries.length; first += atOnce) {
    const part = entries.slice(first, first + atOnce)
    const values: Record<string, Value> = { workspace: workspaceId, stripe: 0 }
    for (const [index, entry] of part.entries()) {
      for (const [column, read] of Object.entries(ledger.keys)) values[`${column}_${index}`] = read(entry)
      for (const [column, read] of Object.entries(ledger.sums)) values[`${column}_${index}`] = read(entry)
    }
    await session.run(adding(ledger, part.length), values)
  }
}

/** What an entry has in some columns, under the names that the first entry of a statement goes by. */
const read = <T, V>(columns: Readonly<Record<string, (entry: T) => V>>, entry: T): Record<string, V> =>
  Object.fromEntries(Object.entries(columns).map(([column, value]) => [`${column}_0`, value(entry)]))

const adding = <T>({ table, keys, sums }: Ledger<T>, count: number) =>
  shaped(`add ${count} to ${table}`, () => {
    const [own, summed] = [Object.keys(keys), Object.keys(sums)]
    const columns = ['workspace_id', ...own, 'stripe', ...summed]
    const rows = Array.from({ length: count }, (_, index) => {
      const given = (names: readonly string[]) => names.map((name) => param(`${name}_${index}`))
      return sql`(${sql.join([param('workspace'), ...given(own), param('stripe'), ...given(summed)])})`
    })
    return sql`insert into ${sql.ref(table)} (${sql.join(columns.map((name) => sql.ref(name)))}) values ${sql.join(rows)}
      on conflict (${sql.join(['workspace_id', ...own, 'stripe'].map((name) => sql.ref(name)))}) do update set
      ${sql.join(summed.map((name) => sql`${sql.ref(name)} = ${sql.ref(`${table}.${name}`)} + excluded.${sql.ref(name)}`))}`
  })
