import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import type { Deal } from '../../../domain/deal.ts'
import type { Event } from '../../../domain/events.ts'
import { toMajor } from '../../../domain/money.ts'
import type { Party } from '../../../domain/party.ts'
import { listPipelines } from '../../../domain/pipeline.ts'
import type { Scope } from '../../../domain/scope.ts'
import { isLost, listStages, type StageKind } from '../../../domain/stage.ts'
import type { Json, JsonObject } from '../../../domain/text.ts'
import type { Member } from '../../../domain/user.ts'
import { fieldKey } from '../custom-fields.ts'
import { plainTime } from '../wire.ts'
import { writeFieldValues } from './custom-values.ts'
import { eventsOf } from './deal-events.ts'
import { formatMoney } from './format.ts'

/** The vendor's history is one of fields: an event that changed three of them is three changes. */
export interface FieldChange {
  /** Ascending in the order of the changes, and within an event in the order of the vendor's fields. */
  id: number
  event: Event
  field: string
  old: string | null
  new: string | null
  /** As people read them, where that is something else. */
  formatted: { old?: string | undefined; new?: string | undefined }
  /** The company's own field rather than the vendor's. */
  isCustom: boolean
}

/** Room for the changes of one event: a deal has fewer fields of the vendor's and of its company's than this. */
const perEvent = 1024

/** One side of a change: the fields that changed, as they were or are, and the currency that the deal had or has. */
interface Side {
  facts: JsonObject
  currency: string
}

/** What values in events mean: the records behind their ids. */
export interface Names {
  stages: ReadonlyMap<number, string>
  pipelines: ReadonlyMap<number, string>
  users: ReadonlyMap<number, Member>
  parties: ReadonlyMap<number, Party>
  reasons: ReadonlyMap<number, string>
  fields: readonly CustomField[]
  locale: string
}

type Write = (value: Json, names: Names, currency: string) => string | null
interface Field {
  /** Our name of what changed. */
  of: string
  key: string
  write: Write
  format?: Write
}

const asText: Write = (value) => (value === null || value === undefined ? null : String(value))
const named =
  (list: 'stages' | 'pipelines' | 'users' | 'parties'): Write =>
  (value, names) => {
    if (typeof value !== 'number') return null
    const known = names[list].get(value)
    return (typeof known === 'string' ? known : known?.name) ?? null
  }

const statusOf = (outcome: Json): string | null =>
  typeof outcome !== 'string' ? null : isLost({ kind: outcome as StageKind }) ? 'lost' : outcome

/** The vendor's own fields in the order in which an event's changes are told. */
const fields: readonly Field[] = [
  { of: 'title', key: 'title', write: asText },
  {
    of: 'amount',
    key: 'value',
    write: (value, _names, currency) => (typeof value === 'number' ? String(toMajor(value, currency)) : null),
    format: (value, { locale }, currency) => (typeof value === 'number' ? formatMoney(locale, value, currency) : null),
  },
  { of: 'currency', key: 'currency', write: asText },
  { of: 'pipelineId', key: 'pipeline', write: asText, format: named('pipelines') },
  { of: 'openStageId', key: 'stage_id', write: asText, format: named('stages') },
  { of: 'outcome', key: 'status', write: statusOf },
  { of: 'ownerId', key: 'user_id', write: asText, format: named('users') },
  { of: 'contactId', key: 'person_id', write: asText, format: named('parties') },
  { of: 'companyId', key: 'org_id', write: asText, format: named('parties') },
  { of: 'probability', key: 'probability', write: asText },
  { of: 'expectedCloseDate', key: 'expected_close_date', write: asText },
  { of: 'archivedAt', key: 'is_archived', write: (value) => (value === null ? '0' : '1') },
  { of: 'deletedAt', key: 'is_deleted', write: (value) => (value === null ? '0' : '1') },
]

/** What this dialect alone keeps of a deal, by the vendor's names for it. */
const own: Readonly<Record<string, string>> = {
  label_ids: 'label',
  visible_to: 'visible_to',
  origin_id: 'origin_id',
  channel: 'channel',
  channel_id: 'channel_id',
}

