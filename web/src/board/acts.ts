import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { Refused, type Written, write } from '../api.ts'
import { plural } from '../format.ts'
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
async function bulk(ids: readonly number[], change: BulkChange): Promise<Written<unknown>> {
  const written = await write<{ problem?: { detail: string } }[]>('POST', '/deals/bulk-change', { ids, change })
  const refused = written.data.filter(({ problem }) => problem)
  const [first] = refused
  if (refused.length === ids.length) throw new Refused(first?.problem?.detail ?? '', 409)
  return written
}

export function moveCards(
  ids: readonly number[],
  cards: readonly Titled[],
  stage: { id: number; name: string },
  place: Place,
): Doing {
  const [only] = ids
  const where = typeof place === 'string' ? { place } : place
  return {
    change: { kind: 'move', ids, stageId: stage.id, place },
    said: `${named(cards, ids.length)} moved to ${stage.name}`,
    send: () =>
      ids.length === 1
        ? write<DealJson>('POST', `/deals/${only}/move`, { stageId: stage.id, ...where })
        : bulk(ids, { stageId: stage.id }),
  }
}

export function winCards(ids: readonly number[], cards: readonly Titled[]): Doing {
  const [only] = ids
  return {
    change: { kind: 'leave', ids },
    said: `${named(cards, ids.length)} won`,
    send: () => (ids.length === 1 ? write<DealJson>('POST', `/deals/${only}/win`, {}) : bulk(ids, { outcome: 'won' })),
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
        : bulk(ids, {
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
    send: () => (ids.length === 1 ? write('DELETE', `/deals/${only}`) : bulk(ids, { isDeleted: true })),
  }
}

export function assignCards(ids: readonly number[], cards: readonly Titled[], owner: { id: number; name: string }): Doing {
  const [only] = ids
  return {
    change: { kind: 'edit', ids, edit: (card) => ({ ...card, ownerId: owner.id }) },
    said: `${named(cards, ids.length)} assigned to ${owner.name}`,
    send: () =>
      ids.length === 1 ? write<DealJson>('PATCH', `/deals/${only}`, { ownerId: owner.id }) : bulk(ids, { ownerId: owner.id }),
  }
}

export function tagCards(ids: readonly number[], cards: readonly Titled[], tag: string): Doing {
  return {
    change: { kind: 'edit', ids, edit: (card) => (card.tags.includes(tag) ? card : { ...card, tags: [...card.tags, tag] }) },
    said: `${named(cards, ids.length)} tagged ${tag}`,
    send: () => bulk(ids, { addTags: [tag] }),
  }
}
