import { readJson, readText } from '../../http/body.ts'
import { fail } from '../../http/fault.ts'

/**
 * Queries and form bodies as PHP reads them, which is what the vendor's server is written in: `add[0][name]=x` is nested, `id[]=1`
 * appends, and of a key that is repeated the last value counts. amocrm-js relies on the last: it follows a link to the next page and
 * adds its own parameters once more.
 */

export type Tree = { [key: string]: Tree | string }
export type Form = string | Form[] | { [key: string]: Form }

/** PHP takes 64; nobody nests more than a handful. */
const maxDepth = 32

/** Names that would reach into an object's prototype. */
const hostile: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** A query; pairs that cannot be read are passed over, as PHP does. */
export function readQuery(query: string): { [key: string]: Form } {
  const root: Tree = {}
  for (const [path, value] of pairsOf(query)) if (isFit(path)) place(root, path, value)
  // Lists are looked for below the top only: the parameters themselves have names.
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, listed(value)]))
}

/** A form body. JSON under the wrong media type is read as JSON: `curl -d` calls everything a form, and the vendor reads the bytes. */
export function readForm(bytes: Buffer): unknown {
  if (/^\s*[[{]/.test(bytes.subarray(0, 64).toString('latin1'))) return readJson(bytes)
  const root: Tree = {}
  for (const [path, value] of pairsOf(readText(bytes))) {
    if (path.length > maxDepth) fail({ kind: 'malformed', what: 'depth' })
    if (!isFit(path)) fail({ kind: 'malformed', what: 'body' })
    place(root, path, value)
  }
  return listed(root)
}

const isFit = (path: readonly string[]): boolean => path.length <= maxDepth && !path.some((part) => hostile.has(part))

function* pairsOf(text: string): Generator<[path: string[], value: string]> {
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const cut = pair.indexOf('=')
    const key = decode(cut < 0 ? pair : pair.slice(0, cut)).trimStart()
    if (key !== '') yield [pathOf(key), cut < 0 ? '' : decode(pair.slice(cut + 1))]
  }
}

/** A per cent sign that begins nothing stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![0-9a-f]{2})/gi, '%25'))
  } catch {
    return fail({ kind: 'malformed', what: 'utf8' })
  }
}

/** `add[0][name]` is three steps; a bracket that is never closed is part of the name. */
function pathOf(key: string): string[] {
  let open = key.indexOf('[')
  if (open <= 0) return [key]
  const path = [key.slice(0, open)]
  while (key[open] === '[') {
    const close = key.indexOf(']', open)
    if (close < 0) return path.length === 1 ? [key] : path
    path.push(key.slice(open + 1, close))
    open = close + 1
  }
  return path
}

const counters = new WeakMap<Tree, number>()

function place(root: Tree, path: readonly string[], value: string): void {
  let node = root
  for (const [index, part] of path.entries()) {
    const name = part === '' && index > 0 ? String(counters.get(node) ?? 0) : part
    if (/^\d{1,15}$/.test(name)) counters.set(node, Math.max(counters.get(node) ?? 0, Number(name) + 1))
    if (index === path.length - 1) {
      node[name] = value
      return
    }
    const next = node[name]
    node = typeof next === 'object' ? next : (node[name] = {})
  }
}

/** Keys 0, 1, 2… make a list. */
function listed(tree: Tree | string): Form {
  if (typeof tree === 'string') return tree
  const entries = Object.entries(tree).map(([key, value]): [string, Form] => [key, listed(value)])
  return entries.length > 0 && entries.every(([key], index) => key === String(index))
    ? entries.map(([, value]) => value)
    : Object.fromEntries(entries)
}

/** The rows of a list that may as well be an object, whose keys may say something: PHP knows one kind of array. */
export function entriesOf(value: unknown): [key: string, row: unknown][] {
  if (Array.isArray(value)) return value.map((row, index) => [String(index), row])
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

/** A query in which each key is there once, with its last value, and the given keys come last with new ones. */
export function withParameters(query: string, change: Readonly<Record<string, string | number>>): string {
  const kept = new Map<string, string>()
  for (const [key, value] of new URLSearchParams(query)) {
    kept.delete(key)
    if (!Object.hasOwn(change, key)) kept.set(key, value)
  }
  for (const [key, value] of Object.entries(change)) kept.set(key, String(value))
  return new URLSearchParams([...kept]).toString()
}
