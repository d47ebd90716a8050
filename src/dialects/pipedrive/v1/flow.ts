import type { z } from 'zod'
import type { Scope } from '../../../domain/scope.ts'
import type { Member } from '../../../domain/user.ts'
import type { Speaker } from '../../../http/speak.ts'
import { findVisibleDeal } from '../deals.ts'
import { offsetPage, one, plainTime } from '../wire.ts'
import { type FieldChange, historyOf, type Names } from './changes.ts'
import { ById, flag, maybe, text } from './input.ts'
import { cursor, Paging, writeCursor } from './page.ts'
import { writeUserObject } from './user-reference.ts'

/** Our own pages and commands are the application; every vendor's API is one. */
const sourceOf = ({ event }: FieldChange): 'app' | 'api' => (event.via === 'native' ? 'app' : 'api')

/** An empty object is a list where the vendor writes it. */
const formatted = ({ formatted: { old, new: now } }: FieldChange) =>
  old === undefined && now === undefined
    ? []
    : {
        ...(old === undefined ? {} : { old_value_formatted: old }),
        ...(now === undefined ? {} : { new_value_formatted: now }),
      }

const writeFlowItem = (change: FieldChange) => ({
  object: 'dealChange',
  timestamp: plainTime(change.event.at),
  data: {
    id: change.id,
    item_id: change.event.subjectId,
    user_id: change.event.userId,
    field_key: change.field,
    old_value: change.old,
    new_value: change.new,
    is_bulk_update_flag: null,
    log_time: plainTime(change.event.at),
    change_source: sourceOf(change),
    change_source_user_agent: null,
    additional_data: formatted(change),
  },
})

const writeLogItem = (change: FieldChange) => ({
  field_key: change.field,
  old_value: change.old,
  new_value: change.new,
  actor_user_id: change.event.userId,
  time: plainTime(change.event.at),
  change_source: sourceOf(change),
  change_source_user_agent: null,
  is_bulk_update_flag: false,
})

/** Who changed what is on the page. */
function relatedUsers(changes: readonly FieldChange[], { users }: Names): { user?: Record<string, unknown> } {
  const actors = [...new Set(changes.map(({ event }) => event.userId))].flatMap((id) => users.get(id) ?? [])
  const entries = actors.map((user: Member) => [String(user.id), writeUserObject(user)])
  return entries.length === 0 ? {} : { user: Object.fromEntries(entries) }
}

/** Of the vendor's sorts of items a deal has changes alone here: there are no notes, files, mails and activities. */
const wantsChanges = (items: string | undefined): boolean =>
  items === undefined || items.split(',').some((item) => ['change', 'dealChange'].includes(item.trim()))

const FlowQuery = Paging.extend({ all_changes: maybe(flag), items: maybe(text) })
const ChangelogQuery = Paging.pick({ limit: true }).extend({ cursor: maybe(cursor) })

/** What a deal's flow shows: the company's own fields only when all changes are asked for. */
async function flowOf(scope: Scope, id: number, { all_changes, items }: z.output<typeof FlowQuery>) {
  const deal = await findVisibleDeal(scope, id)
  const { changes, names } = await historyOf(scope, deal)
  return { names, changes: wantsChanges(items) ? changes.filter(({ isCustom }) => all_changes || !isCustom) : [] }
}

/** History of a deal, in the two forms that the vendor has for it. */
export function openFlow(v1: Speaker): void {
  v1.get('/deals/:id/flow', { params: ById, query: FlowQuery, cost: 40 }, async ({ scope, params, query }) => {
    const { start, limit } = query
    const { changes, names } = await flowOf(scope, params.id, query)
    const page = changes.slice(start, start + limit)
    const more = changes.length > start + limit
    return offsetPage(page.map(writeFlowItem), { start, limit, more }, { related_objects: relatedUsers(page, names) })
  })

  v1.get('/deals/:id/changelog', { params: ById, query: ChangelogQuery, cost: 20 }, async ({ scope, params, query }) => {
    const { limit, cursor: before = Number.POSITIVE_INFINITY } = query
    const { changes } = await historyOf(scope, await findVisibleDeal(scope, params.id))
    const rest = changes.filter(({ id }) => id < before)
    const page = rest.slice(0, limit)
    const last = rest.length > limit ? page.at(-1) : undefined
    return one(page.map(writeLogItem), { additional_data: { next_cursor: last ? writeCursor(last.id) : null } })
  })
}
