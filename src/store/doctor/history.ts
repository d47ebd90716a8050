import type { Event, Subject } from '../../domain/events.ts'
import { type Json, type JsonObject, sameJson } from '../../domain/text.ts'

/** A record as its events tell it, and what in them does not hold together. */
export interface Rebuilt {
  state: JsonObject
  count: number
  gaps: readonly string[]
}

/** Adds one event to what was known before it. */
export function replay(before: Rebuilt, event: Event): Rebuilt {
  const gaps = [...before.gaps]
  if (before.count === 0 && event.before !== null) gaps.push(`its first event, ${event.id}, is not its creation`)
  for (const [key, value] of Object.entries(event.before ?? {})) {
    if (!same(before.state[key], value)) gaps.push(`event ${event.id} begins from another ${key} than the one before it left`)
  }
  return { state: { ...before.state, ...event.after }, count: before.count + 1, gaps }
}

export const nothing: Rebuilt = { state: {}, count: 0, gaps: [] }

/** Times of the last change and counters are not in the log. */
const unlogged: ReadonlySet<string> = new Set(['version', 'updatedAt'])

/** How a record differs from what its events say, in words. */
export function disagreements(
  subject: Subject,
  record: { id: number; version?: number },
  { state, count, gaps }: Rebuilt,
): string[] {
  const name = `${subject} ${record.id}`
  if (count === 0) return [`${name} has no events`]
  const found = gaps.map((gap) => `${name}: ${gap}`)
  for (const [key, value] of Object.entries(record) as [string, Json][]) {
    if (!unlogged.has(key) && !same(state[key], value)) {
      found.push(`${name}: ${key} is ${JSON.stringify(value)}, but its events say ${JSON.stringify(state[key] ?? null)}`)
    }
  }
  if (record.version !== undefined && record.version !== count) {
    found.push(`${name}: its version says ${record.version} changes, but it has ${count} events`)
  }
  return found
}

/** The first event of a record leaves out what is empty. */
const same = (a: Json | undefined, b: Json | undefined): boolean => sameJson(full(a), full(b))

const full = (value: Json | undefined): Json => (value === undefined || value === false || isEmpty(value) ? null : value)

const isEmpty = (value: Json): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0
