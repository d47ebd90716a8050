import type { EventJson } from '../../../src/dialects/native/events.ts'
import { day, majorUnits, money, percent } from '../format.ts'

/** What happened to a deal, in words. */

/** Names for what events know by id. Whatever is gone is told by its id. */
export interface Names {
  user: (id: number) => string
  stage: (id: number) => string
  pipeline: (id: number) => string
  reason: (id: number) => string
  party: (id: number) => string
  field: (id: string) => string
  api: (name: string) => string
}

type Fields = Readonly<Record<string, unknown>>

export interface Told {
  /** Who, as the subject of the sentence. */
  who: string
  /** What they did: `moved it from Lead to Offer`. */
  what: string
  /** Through which API. */
  via: string
}

export function tell(event: EventJson, names: Names): Told {
  const before: Fields = event.before ?? {}
  const after: Fields = event.after ?? {}
  return {
    who: names.user(event.user),
    what: verbs[event.type]?.(before, after, names) ?? 'changed it',
    via: names.api(event.dialect),
  }
}

const verbs: Readonly<Record<string, (before: Fields, after: Fields, names: Names) => string>> = {
  'deal.created': (_, after, names) => {
    const stage = typeof after.stageId === 'number' ? ` in ${names.stage(after.stageId)}` : ''
    const amount = amountOf(after.amount ?? 0, after.currency)
    return `added it${stage}${amount && after.amount ? ` at ${amount}` : ''}`
  },
  'deal.moved': moved,
  'deal.updated': (before, after, names) => listed(changesOf(before, after, names)) || 'changed its place in the column',
  'deal.deleted': () => 'deleted it',
  'deal.restored': () => 'brought it back',
}

function moved(before: Fields, after: Fields, names: Names): string {
  const stage = (id: unknown) => (typeof id === 'number' ? names.stage(id) : 'another stage')
  const rest = listed(changesOf(before, after, names))
  const also = rest === '' ? '' : ` and ${rest}`
  const pipeline = typeof after.pipelineId === 'number' ? ` of ${names.pipeline(after.pipelineId)}` : ''
  if (after.outcome === 'won') return `won it from ${stage(before.stageId)}${also}`
  if (after.outcome === 'lost' || after.outcome === 'unqualified') {
    const reason = typeof after.lossReasonId === 'number' ? names.reason(after.lossReasonId) : undefined
    const said = [reason, after.lossComment].filter((text) => typeof text === 'string' && text !== '')
    const verb = after.outcome === 'lost' ? 'lost it' : 'found it not to qualify'
    return `${verb} from ${stage(before.stageId)}${said.length > 0 ? `: ${said.join(', ')}` : ''}`
  }
  if (after.outcome === 'open') return `reopened it in ${stage(after.stageId)}${also}`
  return `moved it from ${stage(before.stageId)} to ${stage(after.stageId)}${pipeline}${also}`
}

/** What follows from a move by itself, or is nobody's business to read. */
const silent: ReadonlySet<string> = new Set([
  'stageId',
  'openStageId',
  'pipelineId',
  'outcome',
  'stageChangedAt',
  'stageChangedById',
  'openStageChangedAt',
  'closedAt',
  'firstWonAt',
  'rank',
  'id',
  'uuid',
])

/** Fields that are worded on their own; all others are "changed" by their name. */
const worded: Readonly<Record<string, (before: Fields, after: Fields, names: Names) => string>> = {
  title: (before, after) => `renamed it from “${before.title}” to “${after.title}”`,
  amount: (before, after) => {
    const [was, is] = [before, after].map((fields) =>
      amountOf(fields.amount, fields.currency ?? after.currency ?? before.currency),
    )
    return was && is ? `changed the amount from ${was} to ${is}` : 'changed the amount'
  },
  currency: (before, after) => `changed the currency from ${before.currency} to ${after.currency}`,
  ownerId: (_, after, { user }) => `made ${name(after.ownerId, user)} its owner`,
  contactId: (_, after, { party }) =>
    after.contactId === null ? 'took the contact away' : `set the contact to ${name(after.contactId, party)}`,
  companyId: (_, after, { party }) =>
    after.companyId === null ? 'took the company away' : `set the company to ${name(after.companyId, party)}`,
  expectedCloseDate: (_, after) =>
    typeof after.expectedCloseDate === 'string'
      ? `expects it to close on ${day(after.expectedCloseDate)}`
      : 'took the close date away',
  probability: (_, after) =>
    typeof after.probability === 'number'
      ? `set the probability to ${percent(after.probability / 100)}`
      : 'left the probability to the stage',
  lossReasonId: (_, after, { reason }) =>
    after.lossReasonId === null ? 'took the reason away' : `gave the reason ${name(after.lossReasonId, reason)}`,
  lossComment: (_, after) => (after.lossComment === null ? 'took the comment away' : `commented “${after.lossComment}”`),
  tags: (before, after) => tagsTold(texts(before.tags), texts(after.tags)),
  customFields: (before, after, { field }) => {
    const [was, is] = [before.customFields, after.customFields].map((fields) => (fields ?? {}) as Fields)
    const keys = Object.keys({ ...was, ...is }).filter((key) => was?.[key] !== is?.[key])
    return keys.map((key) => (is?.[key] == null ? `cleared ${field(key)}` : `set ${field(key)} to ${String(is[key])}`)).join(', ')
  },
  archivedAt: (_, after) => (after.archivedAt === null ? 'took it out of the archive' : 'archived it'),
  deletedAt: () => '',
  extras: () => 'changed what only one API knows of it',
}

function changesOf(before: Fields, after: Fields, names: Names): string[] {
  return Object.keys(after)
    .filter((key) => !silent.has(key) && !(key === 'currency' && 'amount' in after))
    .map((key) => worded[key]?.(before, after, names) ?? `changed ${key}`)
    .filter((text) => text !== '')
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

const name = (id: unknown, of: (id: number) => string): string => (typeof id === 'number' ? of(id) : 'nobody')

/** Events count minor units; where they do not say of which currency, nothing is guessed. */
const amountOf = (units: unknown, currency: unknown): string | undefined =>
  typeof units === 'number' && typeof currency === 'string' ? money(majorUnits(BigInt(units), currency), currency) : undefined

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

function tagsTold(was: readonly string[], is: readonly string[]): string {
  const added = is.filter((tag) => !was.includes(tag))
  const gone = was.filter((tag) => !is.includes(tag))
  const parts = [
    ...(added.length > 0 ? [`added the tag ${listed(added)}`] : []),
    ...(gone.length > 0 ? [`removed the tag ${listed(gone)}`] : []),
  ]
  return parts.length === 0 ? 'sorted the tags' : parts.join(' and ')
}
