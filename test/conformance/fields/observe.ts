import { expect } from 'vitest'
import type { Scope } from '../../../src/domain/scope.ts'
import { type Json, sameJson } from '../../../src/domain/text.ts'
import type { DialectClient, Driver } from '../../support/driver.ts'
import type { Noun } from './nouns.ts'
import { day, type Place, type Row } from './rows.ts'
import { type Exchange, leavesOf, nested, overheard, type Path, recordNamed, recordWithId, resend, valueAt } from './tap.ts'

/**
 * What a dialect can say of each field, found out from outside. A field is changed in the domain, and whatever then differs in the
 * dialect's answer shows it. Each such member is sent back through the dialect's own write, with the value that it had for the
 * changed record; what the record becomes tells whether the dialect keeps the field, and that nothing else is touched.
 */

export type Standing = 'stored' | 'rounded' | 'derived' | 'absent'

export interface Observer {
  /** The dialect's. */
  name: string
  client: DialectClient
  scope: Scope
  place: Place
  /** Members that the vendor writes by another name than it reads them by. */
  writtenAs: NonNullable<Driver['writtenAs']>
}

/** A record as the dialect shows it. */
interface Shown {
  exchange: number
  root: Path
  namedAt: Path
  record: Json
}

type Fields = Readonly<Record<string, Json>>

interface Sighting {
  field: string
  /** Where it shows, within the record. */
  paths: Path[]
  /** The record after the change, in the domain and as the dialect shows it. */
  after: Fields | undefined
  shown: Shown | undefined
}

let count = 0

/** How a dialect stands to each field of a noun. Breaks where a write touches what it does not speak of. */
export async function standingsOf<F extends object, D, P>(noun: Noun<F, D, P>, on: Observer): Promise<Map<string, Standing>> {
  const sightings: Sighting[] = []
  for (const [field, row] of Object.entries(noun.rows)) sightings.push(await sight(noun, on, field, row))
  const standings = new Map<string, Standing>()
  for (const sighting of sightings) {
    const standing = (await written(noun, on, sighting, sightings)) ?? (sighting.paths.length > 0 ? 'derived' : 'absent')
    standings.set(sighting.field, standing)
  }
  return standings
}

const at = (scope: Scope, n: number): Scope => ({ ...scope, now: () => day(n) })
const newName = () => `Rich ${++count}`

/** A record as it is before, or as the other one. */
async function make<F, D, P>(noun: Noun<F, D, P>, on: Observer, row: Row<F, D, P>, name: string, other = false): Promise<number> {
  const life = row.lives?.(on.place, other) ?? {}
  const scope = at(on.scope, life.day ?? 1)
  const id = await noun.make(scope, on.place, name, { ...row.from?.(on.place), ...life.draft })
  await touch(noun, scope, id)
  for (const { day, byOther, patch } of life.later ?? [])
    await noun.change(at(byOther ? on.place.other : on.scope, day), id, patch)
  return id
}

/** Who shows this field, and where. */
async function sight<F extends object, D, P>(
  noun: Noun<F, D, P>,
  on: Observer,
  field: string,
  row: Row<F, D, P>,
): Promise<Sighting> {
  const name = newName()
  const id = await make(noun, on, row, name)
  const before = await record(noun, on, id)
  const shown = await look(noun, on, id, name)
  if (!row.change && !row.lives) return { field, paths: [], after: undefined, shown: undefined }
  // Something that nobody shows is changed first, or another record made: what differs by that is not the field.
  const [sameName, otherName] = row.lives ? [newName(), newName()] : [name, name]
  const same = row.lives ? await make(noun, on, row, sameName) : id
  if (!row.lives) await touch(noun, at(on.scope, 2), id)
  const noise = await look(noun, on, same, sameName, shown)
  const other = row.lives ? await make(noun, on, row, otherName, true) : id
  if (row.change) await noun.change(at(on.scope, 3), id, row.change(on.place))
  const seen = await look(noun, on, other, otherName, shown)
  const after = await record(noun, on, other)
  expect({ field, value: after[field] }).not.toEqual({ field, value: before[field] })
  if (row.free) await noun.change(at(on.scope, 4), other, row.free)
  const loud = differing(shown?.record, noise?.record)
  const paths = differing(shown?.record, seen?.record).filter((path) => !loud.some((other) => sameJson(other, path)))
  return { field, paths, after, shown: seen }
}

/** A change that no dialect has a word for. */
const touch = <F, D, P>(noun: Noun<F, D, P>, scope: Scope, id: number) =>
  // Every patch takes extras; they are the calling dialect's own, and this one is none.
  noun.change({ ...scope, via: 'nobody' }, id, { extras: { touched: ++count } } as P)

/** The record in the domain. What only this vendor knows is apart from what only others know. */
async function record<F, D, P>(noun: Noun<F, D, P>, { scope, name }: Observer, id: number): Promise<Fields> {
  const found = await noun.find(scope, id)
  if (!found) throw new Error(`${noun.title} ${id}`)
  const { extras, ...fields } = JSON.parse(JSON.stringify(found))
  const { [name]: own = null, ...others } = extras
  return { ...fields, extras: others, [ownExtras]: own }
}

const ownExtras = 'own extras'
const always: readonly string[] = [ownExtras, 'version', 'updatedAt']

