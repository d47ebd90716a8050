import type { Deal } from '../domain/deal.ts'
import type { Event } from '../domain/events.ts'
import { mainOf, type Party } from '../domain/party.ts'
import type { Stretch } from '../domain/reports/life.ts'
import type { Identity, Nouns, Store } from '../domain/store.ts'
import { byExternalIds, dealTable, insertDeals } from './deals.ts'
import type { Session } from './engine.ts'
import { LazySavepoints } from './held-savepoint.ts'
import { appendEvents, eventTable } from './history.ts'
import { firstParties, insertParties, partyTable } from './parties.ts'
import { memberTable } from './people.ts'
import { beginLives, lifeTable } from './reports/lives.ts'
import { type Db, type IdRange, newUuid, returnIds, takeIds } from './rows.ts'
import { customFieldTable, lossReasonTable, pipelineTable, stageTable } from './structure.ts'

/** So many ids are taken from the sequence at once. What is left is given back at the end, where that can be done. */
const idsAtOnce = 1000
/** As many as were needed so far, where what is left is lost. */
const fewestIds = 8

/** Where the database works while we do, so many rows are sent on their way before all are there. */
const sentAtOnce = 500

/** What is gathered to be written together, in the order in which it is written. */
const writers = {
  parties: insertParties,
  deals: insertDeals,
  events: appendEvents,
  lives: beginLives,
} as const satisfies Record<string, (db: Db, rows: never) => Promise<void>>

type Kind = keyof typeof writers
type Gathered = { [K in Kind]: Parameters<(typeof writers)[K]>[1][number][] }

const kinds = Object.keys(writers) as Kind[]
type Counts = Readonly<Record<Kind, number>>

/**
 * What work on many deals has gathered to be written together: new deals, their events and the beginnings of their lives, new contacts and
 * companies, in the order they came, of which the first ones may be written already. Undoing a savepoint takes back what came, and what was
 * written, within it.
 */
export class Gathering {
  readonly db: Db
  readonly #savepoints: LazySavepoints
  /** What was read, by the noun that it is about. */
  readonly #memory = new Map<string, Map<string, Promise<unknown>>>()
  readonly #gathered: Gathered = { parties: [], deals: [], events: [], lives: [] }
  #written: Counts = { parties: 0, deals: 0, events: 0, lives: 0 }
  #ids: Readonly<Record<'deal' | 'party', IdRange>> = { deal: { next: 0, end: 0 }, party: { next: 0, end: 0 } }
  #readings = 0
  /** Deals by their external id, as far as it was asked for; undefined where there is none. */
  readonly #byExternalId = new Map<string, Deal | undefined>()
  /** Those that nobody else can change until the transaction ends. */
  readonly #byId = new Map<number, Deal>()
  /** Contacts and companies that were asked for, and by what they are known. */
  readonly #parties = new Map<number, Party>()
  readonly #known = { name: new Map<string, Party | undefined>(), email: new Map<string, Party | undefined>() }

  constructor(db: Db) {
    this.db = db
    this.#savepoints = new LazySavepoints(db.session)
  }

