import { refuseRow } from './refusal.ts'
import { type Thing, things } from './things.ts'

/** More names than this are looked up anew, so that a file of any size takes no more memory. */
const namesKept = 50_000

/**
 * What rows have looked up and made, remembered so that a name that comes back costs nothing. What a refused row has made is undone with
 * the row; then everything is forgotten here, because others may have changed what the row was refused for.
 */
export class Kept {
  readonly #creates: ReadonlySet<Thing>
  readonly #isRehearsal: boolean
  readonly #values = new Map<string, unknown>()
  readonly #made = new Map<Thing, number>()
  /** In a rehearsal every batch makes the same things anew; each counts once. */
  readonly #rehearsed = new Set<string>()
  #ofRow: { thing: Thing; name: string }[] = []
  #ofBatch: { thing: Thing; name: string }[] = []

  constructor({ creates, isRehearsal }: { creates: ReadonlySet<Thing>; isRehearsal: boolean }) {
    this.#creates = creates
    this.#isRehearsal = isRehearsal
  }

  beginBatch(): void {
    if (this.#isRehearsal || this.#values.size > namesKept) this.#values.clear()
    this.#ofBatch = []
    this.#ofRow = []
  }

  /** What the batch has made is undone with it. */
  forgetBatch(): void {
    this.#ofRow = [...this.#ofBatch, ...this.#ofRow]
    this.forgetRow()
    this.#ofBatch = []
  }

  beginRow(): void {
    this.#ofBatch.push(...this.#ofRow)
    this.#ofRow = []
  }

  forgetRow(): void {
    this.#values.clear()
    for (const { thing, name } of this.#ofRow) {
      this.#made.set(thing, (this.#made.get(thing) ?? 0) - 1)
      this.#rehearsed.delete(`${thing} ${name}`)
    }
    this.#ofRow = []
  }

  /** How many of each were made. */
  made(): readonly (readonly [Thing, number])[] {
    return things.map((thing) => [thing, this.#made.get(thing) ?? 0] as const).filter(([, count]) => count > 0)
  }

  mayMake(thing: Thing): boolean {
    return this.#creates.has(thing)
  }

  async find<T>(key: string, look: () => Promise<T>): Promise<T> {
    if (!this.#values.has(key)) this.#values.set(key, await look())
    return this.#values.get(key) as T
  }

  /** What is there under the key, or what `make` makes if this may be made. */
  async findOrMake<T>(
    key: string,
    thing: Thing,
    name: string,
    look: () => Promise<T | undefined>,
    make: () => Promise<T>,
  ): Promise<T> {
    const found = await this.find(key, look)
    if (found !== undefined) return found
    this.require(thing, `there is no ${singular[thing]} '${name}'`)
    const made = await make()
    this.note(key, made, thing, name)
    return made
  }

  /** Refuses the row where this may not be made. */
  require(thing: Thing, why: string): void {
    if (!this.mayMake(thing)) refuseRow(`${why}; --create ${thing} makes what is missing`)
  }

  /** Remembers what the row has made. */
  note(key: string, value: unknown, thing: Thing, name: string): void {
    this.#values.set(key, value)
    const isCounted = this.#rehearsed.has(`${thing} ${name}`)
    if (this.#isRehearsal) this.#rehearsed.add(`${thing} ${name}`)
    if (isCounted) return
    this.#ofRow.push({ thing, name })
    this.#made.set(thing, (this.#made.get(thing) ?? 0) + 1)
  }

  /** Forgets what the row has changed, so that it is looked up again. */
  forget(key: string): void {
    this.#values.delete(key)
  }
}

const singular: Readonly<Record<Thing, string>> = {
  pipelines: 'pipeline',
  stages: 'stage',
  owners: 'user',
  companies: 'company',
  contacts: 'contact',
  reasons: 'loss reason',
  fields: 'custom field',
}
