import type { Event, Subject } from './events.ts'
import { type Json, type JsonObject, sameJson } from './text.ts'

/** Why something was not taken back. */
export type LeftReason =
  | 'changed_since'
  | 'gone' // deleted since, or not there any more
  | 'target_gone' // what it would go back to (a stage, a member, a contact) is gone or takes nothing new
  | 'taken' // another record has the external id by now
  | 'in_use' // it holds deals, or the workspace cannot do without it
  | 'not_possible' // a stage that went to another pipeline with its deals

/** One field of a record that stays as it is, or the record as a whole. */
export interface Left {
  readonly subject: Subject
  readonly id: number
  readonly field: string | null
  readonly reason: LeftReason
}

/** What became of one event. */
export interface TakenBack {
  isDone: boolean
  left: readonly Left[]
}

export const done: TakenBack = { isDone: true, left: [] }

/** The event stays as it is, or one field of it does. */
export const leftOver = ({ type, subjectId }: Event, reason: LeftReason, field: string | null = null): Left => ({
  subject: type.slice(0, type.indexOf('.')) as Subject,
  id: subjectId,
  field,
  reason,
})

export const allLeft = (event: Event, reason: LeftReason): TakenBack => ({ isDone: false, left: [leftOver(event, reason)] })

/** What one field should become: a new value, or why it stays. */
export type FieldResult = { value: Json } | { reason: LeftReason }

/** The value before the change, if the change is the last word on the field. */
export const plainField = (now: Json | undefined, before: Json, after: Json): FieldResult =>
  sameJson(now ?? null, after) ? { value: before } : { reason: 'changed_since' }

/** Takes out what was added and adds what was taken out; what others did to the list stays. */
export function listField(now: readonly string[], before: readonly string[], after: readonly string[]): FieldResult {
  const added = after.filter((item) => !before.includes(item))
  const removed = before.filter((item) => !after.includes(item))
  const isAsLeft = added.every((item) => now.includes(item)) && !removed.some((item) => now.includes(item))
  if (!isAsLeft) return { reason: 'changed_since' }
  // Where nobody touched the list, its old order comes back as well.
  if (sameJson(now, after)) return { value: before }
  return { value: [...now.filter((item) => !added.includes(item)), ...removed] }
}

/** Key by key: another's change of another key is no obstacle. */
export function mapField(now: JsonObject, before: JsonObject, after: JsonObject): FieldResult {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !sameJson(before[key], after[key]))
  const next = new Map(Object.entries(now))
  for (const key of keys) {
    const [was, is, has] = [before[key], after[key], now[key]]
    if (sameJson(has ?? null, is ?? null)) {
      if (was === undefined) next.delete(key)
      else next.set(key, was)
    } else if (isMap(has) && (isMap(was) || isMap(is))) {
      // The keys of one dialect.
      const inner = mapField(has, isMap(was) ? was : {}, isMap(is) ? is : {})
      if ('reason' in inner) return inner
      next.set(key, inner.value)
    } else return { reason: 'changed_since' }
  }
  return { value: Object.fromEntries(next) }
}

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
