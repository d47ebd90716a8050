import type { ClientBase } from 'pg'
import { migrationLock } from '../locks.ts'
import { SchemaTooNew, steps } from '../migrations/index.ts'

/** The database cannot hold a store; the message says what would do. */
export class DatabaseUnfit extends Error {
  override readonly name = 'DatabaseUnfit'
}

/** Brings the schema of a PostgreSQL database up to date. Processes that start together wait for each other. */
export async function migratePostgres(client: ClientBase): Promise<void> {
  const version = await versionOf(client)
  if (version === steps.length) return
  await requireUtf8(client)
  await client.query('set statement_timeout = 0; set lock_timeout = 0; begin')
  try {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    const version = await versionOf(client)
    if (version > steps.length) throw new SchemaTooNew(version)
    if (version === 0) await client.query('create table if not exists schema_version (version integer not null)')
    for (const step of steps.slice(version)) await client.query(step.postgres)
    await client.query(everywhere)
    await client.query('delete from schema_version')
    await client.query(`insert into schema_version values (${steps.length})`)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/**
 * What holds for every table, so that no step has to remember it: texts are compared byte by byte, as SQLite and JavaScript do, and ids come
 * from a sequence of the table's name.
 */
const everywhere = `do $$
declare
  found record;
begin
  for found in
    select columns.table_name, columns.column_name, columns.data_type from information_schema.columns
      join information_schema.tables using (table_schema, table_name)
      where table_schema = current_schema() and table_type = 'BASE TABLE'
        and (data_type = 'text' and collation_name is distinct from 'C' or column_name = 'id' and data_type = 'bigint')
  loop
    if found.data_type = 'text' then
      execute format('alter table %I alter column %I type text collate "C"', found.table_name, found.column_name);
    else
      execute format('create sequence if not exists %I', found.table_name || '_ids');
    end if;
  end loop;
end
$$`

async function versionOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ there: string | null }>(`select to_regclass('schema_version')::text as there`)
  if (rows[0]?.there == null) return 0
  const { rows: versions } = await client.query<{ version: number }>('select version from schema_version')
  return versions[0]?.version ?? 0
}

async function requireUtf8(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('show server_encoding')
  const encoding = rows[0]?.server_encoding
  if (encoding !== 'UTF8')
    throw new DatabaseUnfit(
      `The database is encoded in ${encoding}, which cannot hold every name. Make one with: createdb --encoding UTF8 --template template0 NAME.`,
    )
}
