import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Deal, type DealFilter, type DealSort, listDeals } from '../../../domain/deal.ts'
import { changeDeal, deleteDeal } from '../../../domain/edit-deals.ts'
import { conflict, found, invalid } from '../../../domain/errors.ts'
import type { Key } from '../../../domain/page.ts'
import { defaultPipeline } from '../../../domain/pipeline.ts'
import { atomically, requireRole, type Scope } from '../../../domain/scope.ts'
import { listStages, type Stage } from '../../../domain/stage.ts'
import type { JsonObject } from '../../../domain/text.ts'
import { read } from '../../../http/fault.ts'
import { partyIn, readContacts } from '../contacts.ts'
import { anything, maybe, moment, number, parts, several, text, whole } from '../input.ts'
import { moveTo } from '../leads.ts'
import { entriesOf } from '../php.ts'
import { firstNormal, incomingOf } from '../statuses.ts'
import { addLead } from './leads.ts'
import { countSorted } from './unsorted-summary.ts'

/**
 * Incoming leads: leads that stand in a pipeline's first, special status until somebody accepts or declines them. Where such a lead
 * came from is kept with it for this vendor alone; one that any other vendor's API moves out of that status is accepted by it.
 */

/** The vendor's other two, `mail` and `chats`, come from services that are not here. */
export type Category = 'sip' | 'forms'

const Metadata: Readonly<Record<Category, z.ZodType>> = {
  forms: z.looseObject({
    form_id: text,
    form_name: text,
    form_page: text,
    ip: maybe(text),
    form_sent_at: whole,
    referer: maybe(text),
  }),
  sip: z.looseObject({ phone: text, called_at: whole, duration: whole, link: text, service_code: text, from: maybe(text) }),
}

const Row = z.object({
  source_uid: text,
  source_name: text,
  pipeline_id: maybe(whole),
  created_at: maybe(moment),
  metadata: anything,
  _embedded: maybe(z.looseObject({ leads: anything, lead: anything, contacts: anything, companies: anything }).partial()),
})

/** What is kept with the lead. */
export interface Source {
  uid: string
  category: Category
  source_uid: string
  source_name: string
  metadata: JsonObject
}

export function sourceOf(lead: Deal): Source | undefined {
  const { uid, category, source } = lead.extras.amocrm ?? {}
  return uid === undefined ? undefined : ({ uid, category, ...(source as JsonObject) } as unknown as Source)
}

/** Adds an incoming lead with what is known of its contact and company. */
export async function addUnsorted(scope: Scope, category: Category, row: unknown): Promise<Deal> {
  const said = read(Row, row, 'body')
  const metadata = readMetadata(category, said.metadata)
  const pipelineId = said.pipeline_id ?? (await defaultPipeline(scope)).id
  const incoming = incomingOf(await listStages(scope, pipelineId)) ?? invalid('pipelineId', 'not_found')
  // Documented as `leads`; the PHP library says `lead`.
  const { leads, lead = entriesOf(leads)[0]?.[1] ?? {}, contacts, companies } = said._embedded ?? {}
  const contactIds: number[] = []
  for (const [, contact] of entriesOf(contacts)) contactIds.push((await partyIn(scope, 'person', contact)) ?? 0)
  const companyId = await partyIn(scope, 'company', entriesOf(companies)[0]?.[1])
  const people = await readContacts(scope, contactIds)
  return addLead(
    scope,
    { ...(lead as object), status_id: undefined, pipeline_id: undefined },
    {
      stageId: incoming.id,
      createdAt: said.created_at,
      ...people,
      ...(companyId === undefined ? {} : { companyId }),
      extras: {
        ...people.extras,
        isIncoming: true,
        uid: randomBytes(28).toString('hex'),
        category,
        source: { source_uid: said.source_uid, source_name: said.source_name, metadata },
      },
    },
  )
}

function readMetadata(category: Category, metadata: unknown): JsonObject {
  // Read where it stands, so that what is missing is named with its whole path.
  const { metadata: said } = read(z.object({ metadata: Metadata[category] }), { metadata }, 'body')
  return JSON.parse(JSON.stringify(said))
}

const noSource = { isIncoming: null, uid: null, category: null, source: null }

/** An incoming lead by its uid. One that has left the status is no longer one. */
export async function findUnsorted(scope: Scope, uid: string): Promise<{ lead: Deal; source: Source }> {
  const stages = await incomingStages(scope)
  const extra = { dialect: 'amocrm', key: 'uid', value: uid }
  const { items } = await listDeals(scope, { filter: { extra, stageIds: stages.map(({ id }) => id) }, limit: 1 })
  const lead = found(items[0], 'deal')
  return { lead, source: found(sourceOf(lead), 'deal') }
}

