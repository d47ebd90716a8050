import type { RowAnswer } from '../../../src/dialects/native/bulk.ts'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { Refused, type Written, write } from '../api.ts'
import { count, plural } from '../format.ts'
import { toast } from '../ui/toast.tsx'
import type { Card, Place } from './board.ts'
import type { Doing } from './use-board.ts'

/** What can be done with cards: what the page shows at once, what is sent, and what is said of it. One card or many. */

/** All that is said of a card. */
type Titled = Pick<Card, 'title'>

/** What many cards can be told at once. */
interface BulkChange {
  stageId?: number
  outcome?: 'won' | 'lost'
  ownerId?: number
  addTags?: string[]
  lossReasonId?: number
  lossComment?: string
  isDeleted?: true
}

export interface Loss {
  reasonId: number | undefined
  comment: string | undefined
}

/** One by its title, several by their number. */
export const named = (cards: readonly Titled[], n: number): string => (n === 1 && cards[0] ? cards[0].title : plural(n, 'deal'))

/** Sends many as one request with one way back. What is refused of them is told; the others are done. */
async function bulk(n: number, path: string, body: object): Promise<Written<unknown>> {
  const written = await write<RowAnswer[]>('POST', path, body)
  const refused = written.data.flatMap((row) => ('problem' in row ? [row.problem.detail] : []))
  const why = refused[0]
  if (why === undefined) return written
  if (refused.length === n) throw new Refused(why, 409)
  toast(`${count(refused.length)} of ${plural(n, 'deal')} stayed as they were. ${why}`)
  return written
}

const changeMany = (ids: readonly number[], change: BulkChange) => bulk(ids.length, '/deals/bulk-change', { ids, change })

export function moveCards(
  ids: readonly number[],
  cards: readonly (Titled & { stageId?: number })[],
  stage: { id: number; name: string },
  place: Place,
): Doing {
  const [only] = ids
  const isThere = cards.length > 0 && cards.every((card) => card.stageId === stage.id)
  const where = typeof place === 'string' ? { place } : place
  return {
    change: { kind: 'move', ids, stageId: stage.id, place },
    said: `${named(cards, ids.length)} moved ${isThere ? 'within' : 'to'} ${stage.name}`,
    send: () =>
      ids.length === 1
        ? write<DealJson>('POST', `/deals/${only}/move`, { stageId: stage.id, ...where })
        : bulk(ids.length, '/deals/bulk-move', { moves: movesOf(ids, stage.id, where) }),
  }
}

/** The first goes to the place, each of the others after the one before it. */
const movesOf = (ids: readonly number[], stageId: number, where: object) =>
  ids.map((id, nth) => ({ id, stageId, ...(nth === 0 ? where : { after: ids[nth - 1] }) }))

export function winCards(ids: readonly number[], cards: readonly Titled[]): Doing {
  const [only] = ids
  return {
    change: { kind: 'leave', ids },
    said: `${named(cards, ids.length)} won`,
    send: () => (ids.length === 1 ? write<DealJson>('POST', `/deals/${only}/win`, {}) : changeMany(ids, { outcome: 'won' })),
  }
}

export function loseCards(ids: readonly number[], cards: readonly Titled[], { reasonId, comment }: Loss): Doing {
  const [only] = ids
  return {
    change: { kind: 'leave', ids },
    said: `${named(cards, ids.length)} lost`,
    send: () =>
      ids.length === 1
        ? write<DealJson>('POST', `/deals/${only}/lose`, {
            ...(reasonId === undefined ? {} : { reason: reasonId }),
            ...(comment ? { comment } : {}),
          })
        : changeMany(ids, {
            outcome: 'lost',
            ...(reasonId === undefined ? {} : { lossReasonId: reasonId }),
            ...(comment ? { lossComment: comment } : {}),
          }),
  }
}

export function deleteCards(ids: readonly number[], cards: readonly Titled[]): Doing {
  const [only] = ids
  return {
    change: { kind: 'leave', ids },
    said: `${named(cards, ids.length)} deleted`,
    send: () => (ids.length === 1 ? write('DELETE', `/deals/${only}`) : changeMany(ids, { isDeleted: true })),
  }
}

export function assignCards(ids: readonly number[], cards: readonly Titled[], owner: { id: number; name: string }): Doing {
  const [only] = ids
  return {
    change: { kind: 'edit', ids, edit: (card) => ({ ...card, ownerId: owner.id }) },
    said: `${named(cards, ids.length)} assigned to ${owner.name}`,
    send: () =>
      ids.length === 1
        ? write<DealJson>('PATCH', `/deals/${only}`, { ownerId: owner.id })
        : changeMany(ids, { ownerId: owner.id }),
  }
}

export function tagCards(ids: readonly number[], cards: readonly Titled[], tag: string): Doing {
  return {
    change: { kind: 'edit', ids, edit: (card) => (card.tags.includes(tag) ? card : { ...card, tags: [...card.tags, tag] }) },
    said: `${named(cards, ids.length)} tagged ${tag}`,
    send: () => changeMany(ids, { addTags: [tag] }),
  }
}
