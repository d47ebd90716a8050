import { z } from 'zod'
import { listCustomFields } from '../../domain/custom-field.ts'
import type { DealFilter, FieldMatch } from '../../domain/deal.ts'
import { findRecord } from '../../domain/record.ts'
import type { Scope } from '../../domain/scope.ts'
import { given } from '../../domain/text.ts'
import { dayInMs, isDay } from '../../domain/time.ts'
import { optionId } from './custom-fields.ts'
import { type DealField, dealFields } from './deal-fields.ts'
import { outcomesOf } from './deals.ts'

/** Saved filters: conditions under a number, by which both versions list deals. They are records of this dialect alone. */

export const filterCollection = 'filters'

const Condition = z.object({
  object: z.string().max(50),
  field_id: z.union([z.string().max(50), z.number()]).transform(String),
  operator: z.string().max(50),
  value: z.union([z.string().max(255), z.number(), z.boolean()]).nullish(),
  extra_value: z.union([z.string().max(255), z.number()]).nullish(),
})
export type Condition = z.infer<typeof Condition>

const Group = z.object({ glue: z.enum(['and', 'or']), conditions: z.array(Condition).max(16).nullish() })

/** As the reference describes them: one group glued with `and`, in it one more of that kind and one glued with `or`. */
export const Conditions = z.object({ glue: z.literal('and'), conditions: z.array(Group).max(2) })
export type Conditions = z.infer<typeof Conditions>

/** A part of a filter for deals. */
type Facts = Readonly<Record<string, string | number | boolean | readonly string[] | readonly FieldMatch[]>>

/** What makes a condition on a field; undefined where deals cannot be found by it. */
type Reader = (condition: Condition, scope: Scope) => Facts | undefined

const equals =
  (read: (value: string, scope: Scope) => Facts | undefined): Reader =>
  ({ operator, value }, scope) =>
    operator === '=' && value !== null && value !== undefined ? read(String(value), scope) : undefined

const number = (value: string): number | undefined => (/^\d{1,15}$/.test(value) ? Number(value) : undefined)

const byId = (name: 'openStageId' | 'pipelineId' | 'contactId' | 'companyId'): Reader =>
  equals((value) => {
    const id = number(value)
    return id === undefined ? undefined : { [name]: id }
  })

/** `me` is whoever asks. */
const byUser = (name: 'ownerId' | 'creatorId'): Reader =>
  equals((value, { user }) => {
    const id = value === 'me' ? user.id : number(value)
    return id === undefined ? undefined : { [name]: id }
  })

const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + dayInMs).toISOString().slice(0, 10)

/** From which day on and before which day. */
const days: Readonly<Record<string, (day: string) => { since?: string; until?: string }>> = {
  '=': (day) => ({ since: day, until: dayAfter(day) }),
  '>=': (day) => ({ since: day }),
  '>': (day) => ({ since: dayAfter(day) }),
  '<': (day) => ({ until: day }),
  '<=': (day) => ({ until: dayAfter(day) }),
}

const byDay =
  (since: keyof DealFilter, until: keyof DealFilter, write: (day: string) => string | number): Reader =>
  ({ operator, value }) => {
    const range = typeof value === 'string' && isDay(value) ? days[operator]?.(value) : undefined
    return (
      range && {
        ...(range.since === undefined ? {} : { [since]: write(range.since) }),
        ...(range.until === undefined ? {} : { [until]: write(range.until) }),
      }
    )
  }

/** Days begin in UTC, as all times of v1 are in UTC. */
const atMidnight = (day: string): number => Date.parse(`${day}T00:00:00Z`)

/** What deals can be found by. Every other condition is refused when a filter is saved, because it would be answered wrong. */
const readers: Readonly<Record<string, Reader>> = {
  title: equals((title) => ({ title })),
  value: equals((value) => (/^-?\d{1,20}(\.\d{1,4})?$/.test(value) ? { value } : undefined)),
  currency: equals((currency) => ({ currency })),
  status: equals((status) =>
    status === 'open' || status === 'won' || status === 'lost' ? { outcomes: outcomesOf[status] } : undefined,
  ),
  pipeline: byId('pipelineId'),
  stage_id: byId('openStageId'),
  user_id: byUser('ownerId'),
  creator_user_id: byUser('creatorId'),
  person_id: byId('contactId'),
  org_id: byId('companyId'),
  expected_close_date: byDay('expectedCloseSince', 'expectedCloseUntil', (day) => day),
  add_time: byDay('createdSince', 'createdUntil', atMidnight),
  update_time: byDay('updatedSince', 'updatedUntil', atMidnight),
}

