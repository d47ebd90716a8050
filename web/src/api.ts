import type { ProblemJson } from '../../src/dialects/native/problem-json.ts'
import type { UndoneJson } from '../../src/dialects/native/undo.ts'

/** The native API as the page calls it: typed answers, and refusals in plain sentences. */

export type Problem = typeof ProblemJson extends { _output: infer T } ? T : never

/** A request that was refused, or that got no answer at all (`status` 0). Its message is for the person. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly problem: Problem | undefined

  constructor(message: string, status: number, problem?: Problem) {
    super(message)
    this.status = status
    this.problem = problem
  }

  /** What programs switch on, without its prefix: `stage-in-use`. */
  get kind(): string {
    return this.problem?.type.replace('urn:crmux:problem:', '') ?? ''
  }
}

/** One page of a list. */
export interface ListOf<T> {
  data: T[]
  next: string | null
}

export interface Written<T> {
  data: T
  /** Takes the write back, where it can be: `POST /undo/{token}`. */
  undo: string | undefined
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

interface Options {
  query?: Query
  body?: unknown
  /** The version that a write insists on. */
  version?: number
  signal?: AbortSignal
}

/** Told when a request comes back unauthenticated: the session has ended. */
let onSignedOut: () => void = () => {}
export const whenSignedOut = (listener: () => void): void => {
  onSignedOut = listener
}

/** Reads what is at a path below `/api/v1`. */
export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await send('GET', path, { ...(query && { query }), ...(signal && { signal }) })
  return (await response.json()) as T
}

/** Reads one record: what stands under `data`. */
export const getData = async <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  (await get<{ data: T }>(path, query, signal)).data

/** Reads a list to its end, page by page; for lists that are short. */
export async function getAll<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null | undefined
  do {
    const page: ListOf<T> = await get(path, { ...query, cursor: cursor ?? undefined }, signal)
    items.push(...page.data)
    cursor = page.next
  } while (cursor !== null && cursor !== undefined)
  return items
}

/** Writes, and answers what stands under `data` with the token that takes it back. */
export async function write<T = undefined>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  version?: number,
): Promise<Written<T>> {
  const response = await send(method, path, {
    ...(body === undefined ? {} : { body }),
    ...(version === undefined ? {} : { version }),
  })
  const text = await response.text()
  const { data } = (text === '' ? {} : JSON.parse(text)) as { data: T }
  return { data, undo: response.headers.get('undo-token') ?? undefined }
}

const keptBytes = 20_000

async function send(method: string, path: string, { query, body, version, signal }: Options): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (version !== undefined) headers.set('if-match', `"${version}"`)
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (body !== undefined) init.body = JSON.stringify(body)
  // Who leaves the page right after a write does not lose it. Browsers let only short ones outlive the page.
  if (method !== 'GET' && String(init.body ?? '').length < keptBytes) init.keepalive = true
  if (signal) init.signal = signal
  const response = await fetch(`/api/v1${path}${queryText(query)}`, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Refused('The server cannot be reached. Check the connection and try again.', 0)
  })
  if (response.ok) return response
  throw await refusalOf(response)
}

async function refusalOf(response: Response): Promise<Refused> {
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined
  if (response.status === 401 && problem?.type !== 'urn:crmux:problem:wrong-password') onSignedOut()
  return new Refused(sentenceOf(response.status, problem), response.status, problem)
}

/** What happened and what to do, for the person. The server words most of it. */
function sentenceOf(status: number, problem: Problem | undefined): string {
  if (status === 403) return 'Your role does not allow this. Ask an admin for it.'
  if (status === 412) return 'Somebody else changed this in the meantime.'
  if (status >= 500 || problem === undefined) return 'The server could not do this. Nothing was changed; try again.'
  return problem.detail
}

/** `?a=1&b=2`, leaving out what is not said. */
export function queryText(query: Query = {}): string {
  const said = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [[key, String(value)]],
  )
  return said.length === 0 ? '' : `?${new URLSearchParams(said)}`
}

/** Takes a write back. */
export const undo = async (token: string): Promise<UndoneJson> =>
  (await write<UndoneJson>('POST', `/undo/${encodeURIComponent(token)}`)).data

/** The sentence to show for anything that was thrown. */
export const sentence = (error: unknown): string =>
  error instanceof Refused ? error.message : 'Something went wrong on this page. Reload it and try again.'
