import type { Page } from '../domain/page.ts'
import { mainOf, type Party, type PartyQuery, type PartySort } from '../domain/party.ts'
import type { Store } from '../domain/store.ts'
import { type EngineKind, inList, inTexts, memberOf, param, statement, unindexed, type Value } from './engine.ts'
import { all, type Columns, type Db, insertRows, nounTable, parse, shaped } from './rows.ts'
import { flag, type PartyRow, pack } from './schema.ts'
import { indexing, matches, matching } from './search.ts'
import { type Sql, sql } from './sql.ts'

/** Contacts and companies. */

const toParty = (row: PartyRow): Party => ({
  id: row.id,
  uuid: row.uuid,
  kind: row.kind as Party['kind'],
  name: row.name,
  firstName: row.first_name,
  lastName: row.last_name,
  emails: parse(row.emails, []),
  phones: parse(row.phones, []),
  address: parse(row.address, {}),
  companyId: row.company_id,
  ownerId: row.owner_id,
  creatorId: row.creator_id,
  tags: parse(row.tags, []),
  customFields: parse(row.custom_fields, {}),
  extras: parse(row.extras, {}),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
})

const fromParty = (party: Party, workspaceId: number): PartyRow => ({
  id: party.id,
  workspace_id: workspaceId,
  uuid: party.uuid,
  kind: party.kind,
  name: party.name,
  first_name: party.firstName,
  last_name: party.lastName,
  email: mainOf(party.emails)?.toLowerCase() ?? null,
  phone: mainOf(party.phones) ?? null,
  emails: pack(party.emails),
  phones: pack(party.phones),
  address: pack(party.address),
  company_id: party.companyId,
  owner_id: party.ownerId,
  creator_id: party.creatorId,
  tags: pack(party.tags),
  custom_fields: pack(party.customFields),
  extras: pack(party.extras),
  created_at: party.createdAt,
  updated_at: party.updatedAt,
  deleted_at: party.deletedAt,
})

const sortColumns: Readonly<Record<PartySort, Sql>> = {
  id: sql`party.id`,
  name: sql`party.name`,
  lastName: sql`coalesce(party.last_name, '')`,
  createdAt: sql`party.created_at`,
  updatedAt: sql`party.updated_at`,
}

const plain = {
  kind: 'kind =',
  name: 'name =',
  firstName: 'first_name =',
  email: 'email =',
  phone: 'phone =',
  companyId: 'company_id =',
  ownerId: 'owner_id =',
  creatorId: 'creator_id =',
  updatedSince: 'updated_at >=',
  updatedUntil: 'updated_at <',
} as const satisfies { [K in keyof PartyQuery]?: string }

/** A scalar as the engine takes it out of a document. */
function asMember(engine: EngineKind, value: string | number | boolean): Value {
  if (engine === 'postgres') return String(value)
  return typeof value === 'boolean' ? flag(value) : value
}

interface Asked {
  /** Each under a name for the shape of the query. */
  where: [name: string, condition: Sql][]
  values: Record<string, Value>
}

/** What a query asks, whatever its window; undefined where it can find nothing. */
function asked(db: Db, query: PartyQuery): Asked | undefined {
  const { ids, lastName, text, address = {}, customField = [], deleted } = query
  const values: Record<string, Value> = { workspace: db.workspaceId }
  const where: [string, Sql][] = []
  for (const [key, comparison] of Object.entries(plain)) {
    const value = query[key as keyof typeof plain]
    if (value === undefined) continue
    where.push([key, sql`party.${sql.raw(comparison)} ${param(key)}`])
    values[key] = key === 'email' ? String(value).toLowerCase() : value
  }
  if (lastName !== undefined) {
    where.push(['lastName', sql`${sortColumns.lastName} = ${param('lastName')}`])
    values.lastName = lastName
  }
  if (deleted !== 'both')
    where.push([`deleted ${deleted}`, sql`party.deleted_at is ${sql.raw(deleted === 'only' ? 'not null' : 'null')}`])
  if (ids) {
    where.push(['ids', inList(db.engine.kind, sql`party.id`, 'ids')])
    values.ids = JSON.stringify(ids.filter(Number.isSafeInteger))
  }
  for (const [part, value] of Object.entries(address)) {
    if (value == null) continue
    where.push([
      `address ${part}`,
      sql`${memberOf(db.engine.kind, sql`party.address`, sql.lit(part))} = ${param(`address_${part}`)}`,
    ])
    values[`address_${part}`] = value
  }
  for (const [index, { id, value }] of [customField].flat().entries()) {
    const member = memberOf(db.engine.kind, sql`party.custom_fields`, sql`cast(${param(`custom_id${index}`)} as text)`)
    where.push([`custom${index}`, sql`${member} = ${param(`custom_value${index}`)}`])
    Object.assign(values, {
      [`custom_id${index}`]: id,
      [`custom_value${index}`]: asMember(db.engine.kind, value),
    })
  }
  if (text !== undefined) {
    const match = matching('party', db.workspaceId, text, ['name'])
    if (match === null) return undefined
    where.push(['text', sql`party.id in (${matches(db.engine.kind, 'party', { fts5: 'fts5', tsquery: 'tsquery' })})`])
    Object.assign(values, match)
  }
  return { where, values }
}

