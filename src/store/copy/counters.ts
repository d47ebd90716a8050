import { type EngineKind, param, type Session, statement } from '../engine.ts'
import { sql } from '../sql.ts'

/** Where ids go on: a table of counters in SQLite, sequences in PostgreSQL. */

const counters = statement<{ name: string; value: number }>((engine) =>
  engine === 'sqlite'
    ? sql`select name, value from sequence union all select 'event', coalesce(max(id), 0) from event`
    : sql`select left(sequencename, -4)::text as name, coalesce(last_value, 0) as value from pg_sequences
        where schemaname = current_schema() and sequencename like '%\\_ids'`,
)

const goOn = statement((engine) =>
  engine === 'sqlite'
    ? sql`insert into sequence (name, value) values (${param('name')}, ${param('value')})
        on conflict (name) do update set value = excluded.value`
    : sql`select setval(cast(sequencename as regclass), cast(${param('value')} as bigint)) from pg_sequences
        where schemaname = current_schema() and sequencename = cast(${param('name')} as text) || '_ids'`,
)

/** SQLite numbers events by itself. */
const ownNumbers = 'event'

export async function carryCounters(source: Session, target: Session, to: EngineKind): Promise<void> {
  for (const { name, value } of await source.all(counters, {})) {
    if (value === 0 || (to === 'sqlite' && name === ownNumbers)) continue
    if (to === 'sqlite') await target.run(goOn, { name, value })
    else await target.all(goOn, { name, value })
  }
}
