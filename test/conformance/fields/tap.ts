import type { Json } from '../../../src/domain/text.ts'

/** What goes over the wire while a driver works: its requests and the answers, unread. */

export interface Exchange {
  method: string
  url: string
  headers: Record<string, string>
  /** Undefined where it is no JSON. */
  said: Json | undefined
  status: number
  answered: Json | undefined
}

const plain = globalThis.fetch

/** Everything that is fetched while the work runs, in order. */
export async function overheard(work: () => Promise<unknown>): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  globalThis.fetch = async (input, init) => {
    const response = await plain(input, init)
    const text = await response.clone().text()
    exchanges.push({
      method: init?.method ?? 'GET',
      url: String(input),
      headers: { ...(init?.headers as Record<string, string> | undefined) }, // test clients pass plain objects
      said: jsonIn(init?.body),
      status: response.status,
      answered: jsonIn(text),
    })
    return response
  }
  try {
    await work()
  } finally {
    globalThis.fetch = plain
  }
  return exchanges
}

/** The same request with another body. */
export async function resend({ method, url, headers }: Exchange, body: Json): Promise<number> {
  const response = await plain(url, { method, headers, body: JSON.stringify(body) })
  await response.arrayBuffer()
  return response.status
}

function jsonIn(text: unknown): Json | undefined {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The way from the top of a document to one of its values. */
export type Path = readonly string[]

/** Every scalar and every empty object or list, with the way to it. */
export function leavesOf(value: Json | undefined, path: Path = []): { path: Path; value: Json }[] {
  if (value === undefined) return []
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) return [{ path, value }]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}

export function valueAt(value: Json | undefined, [key, ...rest]: Path): Json | undefined {
  if (key === undefined) return value
  if (value === undefined || value === null || typeof value !== 'object') return undefined
  return valueAt((value as Record<string, Json>)[key], rest) // lists have keys as well
}

/** The value with nothing around it but the way to it. */
export const nested = (path: Path, value: Json): Json => path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value)

/** The record that bears this name: the innermost object around it that has an id, and where in it the name stands. */
export function recordNamed(document: Json | undefined, name: string): { root: Path; namedAt: Path } | undefined {
  const path = leavesOf(document).findLast(({ value }) => value === name)?.path
  if (!path) return undefined
  for (let length = path.length - 1; length >= 0; length--) {
    const root = path.slice(0, length)
    if (valueAt(document, [...root, 'id']) !== undefined) return { root, namedAt: path.slice(length) }
  }
  return undefined
}

/** The record of this id that has a name there. */
export function recordWithId(document: Json | undefined, id: Json | undefined, namedAt: Path): Path | undefined {
  const roots = leavesOf(document)
    .filter(({ path, value }) => path.at(-1) === 'id' && value === id)
    .map(({ path }) => path.slice(0, -1))
  return roots.find((root) => valueAt(document, [...root, ...namedAt]) !== undefined)
}
