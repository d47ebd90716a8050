import { lifeOf, type Stretch, type Told } from '../../domain/reports/life.ts'
import { param, type Session, statement } from '../engine.ts'
import { toStretch } from '../reports/lives.ts'
import { balances, passages, type Recomputed, summed } from '../reports/recompute.ts'
import type { StretchRow } from '../schema.ts'
import { sql } from '../sql.ts'
import { rowsPerRule } from './rules.ts'

/** What is kept for reports beside the log. */

const stretchesOf = statement<StretchRow>(
  () => sql`select * from stretch where workspace_id = ${param('workspace')} and deal_id = ${param('id')} order by nth`,
)

/** How the kept life of a deal differs from what its events tell, in words; null where it does not. */
export async function lifeFault(
  session: Session,
  { id, workspace_id: workspace }: { id: number; workspace_id: number },
  events: readonly Told[],
): Promise<string | null> {
  const kept = (await session.all(stretchesOf, { workspace, id })).map(toStretch)
  const told = lifeOf(events)
  const index = told.findIndex((stretch, place) => !isSame(stretch, kept[place]))
  if (index >= 0) return `deal ${id}: stretch ${index + 1} of its life is not kept as its events tell it`
  return kept.length > told.length
    ? `deal ${id}: ${kept.length - told.length} stretches of its life are kept that no event tells of`
    : null
}

const isSame = (a: Stretch, b: Stretch | undefined): boolean =>
  b !== undefined && (Object.keys(a) as (keyof Stretch)[]).every((key) => a[key] === b[key])

/** Stretches of deals that are not there. */
export const strayLives = statement<{ workspace_id: number; deal_id: number }>(
  () =>
    sql`select distinct workspace_id, deal_id from stretch where deal_id not in (select id from deal) limit ${sql.lit(rowsPerRule)}`,
)

interface Odd {
  workspace_id: number
  cell: string
}

/** Where a ledger is not what the stretches add up to. */
const oddities = (ledger: Recomputed) =>
  statement<Odd>(() => {
    const kept = sql`select ${sql.join([...ledger.keys, ...ledger.sums].map((name) => sql.ref(name)))} from ${sql.ref(ledger.table)}`
    const [is, ought] = [summed(ledger, kept), summed(ledger, ledger.postings)]
    const cell = ledger.keys.slice(1).map((key) => sql`${sql.lit(`${key} `)} || ${sql.ref(key)}`)
    return sql`select distinct workspace_id, ${sql.join(cell, " || ', ' || ")} as cell from (
      select * from (select * from (${is}) as kept except select * from (${ought}) as told) as extra
      union all
      select * from (select * from (${ought}) as told except select * from (${is}) as kept) as missing
    ) as odd limit ${sql.lit(rowsPerRule)}`
  })

const ledgers = [
  { name: 'balances', odd: oddities(balances) },
  { name: 'passages', odd: oddities(passages) },
]

/** What is wrong with the ledgers: of which workspace, and words. */
export async function* ledgerFaults(session: Session): AsyncGenerator<[number, string]> {
  for (const { workspace_id: id, deal_id: deal } of await session.all(strayLives, {}))
    yield [id, `a life is kept of deal ${deal}, which is not there`]
  for (const { name, odd } of ledgers) {
    for (const { workspace_id: id, cell } of await session.all(odd, {}))
      yield [id, `the ${name} of ${cell} are not what the lives of the deals add up to`]
  }
}