/** The record as the dialect's answers hold it: by its name, or by its id if it has another now. */
async function look<F, D, P>(
  noun: Noun<F, D, P>,
  on: Observer,
  id: number,
  name: string,
  last?: Shown,
): Promise<Shown | undefined> {
  const exchanges = await overheard(() => noun.show(on.client, id))
  for (const [exchange, { answered }] of exchanges.entries()) {
    const found = recordNamed(answered, name)
    if (found) return { exchange, ...found, record: valueAt(answered, found.root) ?? null }
  }
  const root = last && recordWithId(exchanges[last.exchange]?.answered, valueAt(last.record, ['id']), last.namedAt)
  return root && { ...last, root, record: valueAt(exchanges[last.exchange]?.answered, root) ?? null }
}

function differing(one: Json | undefined, other: Json | undefined): Path[] {
  const [a, b] = [one, other].map((value) => new Map(leavesOf(value).map(({ path, value }) => [JSON.stringify(path), value])))
  const keys = [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])]
  return keys.filter((key) => !sameJson(a?.get(key) ?? null, b?.get(key) ?? null)).map((key) => JSON.parse(key))
}

/** What becomes of the field where it is said through the dialect in every way that it has; undefined where it has none. */
async function written<F extends object, D, P>(
  noun: Noun<F, D, P>,
  on: Observer,
  sighting: Sighting,
  all: readonly Sighting[],
): Promise<Standing | undefined> {
  const { field, paths, after, shown } = sighting
  const row = noun.rows[field] ?? {}
  const standings = new Set<Standing>()
  const judge = async <T>(
    what: string,
    allowed: ReadonlySet<string>,
    prepare: (id: number, name: string) => Promise<T | undefined>,
    write: (id: number, prepared: T) => Promise<boolean | undefined>,
  ) => {
    const name = newName()
    const id = await make(noun, on, row, name)
    const prepared = await prepare(id, name)
    if (prepared === undefined) return
    const before = await record(noun, on, id)
    const done = await write(id, prepared)
    const now = await record(noun, on, id)
    const changed = Object.keys(now).filter((key) => !sameJson(now[key] ?? null, before[key] ?? null))
    expect({ what, touched: changed.filter((key) => !done || !allowed.has(key)) }).toEqual({ what, touched: [] })
    const exact = !after || row.isRelative || sameJson(now[field] ?? null, after[field] ?? null)
    // What changes with every write is said only where it becomes what was said.
    if (changed.includes(field) && (exact || !always.includes(field))) standings.add(exact ? 'stored' : 'rounded')
  }
  const may = (fields: readonly string[]) =>
    new Set([...fields, ...fields.flatMap((name) => (noun.rows[name]?.may ?? []) as readonly string[]), ...always])

  await judge(
    `${field} by the driver`,
    may([field]),
    async () => row.say,
    async (id, say) => (await say(on.client, id, on.place))?.ok,
  )
  for (const path of shown ? ancestors(paths, shown.record) : []) {
    const value = valueAt(shown?.record, path)
    if (value === undefined) continue
    const told = all.filter((other) => other.paths.some((leaf) => isWithin(leaf, path) || isWithin(path, leaf)))
    const allowed = may(told.map((other) => other.field))
    const prepare = (id: number, name: string) => renaming(noun, on, id, name)
    const alias = on.writtenAs[path.join('.')]
    for (const to of alias === undefined ? [path] : [path, alias.split('.')]) {
      await judge(`${field} as ${to.join('.')}`, allowed, prepare, async (_, { request, said, namedAt }) => {
        const root = namedAt.slice(0, namedAt.length - (shown?.namedAt.length ?? 0))
        const status = await resend(request, merge(said, nested([...root, ...to], value)))
        expect(status).toBeLessThan(500)
        return status < 300
      })
    }
  }
  return standings.has('stored') ? 'stored' : standings.has('rounded') ? 'rounded' : undefined
}

interface Renaming {
  request: Exchange
  said: Json
  /** Where in what it says the name stands. */
  namedAt: Path
}

/** The dialect's write that has given the record the name it has now; undefined where there is none. */
async function renaming<F, D, P>(noun: Noun<F, D, P>, on: Observer, id: number, name: string): Promise<Renaming | undefined> {
  for (const call of noun.rename(on.client, id, name)) {
    const exchanges = await overheard(async () => call())
    const now = await record(noun, on, id)
    for (const request of exchanges) {
      const namedAt = leavesOf(request.said).find(({ value }) => value === (now.title ?? now.name))?.path
      if (namedAt && request.said !== undefined && request.status < 300) return { request, said: request.said, namedAt }
    }
  }
  return undefined
}

const isWithin = (path: Path, outer: Path): boolean => outer.every((key, index) => path[index] === key)

/** Every value on the way to these leaves, innermost first; what is within a list is said with the whole list. */
function ancestors(leaves: readonly Path[], record: Json): Path[] {
  const paths = leaves.flatMap((leaf) => leaf.map((_, index) => leaf.slice(0, leaf.length - index)))
  const inList = (path: Path) => path.some((_, length) => length > 0 && Array.isArray(valueAt(record, path.slice(0, length))))
  const unique = new Map(paths.filter((path) => !inList(path)).map((path) => [JSON.stringify(path), path]))
  return [...unique.values()]
}

function merge(one: Json, other: Json): Json {
  if (!isObject(one) || !isObject(other)) return other
  const merged = { ...one }
  for (const [key, value] of Object.entries(other)) merged[key] = key in merged ? merge(merged[key] ?? null, value) : value
  return merged
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
