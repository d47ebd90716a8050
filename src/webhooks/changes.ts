import { changeOf, type Told } from '../domain/past.ts'
import type { Scope } from '../domain/scope.ts'
import type { Change } from '../domain/webhook.ts'

/** So many are kept, and so long: what several subscriptions are told of, they are told of at about the same time. */
const most = 500
const keptMs = 2000

/** What events changed, worked out once for all subscriptions that are told. An event's change is what it is: nothing that is kept becomes untrue. */
export class Changes {
  readonly #kept = new Map<string, { since: number; change: Promise<Change | undefined> }>()

  of({ workspace, store }: Scope, told: Told): Promise<Change | undefined> {
    const now = performance.now()
    for (const [oldest, { since }] of this.#kept) {
      if (this.#kept.size <= most && now - since < keptMs) break
      this.#kept.delete(oldest)
    }
    const key = `${workspace.id} ${told.eventId}`
    const known = this.#kept.get(key)
    if (known) return known.change
    const change = changeOf(store, told)
    this.#kept.set(key, { since: now, change })
    // What could not be read, or is not there, is looked for again.
    const forget = () => this.#kept.delete(key)
    change.then((is) => is ?? forget(), forget)
    return change
  }
}
