import { refuse } from './errors.ts'
import { batchOf, type Event } from './events.ts'
import { atomically, newBatch, requireRole, type Scope } from './scope.ts'
import { undoDealEvent } from './undo-deals.ts'
import type { Left, TakenBack } from './undo-fields.ts'
import { settleStages, undoPipelineEvent, undoStageEvent } from './undo-structure.ts'

/**
 * Undo: whatever one request or import did is taken back by new changes, never by taking events out of the log. Taking back is a batch of its
 * own and can itself be undone, which does the first thing again.
 *
 * It goes field by field: only what still is as the undone change left it is put back. What somebody has changed since stays theirs and is
 * told as left over. Where a deal stands (its stage, why it was lost, when it came there) is one field. A deal that comes back to its
 * stage stands there as if it had never gone: at its old place, with the time that it came there first, so its time in stage goes on.
 * The log tells of both moves.
 */

export interface Undone {
  /** How many events were looked at, and how many of them were taken back, in part at least. */
  readonly events: number
  readonly undone: number
  readonly left: readonly Left[]
  /** Undoes the undoing; null where nothing was done. */
  readonly token: string | null
  /** The token to go on with where there is more; null at the end. */
  readonly next: string | null
  /** How many events are still to come. */
  readonly remaining: number
}

/** So many events are taken back in one transaction. */
export const maxEvents = 2000

/** What a token stands for: a batch, and where its undoing has got to. */
interface Place {
  first: number
  /** Only what is older is still to be undone. */
  before: number
  /** The batch that the undoing has begun. */
  into: number | null
}

const fromTheEnd = Number.MAX_SAFE_INTEGER

/** By which the changes of a batch can be taken back. Names the batch, and is of no use to those who may not undo it. */
export const tokenOf = (first: number): string => write({ first, before: fromTheEnd, into: null })

const write = ({ first, before, into }: Place): string =>
  btoa([first, ...(before === fromTheEnd ? [] : [before, into ?? 0])].join('.')).replace(/=+$/, '')

function read(token: string): Place | undefined {
  if (!/^[\w-]{2,80}$/.test(token)) return undefined
  const [, first, before, into] = /^(\d{1,15})(?:\.(\d{1,15})\.(\d{1,15}))?$/.exec(decoded(token)) ?? []
  if (first === undefined) return undefined
  return { first: Number(first), before: before === undefined ? fromTheEnd : Number(before), into: Number(into ?? 0) || null }
}

function decoded(token: string): string {
  try {
    return atob(token)
  } catch {
    return ''
  }
}

/**
 * Takes back what a batch did, the last change first, in one transaction; a batch of more than {@link maxEvents} in several, each with the
 * `next` of the one before. Refuses a token that is not of this workspace (`not_found`), and one of somebody else's changes unless a
 * manager asks (`forbidden`).
 */
export function undo(scope: Scope, token: string, limit = maxEvents): Promise<Undone> {
  const batch = scope.batch ?? newBatch()
  return atomically({ ...scope, batch }, async (scope) => {
    const place = read(token) ?? refuse(unknown)
    const head = await beginning(scope, place.first)
    requireRole(scope, head.userId === scope.user.id ? 'member' : 'manager')
    if (place.into !== null) batch.first = await ownBatch(scope, place.into)
    const events = await eventsOf(scope, head, place.before, limit)
    const rest = await remaining(scope, head, events.at(-1))
    const results = await takeBack(scope, head.id, events)
    const into = batch.first
    return {
      events: events.length,
      undone: results.filter(({ isDone }) => isDone).length,
      left: results.flatMap(({ left }) => left),
      token: into === null ? null : tokenOf(into),
      next: rest === 0 ? null : write({ first: head.id, before: events.at(-1)?.id ?? 0, into }),
      remaining: rest,
    }
  })
}

const unknown = { kind: 'not_found', what: 'record' } as const

async function beginning({ store }: Scope, first: number): Promise<Event> {
  const event = await store.events.get(first)
  return event?.batch === null ? event : refuse(unknown)
}

/** The batch that an earlier part of the undoing has begun: nobody adds to another's. */
async function ownBatch(scope: Scope, into: number): Promise<number> {
  const { id, userId } = await beginning(scope, into)
  return userId === scope.user.id ? id : refuse(unknown)
}

/** What comes next, the newest first; the event that began the batch is the last of all. */
async function eventsOf({ store }: Scope, head: Event, before: number, limit: number): Promise<readonly Event[]> {
  const events = await store.events.ofBatch(head.id, before, limit)
  return events.length < limit && head.id < before ? [...events, head] : events
}

async function remaining({ store }: Scope, head: Event, last: Event | undefined): Promise<number> {
  if (last === undefined || last.id === head.id) return 0
  return (await store.events.countBatch(head.id, last.id)) + 1
}

async function takeBack(scope: Scope, first: number, events: readonly Event[]): Promise<TakenBack[]> {
  const isOurs = (event: Event) => [first, scope.batch?.first].includes(batchOf(event))
  const results: TakenBack[] = []
  const pipelines = new Set<number>()
  for (const event of events) {
    const subject = event.type.slice(0, event.type.indexOf('.'))
    if (subject === 'deal') results.push(await undoDealEvent(scope, event, isOurs))
    else if (subject === 'stage') results.push(await undoStageEvent(scope, event, isOurs, pipelines))
    else results.push(await undoPipelineEvent(scope, event))
  }
  for (const pipelineId of pipelines) await settleStages(scope, pipelineId)
  return results
}