const whole = (where: Asked['where']) =>
  sql.join([sql`party.workspace_id = ${param('workspace')}`, ...where.map(([, condition]) => condition)], ' and ')

/** How many people and companies a query finds. */
async function countParties(db: Db, query: PartyQuery): Promise<number> {
  const found = asked(db, query)
  if (!found) return 0
  const { where, values } = found
  const shape = `count parties ${where.map(([name]) => name).join('|')}`
  const count = shaped<{ n: number }>(shape, () => sql`select count(*) as n from party where ${whole(where)}`)
  if (query.text !== undefined) await db.session.settle()
  return Number((await db.session.one(count, values))?.n ?? 0)
}

async function listParties(db: Db, query: PartyQuery): Promise<Page<Party>> {
  const { text, sort = { by: 'id', direction: 'asc' }, limit, after, offset = 0 } = query
  const found = asked(db, query)
  if (!found) return { items: [], next: null }
  const { where, values } = found
  Object.assign(values, { limit: limit + 1, offset })
  // A few ids or the hits of a search are fetched and sorted; walking everybody in order would take as long as there are people.
  const mark = query.ids || text !== undefined ? unindexed(db.engine.kind) : sql``
  const sortColumn = sql`${mark}${sortColumns[sort.by]}`
  if (after) {
    const sign = sql.raw(sort.direction === 'asc' ? '>' : '<')
    where.push([
      `after ${sort.direction}`,
      sql`(${sortColumn}, ${mark}party.id) ${sign} (${param('afterValue')}, ${param('afterId')})`,
    ])
    Object.assign(values, { afterValue: after.value, afterId: after.id })
  }
  const shape = `parties ${sort.by} ${sort.direction} ${where.map(([name]) => name).join('|')}`
  const list = shaped<PartyRow>(shape, () => {
    const direction = sql.raw(sort.direction)
    return sql`select * from party where ${whole(where)}
        order by ${sortColumn} ${direction}, ${mark}party.id ${direction} limit ${param('limit')} offset ${param('offset')}`
  })
  if (text !== undefined) await db.session.settle()
  const rows = await db.session.all(list, values)
  const items = rows.slice(0, limit).map(toParty)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { value: last[sort.by] ?? '', id: last.id } : null }
}

const countPeople = statement<{ company_id: number; n: number }>(
  (engine) =>
    sql`select company_id, count(*) as n from party
      where workspace_id = ${param('workspace')} and deleted_at is null and company_id is not null and ${inList(engine, sql`company_id`, 'ids')}
      group by company_id`,
)

const firsts = { name: firstBy('name'), email: firstBy('email') }

function firstBy(column: 'name' | 'email') {
  return statement<PartyRow>(
    (engine) => sql`select * from party where workspace_id = ${param('workspace')} and id in (
        select min(id) from party where workspace_id = ${param('workspace')} and ${inTexts(engine, sql.ref(column), 'values')}
          and kind = ${param('kind')} and deleted_at is null group by ${sql.ref(column)})`,
  )
}

const uuidsOfIds = statement<{ id: number; uuid: string }>(
  (engine) => sql`select id, uuid from party where workspace_id = ${param('workspace')} and ${inList(engine, sql`id`, 'ids')}`,
)

const uuids = async (db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, string>> => {
  const rows = ids.length === 0 ? [] : await all(db, uuidsOfIds, (row) => row, { ids: JSON.stringify(ids) })
  return new Map(rows.map(({ id, uuid }) => [id, uuid]))
}

/** For each of these names or addresses, the first live party that has it. */
export const firstParties = (
  db: Db,
  kind: Party['kind'],
  by: 'name' | 'email',
  values: readonly string[],
): Promise<readonly Party[]> =>
  values.length === 0 ? Promise.resolve([]) : all(db, firsts[by], toParty, { kind, values: JSON.stringify(values) })

const index = indexing('party')

const writeTexts = (db: Db, parties: readonly Party[]): Promise<void> =>
  index(
    db,
    parties.map(({ id, name }) => ({ id, texts: { name } })),
  )

/** Writes new contacts and companies, and their search texts. */
export async function insertParties(db: Db, parties: readonly Party[]): Promise<void> {
  const rows = parties.map((party) => fromParty(party, db.workspaceId))
  await insertRows(db, 'party', rows as unknown as Columns[])
  await writeTexts(db, parties)
}

export function partyTable(db: Db): Store['parties'] {
  const rows = nounTable(db, 'party', toParty, fromParty)
  return {
    ...rows,
    insert: (party) => insertParties(db, [party]),
    save: async (party) => {
      await rows.save(party)
      await writeTexts(db, [party])
    },
    list: (query) => listParties(db, query),
    uuids: (ids) => uuids(db, ids),
    first: async (kind, by, value) => (await firstParties(db, kind, by, [value]))[0],
    expect: async () => {},
    count: (query) => countParties(db, query),
    peopleCounts: async (companyIds) => {
      const counts = await db.session.all(countPeople, { workspace: db.workspaceId, ids: JSON.stringify(companyIds) })
      return new Map(counts.map((row) => [row.company_id, row.n]))
    },
  }
}
