import type { CustomField, CustomFieldSubject } from '../../domain/custom-field.ts'
import type { Scope } from '../../domain/scope.ts'
import type { JsonObject } from '../../domain/text.ts'
import type { Member } from '../../domain/user.ts'

/** What ids stand for, read once where there are few of a sort. */
export class Names {
  readonly #scope: Scope
  readonly #kept = new Map<string, unknown>()
  readonly #fields: readonly CustomField[]

  private constructor(scope: Scope, fields: readonly CustomField[]) {
    this.#scope = scope
    this.#fields = fields
  }

  static async open(scope: Scope, subject: CustomFieldSubject): Promise<Names> {
    return new Names(scope, await scope.store.customFields.live(subject))
  }

  async #find<T>(key: string, look: () => Promise<T>): Promise<T> {
    if (!this.#kept.has(key)) this.#kept.set(key, await look())
    return this.#kept.get(key) as T
  }

  member(id: number): Promise<Member | undefined> {
    return this.#find(`member ${id}`, () => this.#scope.store.members.get(id))
  }

  /** The name of a pipeline, stage or loss reason. */
  async of(noun: 'pipelines' | 'stages' | 'lossReasons', id: number | null): Promise<string | null> {
    if (id === null) return null
    const record = await this.#find(`${noun} ${id}`, async () => this.#scope.store[noun].get(id))
    return record?.name ?? null
  }

  /** Custom fields with their types, as an import reads them. */
  customColumns(): string[] {
    return this.#fields.map(columnOf)
  }

  custom(values: JsonObject): JsonObject {
    return Object.fromEntries(this.#fields.map((field) => [columnOf(field), values[String(field.id)] ?? null]))
  }
}

const columnOf = ({ name, type }: CustomField): string => `custom.${name}:${type}`
