import type { Event } from '../../domain/events.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Json, JsonObject } from '../../domain/text.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { own } from './deal-attributes.ts'
import { identifier, type Load, type Resource } from './document.ts'
import { personOfContact } from './ids.ts'
import { timeIn } from './time.ts'

/** What became of an item, in the vendor's words. Bringing one back is an update of when it was deleted. */
export const eventNames = {
  'deal.created': 'create',
  'deal.updated': 'update',
  'deal.moved': 'update',
  'deal.deleted': 'delete',
  'deal.restored': 'update',
} as const satisfies Partial<Record<Event['type'], string>>

type Tell = (value: Json, workspace: Workspace) => Json

const same: Tell = (value) => value
const numbered: Tell = (value) => (typeof value === 'number' ? String(value) : null)
const moment: Tell = (value, { timeZone }) => (typeof value === 'number' ? timeIn(timeZone, value) : null)

/** Attributes and relations of a deal under the vendor's names, in the order in which a changeset tells them. */
const told: readonly (readonly [ours: string, theirs: string, tell: Tell])[] = [
  ['title', 'name', same],
  ['stageId', 'deal_status', numbered],
  ['pipelineId', 'pipeline', numbered],
  ['amount', 'budget_total', same],
  ['currency', 'currency', same],
  ['probability', 'probability', same],
  ['ownerId', 'responsible', numbered],
  ['companyId', 'company', numbered],
  ['contactId', 'contact', (value) => (typeof value === 'number' ? String(personOfContact(value)) : null)],
  ['tags', 'tag_list', same],
  ['lossReasonId', 'lost_reason', numbered],
  ['lossComment', 'lost_comment', same],
  ['closedAt', 'sales_closed_at', moment],
  ['customFields', 'custom_fields', same],
  ['deletedAt', 'deleted_at', moment],
]

const ownOf = (side: JsonObject): JsonObject => {
  const extras = side.extras as Readonly<Record<string, JsonObject>> | undefined
  return extras?.productive ?? {}
}

/** `[{"deal_status": {"from": "301", "to": "302"}}]`: the vendor shows a list, and nowhere what is in it. */
function changesetOf({ before, after }: Event, workspace: Workspace): object[] {
  if (before === null || after === null) return []
  const changes = told
    .filter(([ours]) => ours in after)
    .map(([ours, theirs, tell]) => ({
      [theirs]: { from: tell(before[ours] ?? null, workspace), to: tell(after[ours] ?? null, workspace) },
    }))
  if (!('extras' in after)) return changes
  const [was, is] = [ownOf(before), ownOf(after)]
  const attributes = Object.entries(own).map(([name, [, usual]]) => ({ name, from: was[name] ?? usual, to: is[name] ?? usual }))
  return [
    ...changes,
    ...attributes
      .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to))
      .map(({ name, from, to }) => ({ [name]: { from, to } })),
  ]
}

interface Item {
  title: string
  deletedAt: number | null
  companyId: number | null
}

/** Every activity here is of a deal, which has no parent and is its own root. */
function writeActivity(event: Event, item: Item | undefined, workspace: Workspace): Resource {
  const deal = event.subjectId
  return {
    type: 'activities',
    id: String(event.id),
    attributes: {
      event: eventNames[event.type as keyof typeof eventNames],
      changeset: changesetOf(event, workspace),
      item_id: deal,
      item_type: 'deal',
      item_name: item?.title ?? null,
      item_deleted_at: item?.deletedAt == null ? null : timeIn(workspace.timeZone, item.deletedAt),
      parent_id: null,
      parent_type: null,
      parent_name: null,
      root_id: deal,
      root_type: 'deal',
      root_name: item?.title ?? null,
      deal_is_budget: false,
      task_id: null,
      deal_id: deal,
      booking_id: null,
      invoice_id: null,
      company_id: item?.companyId ?? null,
      created_at: timeIn(workspace.timeZone, event.at),
      discussion_id: null,
      engagement_id: null,
      page_id: null,
      person_id: null,
      purchase_order_id: null,
      made_by_automation: false,
    },
    links: { creator: identifier('people', event.userId), deal: identifier('deals', deal) },
  }
}

/** These events as resources, in their order; the deals that they are of are looked up together. */
export async function writeActivities(scope: Scope, events: readonly Event[]): Promise<Resource[]> {
  const ids = [...new Set(events.map(({ subjectId }) => subjectId))]
  const { items } =
    ids.length === 0 ? { items: [] } : await scope.store.deals.list({ filter: { ids, deleted: 'both' }, limit: ids.length })
  const deals = new Map(items.map((deal) => [deal.id, deal]))
  return events.map((event) => writeActivity(event, deals.get(event.subjectId), scope.workspace))
}

export const isActivity = (event: Event): boolean => Object.hasOwn(eventNames, event.type)

export const loadActivities: Load = async (scope, ids) => {
  const events = await Promise.all(ids.map((id) => scope.store.events.get(id)))
  return writeActivities(scope, events.filter((event) => event !== undefined).filter(isActivity))
}