const incomingStages = async (scope: Scope, pipelineId?: number): Promise<Stage[]> => {
  const stages = await listStages(scope, pipelineId)
  const pipelines = [...new Set(stages.map((stage) => stage.pipelineId))]
  return pipelines.flatMap((id) => incomingOf(stages.filter((stage) => stage.pipelineId === id)) ?? [])
}

export const AcceptBody = z.object({ user_id: maybe(whole), status_id: maybe(whole) })

/** Moves an incoming lead on: to the status that was named, or to the first one, and into somebody's hands. */
export const accept = (scope: Scope, uid: string, { user_id, status_id }: z.output<typeof AcceptBody>) =>
  atomically(scope, async (scope) => {
    requireRole(scope, 'member')
    const { lead, source } = await findUnsorted(scope, uid)
    const first = firstNormal(await listStages(scope, lead.pipelineId))?.id
    const move = status_id === undefined ? { stageId: first } : await moveTo(scope, { statusId: status_id })
    if (move.stageId === lead.stageId) conflict('no_open_stage')
    const accepted = await changeDeal(scope, lead.id, { ...move, ownerId: user_id || scope.user.id, extras: noSource })
    await countSorted(scope, 'accepted', lead)
    return { lead: accepted, source }
  })

/** Deletes an incoming lead. */
export const decline = (scope: Scope, uid: string) =>
  atomically(scope, async (scope) => {
    const { lead, source } = await findUnsorted(scope, uid)
    const declined = await deleteDeal(scope, lead.id)
    await countSorted(scope, 'declined', lead)
    return { lead: declined, source }
  })

const sorts: Readonly<Record<string, DealSort>> = { created_at: 'createdAt', updated_at: 'updatedAt' }

/** One page of incoming leads, as the query narrows and orders them. */
export async function listUnsorted(
  scope: Scope,
  query: Readonly<Record<string, unknown>>,
  window: { limit: number; offset: number },
) {
  const { uid, category, pipeline_id } = parts(query.filter)
  const wanted = category === undefined ? undefined : several(category)
  const uids = uid === undefined ? [undefined] : several(uid)
  const stages = await incomingStages(scope, number(pipeline_id))
  const order = Object.entries(parts(query.order)).flatMap(([name, direction]) => {
    const by = sorts[name]
    return by ? [{ by, direction: direction === 'desc' ? ('desc' as const) : ('asc' as const) }] : []
  })
  const pages = await Promise.all(
    uids.slice(0, 250).map((uid) => listDeals(scope, { filter: filterOf(stages, { uid, wanted }), sort: order, ...window })),
  )
  const items = pages.flatMap((page) => page.items)
  return { items, hasMore: pages.some((page) => page.next !== null) }
}

/** Only two categories can be made here; asking for one of them, or for both, is one comparison. */
function filterOf(
  stages: readonly Stage[],
  { uid, wanted }: { uid: string | undefined; wanted: string[] | undefined },
): DealFilter {
  const made = (['sip', 'forms'] as const).filter((category) => wanted?.includes(category) ?? true)
  const match = (key: string, value: string | boolean) => ({ dialect: 'amocrm', key, value })
  return {
    stageIds: stages.map(({ id }) => id),
    extra: [
      // Leads that another vendor's API has put into the status have no source and are not shown among these.
      made.length === 2 ? match('isIncoming', true) : match('category', made[0] ?? 'none'),
      ...(uid === undefined ? [] : [match('uid', uid)]),
    ],
  }
}

/** How many incoming leads wait, by category. It is an inbox: what waits is counted one by one. */
export async function countWaiting(scope: Scope, query: Readonly<Record<string, unknown>>): Promise<Record<Category, number>> {
  const { uid, pipeline_id, created_at } = parts(query.filter)
  const { from, to } = parts(created_at)
  const [first, last] = [number(from), number(to)]
  const stages = await incomingStages(scope, number(pipeline_id))
  const uids = uid === undefined ? undefined : new Set(several(uid))
  const filter: DealFilter = {
    ...filterOf(stages, { uid: undefined, wanted: undefined }),
    createdSince: first === undefined ? undefined : first * 1000,
    createdUntil: last === undefined ? undefined : (last + 1) * 1000,
  }
  const counts = { sip: 0, forms: 0 }
  let after: Key | undefined
  do {
    const page = await listDeals(scope, { filter, limit: 500, after })
    for (const lead of page.items) {
      const source = sourceOf(lead)
      if (source && (uids?.has(source.uid) ?? true)) counts[source.category]++
    }
    after = page.next ?? undefined
  } while (after)
  return counts
}
