import { invalid } from './errors.ts'

/** Anything that fits into a JSON document. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** What one vendor alone knows about a record, keyed by dialect; each dialect owns its own key. */
export type Extras = { readonly [dialect: string]: JsonObject }

export const maxName = 255
export const maxText = 10_000

/** Whether it has more characters, as people count them: not UTF-16 units, of which there are at most twice as many. */
const isLonger = (text: string, max: number): boolean => text.length > max && (text.length > 2 * max || [...text].length > max)

/** Asks for text that every store and client gives back as it is: no half of a surrogate pair, no NUL. */
function requireClean(text: string, field: string): string {
  return text.isWellFormed() && !text.includes('\0') ? text : invalid(field, 'format')
}

/** A name of 1 to 255 characters that is not only white space. Kept as written, so that it is read back exactly. */
export function requireName(name: string, field = 'name'): string {
  if (name.trim() === '') invalid(field, 'blank')
  if (isLonger(name, maxName)) invalid(field, 'too_long', { max: maxName })
  return requireClean(name, field)
}

export function requireText(text: string, field: string, max = maxText): string {
  return isLonger(text, max) ? invalid(field, 'too_long', { max }) : requireClean(text, field)
}

/** Tags as a set in the order given: trimmed, without blanks and doubles, at most 100 of 255 characters. */
export function requireTags(tags: readonly string[], field = 'tags'): readonly string[] {
  const clean = [...new Set(tags.map((tag) => tag.trim()))]
  if (clean.length > 100) invalid(field, 'too_long', { max: 100 })
  for (const tag of clean) requireName(tag, field)
  return clean
}

/** The record's extras after one dialect has set some of its own keys; null takes a key away. */
export function withExtras(extras: Extras, dialect: string, change: JsonObject): Extras {
  if (Object.keys(change).length === 0) return extras
  const { [dialect]: own = {}, ...others } = extras
  const merged = mergeKeys(own, change)
  return Object.keys(merged).length === 0 ? others : { ...extras, [dialect]: merged }
}

/** The object with the change's keys set; null takes a key away. */
export function mergeKeys(object: JsonObject, change: JsonObject): JsonObject {
  const merged = new Map(Object.entries(object))
  for (const [key, value] of Object.entries(change)) {
    if (value === null) merged.delete(key)
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a)
  if (left.length !== Object.keys(b).length) return false
  return left.every(([key, value]) => Object.hasOwn(b, key) && sameJson(value, (b as JsonObject)[key]))
}

/** The patch without the fields that were not given. */
export function given<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
