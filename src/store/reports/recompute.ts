import { spans } from '../../domain/reports/ledger.ts'
import { dayInMs } from '../../domain/time.ts'
import { type Sql, sql } from '../sql.ts'

/** Both ledgers as they follow from the stretches: for stores that have none yet, and for the doctor. */

/** Division that rounds down, before 1970 too. */
export const bucket = (at: Sql, span: number): Sql => {
  const size = sql.lit(span)
  return sql`((${at}) - (((${at}) % ${size}) + ${size}) % ${size}) / ${size}`
}

const month = sql`case when kind <> 'open' or expected_close_date is null then 0
  else cast(substr(expected_close_date, 1, 4) as integer) * 100 + cast(substr(expected_close_date, 6, 2) as integer) end`

const turn = (at: 'since' | 'until', sign: 1 | -1, span: number): Sql => sql`
  select workspace_id, pipeline_id, ${sql.lit(span)} as span, ${bucket(sql.ref(at), span)} as bucket, stage_id, currency, owner_id,
    ${month} as month, ${sql.raw(String(sign))} as deal_count, ${sql.raw(String(sign))} * amount as amount,
    case when probability is null then 0 else ${sql.raw(String(sign))} * amount end as own_amount,
    coalesce(${sql.raw(String(sign))} * amount * probability, 0) as own_weighted
  from stretch where is_counted = 1 and ${sql.ref(at)} is not null`

export interface Recomputed {
  table: 'balance' | 'passage'
  keys: readonly string[]
  sums: readonly string[]
  /** Every posting by itself. */
  postings: Sql
}

export const balances: Recomputed = {
  table: 'balance',
  keys: ['workspace_id', 'pipeline_id', 'span', 'bucket', 'stage_id', 'currency', 'owner_id', 'month'],
  sums: ['deal_count', 'amount', 'own_amount', 'own_weighted'],
  postings: sql.join(
    spans.flatMap((span) => [turn('since', 1, span), turn('until', -1, span)]),
    ' union all ',
  ),
}

const passage = (pipeline: 'one' | 'former', from: Sql, to: Sql, money: 'one' | 'former', sums: Sql, where: Sql): Sql => sql`
  select one.workspace_id, ${sql.raw(pipeline)}.pipeline_id, ${bucket(sql`one.since`, dayInMs)} as day, ${from} as from_stage_id,
    ${to} as to_stage_id, ${sql.raw(money)}.currency, ${sql.raw(money)}.owner_id, ${sums}
  from stretch as one left join stretch as former
    on former.workspace_id = one.workspace_id and former.deal_id = one.deal_id and former.nth = one.nth - 1
  where one.is_gone = 0 and ${where}`

const came = sql`1 as deal_count, case when one.is_first = 1 or one.nth = 1 then 1 else 0 end as firsts, one.amount,
  case when one.stayed is null then 0 else 1 end as stays, coalesce(one.stayed, 0) as stayed, one.since - one.born_at as aged`
const crosses = sql`former.pipeline_id <> one.pipeline_id`
const origin = sql`coalesce(case when ${crosses} then -one.from_stage_id else one.from_stage_id end, 0)`
const changed = (money: 'one' | 'former', sign: '' | '-') =>
  passage(
    'one',
    sql`one.stage_id`,
    sql`one.stage_id`,
    money,
    sql`0 as deal_count, 0 as firsts, ${sql.raw(sign)} ${sql.raw(money)}.amount as amount, 0 as stays, 0 as stayed, 0 as aged`,
    sql`one.nth > 1 and one.from_stage_id is null and one.arrives = 0 and former.stage_id = one.stage_id
      and (former.amount <> one.amount or former.currency <> one.currency or former.owner_id <> one.owner_id)`,
  )

export const passages: Recomputed = {
  table: 'passage',
  keys: ['workspace_id', 'pipeline_id', 'day', 'from_stage_id', 'to_stage_id', 'currency', 'owner_id'],
  sums: ['deal_count', 'firsts', 'amount', 'stays', 'stayed', 'aged'],
  postings: sql.join(
    [
      passage('one', origin, sql`one.stage_id`, 'one', came, sql`(one.nth = 1 or one.from_stage_id is not null)`),
      passage(
        'former',
        sql`one.from_stage_id`,
        sql`-one.stage_id`,
        'one',
        came,
        sql`one.from_stage_id is not null and ${crosses}`,
      ),
      changed('former', '-'),
      changed('one', ''),
    ],
    ' union all ',
  ),
}

/** The postings summed up; what comes to nothing is left out, as the ledgers themselves may keep it or not. */
export const summed = ({ keys, sums }: Recomputed, postings: Sql): Sql => {
  const names = sql.join(keys.map((key) => sql.ref(key)))
  const totals = sums.map((name) => sql`sum(${sql.ref(name)}) as ${sql.ref(name)}`)
  const some = sums.map((name) => sql`sum(${sql.ref(name)}) <> 0`)
  return sql`select ${names}, ${sql.join(totals)} from (${postings}) as postings group by ${names} having ${sql.join(some, ' or ')}`
}