  /** Writes what was gathered of these, in savepoints where they are due: for whoever looks into their tables, or ends. */
  async settle(which: readonly Kind[] = kinds): Promise<void> {
    if (which.every((kind) => this.#written[kind] === this.#gathered[kind].length)) return
    await this.#savepoints.open()
    const from = this.#written
    this.#written = { ...from, ...Object.fromEntries(which.map((kind) => [kind, this.#gathered[kind].length])) }
    for (const kind of which) await writers[kind](this.db, this.#gathered[kind].slice(from[kind]) as never)
  }

  async finish(): Promise<void> {
    await this.settle()
    for (const [noun, ids] of Object.entries(this.#ids)) if (ids.next < ids.end) await returnIds(this.db, noun, ids)
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const isManyUnsent = this.#gathered.deals.length - this.#written.deals >= sentAtOnce
    if (isManyUnsent && this.db.engine.kind === 'postgres' && this.#savepoints.depth === 0) await this.settle()
    const [written, ids] = [this.#written, this.#ids]
    const { parties, deals, events, lives } = this.#gathered
    const gathered: Counts = { parties: parties.length, deals: deals.length, events: events.length, lives: lives.length }
    return this.#savepoints.within(work, (hasWritten) => {
      if (!hasWritten && kinds.every((kind) => this.#gathered[kind].length === gathered[kind])) return
      for (const kind of kinds) this.#gathered[kind].length = gathered[kind]
      this.#written = written
      this.#ids = ids
      for (const memory of [this.#memory, this.#byId, this.#byExternalId, this.#parties, this.#known.name, this.#known.email])
        memory.clear()
      // What is not written yet can be found nowhere else.
      for (const deal of this.#gathered.deals.slice(written.deals)) this.keep(deal)
      for (const party of this.#gathered.parties.slice(written.parties)) this.keepParty(party)
    })
  }

  /** The session with something done before each statement that reads or writes. */
  session(ready: () => void | Promise<void>): Session {
    const { session } = this.db
    const writing = async () => {
      await ready()
      await this.#savepoints.open()
    }
    return {
      all: async (statement, values) => {
        await (statement.writes ? writing() : ready())
        return session.all(statement, values)
      },
      one: async (statement, values) => {
        await (statement.writes ? writing() : ready())
        return session.one(statement, values)
      },
      each: async function* (statement, values) {
        await ready()
        yield* session.each(statement, values)
      },
      run: async (statement, values) => {
        await writing()
        await session.run(statement, values)
      },
      later: async (statement, values) => {
        await writing()
        await session.later(statement, values)
      },
      tally: async (statement, key, amounts) => {
        await writing()
        await session.tally(statement, key, amounts)
      },
      settle: async () => {
        await writing()
        await session.settle()
      },
      hold: (workspaceId, how) => session.hold(workspaceId, how),
      savepoint: (work) => this.savepoint(work),
    }
  }

  /** For tables that nothing is gathered for. */
  get aside(): Db {
    return this.#after([])
  }

  get afterParties(): Db {
    return this.#after(['parties'])
  }

  /** For all others. */
  get settled(): Db {
    return this.#after(kinds)
  }

  #after(which: readonly Kind[]): Db {
    return { ...this.db, session: this.session(() => this.settle(which)) }
  }

  /** A reading that answers the same as long as nothing is written that it is about. */
  reading<A extends readonly unknown[], T>(noun: string, read: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
    const name = `${this.#readings++} `
    return (...args) => {
      const known = this.#memory.get(noun) ?? new Map<string, Promise<unknown>>()
      this.#memory.set(noun, known)
      const key = name + args.join()
      const before = known.get(key) as Promise<T> | undefined
      if (before) return before
      const answer = read(...args)
      known.set(key, answer)
      answer.catch(() => known.delete(key))
      return answer
    }
  }

  writing<A extends readonly unknown[], T>(noun: string, write: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
    return (...args) => {
      this.#memory.delete(noun)
      return write(...args)
    }
  }

  nouns<T>(noun: string, table: Nouns<T>): Nouns<T> {
    return {
      identify: table.identify,
      get: this.reading(noun, table.get),
      byUuid: table.byUuid,
      insert: this.writing(noun, table.insert),
      save: this.writing(noun, table.save),
    }
  }

  async identify(noun: 'deal' | 'party'): Promise<Identity> {
    let ids = this.#ids[noun]
    if (ids.next === ids.end) {
      const { length } = this.#gathered[noun === 'deal' ? 'deals' : 'parties']
      const isSqlite = this.db.engine.kind === 'sqlite'
      // A sequence of PostgreSQL goes on whatever is undone.
      if (isSqlite) await this.#savepoints.open()
      const count = isSqlite ? idsAtOnce : Math.min(Math.max(length, fewestIds), idsAtOnce)
      ids = await takeIds(this.db, noun, count)
    }
    this.#ids = { ...this.#ids, [noun]: { next: ids.next + 1, end: ids.end } }
    return { id: ids.next, uuid: newUuid() }
  }

  add(deal: Deal): void {
    this.#gathered.deals.push(deal)
    this.keep(deal)
  }

  /** Remembers a deal as it is now. */
  keep(deal: Deal): void {
    this.#byId.set(deal.id, deal)
    if (deal.externalId !== null) this.#byExternalId.set(deal.externalId, deal)
  }

  forget(deal: Deal): void {
    this.#byId.delete(deal.id)
    if (deal.externalId !== null) this.#byExternalId.delete(deal.externalId)
  }

  known(id: number): Deal | undefined {
    return this.#byId.get(id)
  }

  /** Looks for all of these at once, and remembers those that are not there as well. Nobody else changes what is found. */
  async lookFor(externalIds: readonly string[]): Promise<void> {
    const unknown = externalIds.filter((id) => !this.#byExternalId.has(id))
    const found = await byExternalIds(this.aside, unknown)
    for (const id of unknown) this.#byExternalId.set(id, undefined)
    for (const deal of found) this.keep(deal)
  }

  async byExternalId(externalId: string): Promise<Deal | undefined> {
    if (!this.#byExternalId.has(externalId)) await this.lookFor([externalId])
    return this.#byExternalId.get(externalId)
  }

  /** As {@link lookFor}, for contacts and companies. */
  async lookForParties(kind: Party['kind'], by: 'name' | 'email', values: readonly string[]): Promise<void> {
    const known = this.#known[by]
    const unknown = values.filter((value) => !known.has(`${kind} ${value}`))
    const found = await firstParties(this.afterParties, kind, by, unknown)
    for (const value of unknown) known.set(`${kind} ${value}`, undefined)
    for (const party of found) this.keepParty(party)
  }

  async firstParty(kind: Party['kind'], by: 'name' | 'email', value: string): Promise<Party | undefined> {
    const key = `${kind} ${value}`
    if (!this.#known[by].has(key)) await this.lookForParties(kind, by, [value])
    return this.#known[by].get(key)
  }

  addParty(party: Party): void {
    this.#gathered.parties.push(party)
    this.keepParty(party)
  }

  /** Remembers one, and that it is found by its name and address where none was before. */
  keepParty(party: Party): void {
    this.#parties.set(party.id, party)
    for (const [by, value] of [
      ['name', party.name],
      ['email', mainOf(party.emails)?.toLowerCase()],
    ] as const) {
      const key = `${party.kind} ${value}`
      if (value !== undefined && this.#known[by].has(key)) this.#known[by].set(key, this.#known[by].get(key) ?? party)
    }
  }

  forgetParties(): void {
    for (const memory of [this.#parties, this.#known.name, this.#known.email]) memory.clear()
  }

  async party(id: number, get: Store['parties']['get']): Promise<Party | undefined> {
    const party = this.#parties.get(id) ?? (await get(id))
    if (party) this.#parties.set(id, party)
    return party
  }

  beginLife(dealId: number, life: readonly Stretch[]): void {
    this.#gathered.lives.push([dealId, life])
  }

  /** Puts off an event. One that begins a batch is written at once, because those that follow name its id. */
  async append(event: Omit<Event, 'id'>): Promise<number | null> {
    if (event.batch === null) return eventTable(this.settled).append(event)
    this.#gathered.events.push(event)
    return null
  }
}

const dealsOf = (gathering: Gathering): Store['deals'] => {
  const table = dealTable(gathering.settled)
  return {
    ...table,
    identify: () => gathering.identify('deal'),
    lock: async (id) => {
      if (!gathering.known(id)) await table.lock(id)
    },
    get: async (id) => gathering.known(id) ?? table.get(id),
    byExternalId: (externalId) => gathering.byExternalId(externalId),
    expect: (externalIds) => gathering.lookFor(externalIds),
    insert: async (deal) => gathering.add(deal),
    save: async (before, after) => {
      gathering.forget(before)
      await table.save(before, after)
      gathering.keep(after)
    },
  }
}

const partiesOf = (gathering: Gathering): Store['parties'] => {
  const table = partyTable(gathering.afterParties)
  return {
    ...table,
    identify: () => gathering.identify('party'),
    get: (id) => gathering.party(id, table.get),
    first: (kind, by, value) => gathering.firstParty(kind, by, value),
    expect: (kind, by, values) => gathering.lookForParties(kind, by, values),
    insert: async (party) => gathering.addParty(party),
    save: async (party) => {
      gathering.forgetParties()
      await table.save(party)
    },
  }
}

const livesOf = (gathering: Gathering): Store['lives'] => {
  const table = lifeTable(gathering.settled)
  return {
    of: table.of,
    save: async (dealId, before, after) =>
      before.length === 0 ? gathering.beginLife(dealId, after) : table.save(dealId, before, after),
  }
}

/**
 * The tables of a store for work on many deals in one transaction: they remember what they have read of the workspace's shape and people,
 * and write new deals and events together. Whatever else is asked of the database finds them written.
 */
export function bulkTables(gathering: Gathering): Partial<Store> {
  const { aside, settled } = gathering
  const [pipelines, stages, reasons] = [pipelineTable(aside), stageTable(aside), lossReasonTable(aside)]
  const [fields, members] = [customFieldTable(aside), memberTable(aside)]
  return {
    pipelines: { ...gathering.nouns('shape', pipelines), live: gathering.reading('shape', pipelines.live) },
    stages: { ...gathering.nouns('shape', stages), live: gathering.reading('shape', stages.live) },
    lossReasons: {
      ...gathering.nouns('reason', reasons),
      live: gathering.reading('reason', reasons.live),
      byName: gathering.reading('reason', reasons.byName),
    },
    customFields: { ...gathering.nouns('field', fields), live: gathering.reading('field', fields.live) },
    members: {
      ...members,
      get: gathering.reading('member', members.get),
      add: gathering.writing('member', members.add),
      save: gathering.writing('member', members.save),
    },
    parties: partiesOf(gathering),
    deals: dealsOf(gathering),
    lives: livesOf(gathering),
    events: { ...eventTable(settled), append: (event) => gathering.append(event) },
  }
}

/** Runs the work on tables that gather, and on a session that knows of it. */
export async function gathering<T>(db: Db, work: (tables: Partial<Store>, db: Db) => Promise<T>): Promise<T> {
  const gathered = new Gathering(db)
  const value = await work(bulkTables(gathered), gathered.settled)
  await gathered.finish()
  return value
}