const objectIn = (side: JsonObject | null, name: string): JsonObject => {
  const value = side?.[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

const flat = (value: Json | undefined): string | null =>
  value === undefined || value === null ? null : Array.isArray(value) ? value.join() || null : String(value)

/** One text for why a deal was lost, out of the two that say it. */
const reasonIn = (side: JsonObject, { reasons }: Names): string | null => {
  const { lossReasonId, lossComment } = side
  return (typeof lossReasonId === 'number' ? reasons.get(lossReasonId) : undefined) ?? flat(lossComment)
}

type Told = Omit<FieldChange, 'id' | 'event'>

const told = (field: string, old: string | null, now: string | null, more: Partial<Told> = {}): Told[] =>
  old === now ? [] : [{ field, old, new: now, formatted: {}, isCustom: false, ...more }]

function vendorsOwn({ facts: was, currency: old }: Side, { facts: is, currency: now }: Side, names: Names): Told[] {
  return fields
    .filter(({ of }) => of in is)
    .flatMap(({ of, key, write, format }) => {
      const [before, after] = [was[of] ?? null, is[of] ?? null]
      const formatted = {
        old: format?.(before, names, old) ?? undefined,
        new: format?.(after, names, now) ?? undefined,
      }
      return told(key, write(before, names, old), write(after, names, now), { formatted })
    })
}

function companysOwn(was: JsonObject, is: JsonObject, { fields }: Names): Told[] {
  const [before, after] = [was, is].map((side) => writeFieldValues(fields, objectIn(side, 'customFields')))
  return fields.map(fieldKey).flatMap((key) => told(key, flat(before?.[key]), flat(after?.[key]), { isCustom: true }))
}

function dialectsOwn(was: JsonObject, is: JsonObject): Told[] {
  const [before, after] = [was, is].map((side) => objectIn(objectIn(side, 'extras'), 'pipedrive'))
  return Object.entries(own).flatMap(([kept, key]) => told(key, flat(before?.[kept]), flat(after?.[kept])))
}

/** Everything that an event says changed, in the vendor's words; the making of a deal is one change of its `add_time`. */
function changesOf({ type, at, before, after }: Event, [old, now]: [string, string], names: Names): readonly Told[] {
  if (before === null || after === null) {
    const createdAt = after?.createdAt
    return type === 'deal.created' ? told('add_time', null, plainTime(typeof createdAt === 'number' ? createdAt : at)) : []
  }
  return [
    ...vendorsOwn({ facts: before, currency: old }, { facts: after, currency: now }, names),
    ...('lossReasonId' in after || 'lossComment' in after
      ? told('lost_reason', reasonIn(before, names), reasonIn(after, names))
      : []),
    ...('extras' in after ? dialectsOwn(before, after) : []),
    ...('customFields' in after ? companysOwn(before, after, names) : []),
  ]
}

/** The whole history of one deal, the newest change first. */
export async function historyOf(scope: Scope, deal: Deal): Promise<{ changes: readonly FieldChange[]; names: Names }> {
  const events = await eventsOf(scope, deal.id)
  const names = await namesIn(scope, events)
  let { currency } = deal
  const changes = events.toReversed().flatMap((event) => {
    const now = currency
    // An amount is told in the currency it was in, which an older event may have changed.
    if (typeof event.before?.currency === 'string') currency = event.before.currency
    return changesOf(event, [currency, now], names)
      .map((change, index) => ({ ...change, id: event.id * perEvent + index, event }))
      .reverse()
  })
  return { changes, names }
}

const numbersIn = (events: readonly Event[], ...keys: readonly string[]): number[] => [
  ...new Set(
    events.flatMap(({ before, after }) =>
      [before, after].flatMap((side) => keys.map((key) => side?.[key]).filter((value) => typeof value === 'number')),
    ),
  ),
]

/** The names behind the ids in these events, each list asked once; of what has been deleted since as well. */
async function namesIn(scope: Scope, events: readonly Event[]): Promise<Names> {
  const { store, workspace } = scope
  const stages = new Map((await listStages(scope)).map(({ id, name }) => [id, name]))
  for (const id of numbersIn(events, 'openStageId')) {
    const gone = stages.has(id) ? undefined : await store.stages.get(id)
    if (gone) stages.set(id, gone.name)
  }
  const pipelines = new Map((await listPipelines(scope)).map(({ id, name }) => [id, name]))
  for (const id of numbersIn(events, 'pipelineId')) {
    const gone = pipelines.has(id) ? undefined : await store.pipelines.get(id)
    if (gone) pipelines.set(id, gone.name)
  }
  const reasons = new Map<number, string>()
  for (const id of numbersIn(events, 'lossReasonId')) {
    const reason = await store.lossReasons.get(id)
    if (reason) reasons.set(id, reason.name)
  }
  const userIds = [...new Set([...numbersIn(events, 'ownerId'), ...events.map(({ userId }) => userId)])]
  const partyIds = numbersIn(events, 'contactId', 'companyId')
  const users = userIds.length === 0 ? [] : (await store.members.list({ ids: userIds, limit: userIds.length })).items
  const parties =
    partyIds.length === 0 ? [] : (await store.parties.list({ ids: partyIds, deleted: 'both', limit: partyIds.length })).items
  return {
    stages,
    pipelines,
    reasons,
    users: new Map(users.map((user) => [user.id, user])),
    parties: new Map(parties.map((party) => [party.id, party])),
    fields: await listCustomFields(scope, 'deal'),
    locale: workspace.locale,
  }
}