/** A value of one of the company's own fields. */
function readCustom({ custom }: DealField, { operator, value }: Condition): Facts | undefined {
  if (!custom || operator !== '=' || value === null || value === undefined) return undefined
  const match = (found: FieldMatch['value'] | undefined) =>
    found === undefined ? undefined : { customField: [{ id: String(custom.id), value: found }] }
  if (custom.type === 'choice') return match(custom.options.find((option) => String(optionId(custom, option)) === String(value)))
  return match(custom.type === 'number' ? Number(value) : value)
}

/** How two facts about the same thing are one; undefined where no deal fits both. */
function joinedFact(name: string, a: Facts[string], b: Facts[string]): Facts[string] | undefined {
  if (Array.isArray(a) && Array.isArray(b)) {
    const kept = name === 'customField' ? [...a, ...b] : a.filter((outcome) => b.includes(outcome))
    return kept.length === 0 ? undefined : kept
  }
  if (name.endsWith('Since')) return a > b ? a : b
  if (name.endsWith('Until')) return a < b ? a : b
  return a === b ? a : undefined
}

/** No deal has an id from an empty list. */
const nothing: DealFilter = { ids: [] }

function joined(all: readonly Facts[]): DealFilter {
  const filter: Record<string, Facts[string]> = {}
  for (const facts of all) {
    for (const [name, fact] of Object.entries(facts)) {
      const known = filter[name]
      const both = known === undefined ? fact : joinedFact(name, known, fact)
      if (both === undefined) return nothing
      filter[name] = both
    }
  }
  // Every name comes from a reader above, which made the fact for it.
  return filter as DealFilter
}

/** The deals of a filter that stand in a place: none, if the filter is about another one. */
export const within = (filter: DealFilter, place: Pick<DealFilter, 'openStageId' | 'pipelineId'>): DealFilter =>
  // A filter without what it leaves out is facts.
  joined([given(filter) as Facts, given(place) as Facts])

/** Statuses that are glued with `or` are one condition; two of anything else are not what deals can be found by. */
function eitherOf(all: readonly Facts[]): Facts | undefined {
  const [only] = all
  if (all.length < 2) return only
  const outcomes = all.map((facts) => (Object.keys(facts).length === 1 ? facts.outcomes : undefined))
  return outcomes.every(Array.isArray) ? { outcomes: outcomes.flat() } : undefined
}

/** The filter that conditions make; undefined where they ask for what deals cannot be found by. */
export async function readConditions(scope: Scope, { conditions: groups }: Conditions): Promise<DealFilter | undefined> {
  const fields = new Map(dealFields(await listCustomFields(scope, 'deal')).map((field) => [String(field.id), field]))
  const all: Facts[] = []
  for (const { glue, conditions } of groups) {
    const facts = (conditions ?? []).map((condition) => {
      const field = condition.object === 'deal' ? fields.get(condition.field_id) : undefined
      return field && (field.custom ? readCustom(field, condition) : readers[field.key]?.(condition, scope))
    })
    const known = facts.filter((fact) => fact !== undefined)
    const either = glue === 'or' && known.length > 0 ? eitherOf(known) : undefined
    if (known.length < facts.length || (glue === 'or' && known.length > 0 && !either)) return undefined
    all.push(...(either ? [either] : known))
  }
  return joined(all)
}

/** The deals that a saved filter is about. One whose field has been deleted since is about none. */
export async function dealFilterOf(scope: Scope, id: number): Promise<DealFilter> {
  const { data } = await findRecord(scope, filterCollection, id)
  return (await readConditions(scope, Conditions.parse(data.conditions))) ?? nothing
}
