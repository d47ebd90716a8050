import type { Deal } from '../domain/deal.ts'
import type { Event } from '../domain/events.ts'
import type { Stretch } from '../domain/reports/life.ts'
import type { Identity, Nouns, Store } from '../domain/store.ts'
import { byExternalIds, dealTable, insertDeals } from './deals.ts'
import type { Session } from './engine.ts'
import { LazySavepoints } from './held-savepoint.ts'
import { appendEvents, eventTable } from './history.ts'
import { partyTable } from './parties.ts'
import { memberTable } from './people.ts'
import { beginLives, lifeTable } from './reports/lives.ts'
import { type Db, newUuid, returnIds, takeIds } from './rows.ts'
import { customFieldTable, lossReasonTable, pipelineTable, stageTable } from './structure.ts'

/** So many ids are taken from the sequence at once. What is left is given back at the end, where that can be done. */
const idsAtOnce = 1000
/** As many as were needed so far, where what is left is lost. */
const fewestIds = 8

/**
 * What work on many deals has gathered to be written together: new deals, their events and the beginnings of their lives, in the order they
 * came, of which the first ones may be written already. Undoing a savepoint takes back what came, and what was written, within it.
 */
export class Gathering {
  readonly db: Db
  readonly #savepoints: LazySavepoints
  /** What was read, by the noun that it is about. */
  readonly #memory = new Map<string, Map<string, Promise<unknown>>>()
  readonly #deals: Deal[] = []
  readonly #events: Omit<Event, 'id'>[] = []
  readonly #lives: (readonly [number, readonly Stretch[]])[] = []
  #written = { deals: 0, events: 0, lives: 0 }
  #ids = { next: 0, end: 0 }
  #readings = 0
  /** Deals by their external id, as far as it was asked for; undefined where there is none. */
  readonly #byExternalId = new Map<string, Deal | undefined>()
  readonly #byId = new Map<number, Deal>()

  constructor(db: Db) {
    this.db = db
    this.#savepoints = new LazySavepoints(db.session)
  }

  /** Sets the savepoints that are due, and writes what was gathered: for whoever looks into the tables of deals and events, or ends. */
  async settle(): Promise<void> {
    await this.#savepoints.open()
    const [from, to] = [this.#written, this.#gathered()]
    if (from.deals === to.deals && from.events === to.events && from.lives === to.lives) return
    this.#written = to
    await insertDeals(this.db, this.#deals.slice(from.deals))
    await appendEvents(this.db, this.#events.slice(from.events))
    await beginLives(this.db, this.#lives.slice(from.lives))
  }

  #gathered() {
    return { deals: this.#deals.length, events: this.#events.length, lives: this.#lives.length }
  }

  async finish(): Promise<void> {
    await this.settle()
    if (this.#ids.next < this.#ids.end) await returnIds(this.db, 'deal', this.#ids)
  }

  savepoint<T>(work: () => Promise<T>): Promise<T> {
    const [written, ids, gathered] = [this.#written, this.#ids, this.#gathered()]
    return this.#savepoints.within(work, () => {
      this.#deals.length = gathered.deals
      this.#events.length = gathered.events
      this.#lives.length = gathered.lives
      this.#written = written
      this.#ids = ids
      this.#memory.clear()
      this.#byId.clear()
      this.#byExternalId.clear()
    })
  }

  /** The session with something done before each statement. */
  session(ready: () => void | Promise<void>): Session {
    const { session } = this.db
    return {
      all: async (statement, values) => {
        await ready()
        return session.all(statement, values)
      },
      one: async (statement, values) => {
        await ready()
        return session.one(statement, values)
      },
      each: async function* (statement, values) {
        await ready()
        yield* session.each(statement, values)
      },
      run: async (statement, values) => {
        await ready()
        await session.run(statement, values)
      },
      later: async (statement, values) => {
        await ready()
        await session.later(statement, values)
      },
      tally: async (statement, key, amounts) => {
        await ready()
        await session.tally(statement, key, amounts)
      },
      settle: async () => {
        await ready()
        await session.settle()
      },
      hold: (workspaceId, how) => session.hold(workspaceId, how),
      savepoint: (work) => this.savepoint(work),
    }
  }

  /** For tables that nothing is gathered for. */
  get aside(): Db {
    return { ...this.db, session: this.session(() => this.#savepoints.open()) }
  }

  /** For all others. */
  get settled(): Db {
    return { ...this.db, session: this.session(() => this.settle()) }
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

  async identify(): Promise<Identity> {
    if (this.#ids.next === this.#ids.end) {
      await this.#savepoints.open()
      const count = this.db.engine.kind === 'sqlite' ? idsAtOnce : Math.min(Math.max(this.#deals.length, fewestIds), idsAtOnce)
      this.#ids = await takeIds(this.db, 'deal', count)
    }
    const { next: id, end } = this.#ids
    this.#ids = { next: id + 1, end }
    return { id, uuid: newUuid() }
  }

  add(deal: Deal): void {
    this.#deals.push(deal)
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

  /** Where rows can be locked, only the database knows what a deal is like once it is. */
  known(id: number): Deal | undefined {
    return this.db.engine.kind === 'sqlite' ? this.#byId.get(id) : undefined
  }

  /** Looks for all of these at once, and remembers those that are not there as well. */
  async lookFor(externalIds: readonly string[]): Promise<void> {
    const unknown = externalIds.filter((id) => !this.#byExternalId.has(id))
    const found = await byExternalIds(this.settled, unknown)
    for (const id of unknown) this.#byExternalId.set(id, undefined)
    for (const deal of found) this.keep(deal)
  }

  async byExternalId(externalId: string): Promise<Deal | undefined> {
    if (!this.#byExternalId.has(externalId)) await this.lookFor([externalId])
    return this.#byExternalId.get(externalId)
  }

  beginLife(dealId: number, life: readonly Stretch[]): void {
    this.#lives.push([dealId, life])
  }

  /** Puts off an event. One that begins a batch is written at once, because those that follow name its id. */
  async append(event: Omit<Event, 'id'>): Promise<number | null> {
    if (event.batch === null) return eventTable(this.settled).append(event)
    this.#events.push(event)
    return null
  }
}

const dealsOf = (gathering: Gathering): Store['deals'] => {
  const table = dealTable(gathering.settled)
  return {
    ...table,
    identify: () => gathering.identify(),
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
  const [fields, members, parties] = [customFieldTable(aside), memberTable(aside), partyTable(aside)]
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
    parties: { ...parties, ...gathering.nouns('party', parties) },
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
