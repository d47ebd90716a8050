import { expect, test } from 'vitest'
import type { EventJson } from '../../../src/dialects/native/events.ts'
import { type Names, tell } from './events.ts'

const by = (names: Record<number, string>) => (id: number) => names[id] ?? `no. ${id}`
const names: Names = {
  user: by({ 1: 'Ada', 2: 'Kim' }),
  stage: by({ 1: 'Lead', 2: 'Offer', 3: 'Won', 4: 'Lost' }),
  pipeline: by({ 1: 'Sales' }),
  reason: by({ 7: 'Too dear' }),
  party: by({ 9: 'Acme' }),
  field: () => 'Region',
  api: (name) => (name === 'pipedrive' ? 'Pipedrive' : name),
}
const event = (type: EventJson['type'], before: EventJson['before'], after: EventJson['after']) =>
  tell({ id: 1, type, at: '2026-01-01T00:00:00.000Z', user: 1, dialect: 'pipedrive', before, after } as EventJson, names)

test('who moved it from where to where, and through which API', () => {
  const move = { stageChangedAt: '2026-01-01T00:00:00.000Z', rank: 'a', openStageId: 2 }
  expect(event('deal.moved', { stageId: 1 }, { ...move, stageId: 2 })).toEqual({
    who: 'Ada',
    what: 'moved it from Lead to Offer',
    via: 'Pipedrive',
  })
})

test.each([
  ['added', event('deal.created', null, { stageId: 1, amount: 125050, currency: 'USD' }), 'added it in Lead at $1,250.50'],
  ['won', event('deal.moved', { stageId: 2, outcome: 'open' }, { stageId: 3, outcome: 'won' }), 'won it from Offer'],
  [
    'lost',
    event(
      'deal.moved',
      { stageId: 2, outcome: 'open' },
      { stageId: 4, outcome: 'lost', lossReasonId: 7, lossComment: 'next year' },
    ),
    'lost it from Offer: Too dear, next year',
  ],
  ['reopened', event('deal.moved', { stageId: 4, outcome: 'lost' }, { stageId: 2, outcome: 'open' }), 'reopened it in Offer'],
  [
    'several fields',
    event('deal.updated', { title: 'A', ownerId: 1, tags: ['x'] }, { title: 'B', ownerId: 2, tags: ['y'] }),
    'renamed it from “A” to “B”, made Kim its owner and added the tag y and removed the tag x',
  ],
  ['an amount without its currency', event('deal.updated', { amount: 1 }, { amount: 2 }), 'changed the amount'],
  [
    'an amount with its currency',
    event('deal.updated', { amount: 100, currency: 'USD' }, { amount: 200, currency: 'EUR' }),
    'changed the amount from $1 to €2',
  ],
  ['a custom field', event('deal.updated', { customFields: {} }, { customFields: { '901': 'North' } }), 'set Region to North'],
  ['a company taken away', event('deal.updated', { companyId: 9 }, { companyId: null }), 'took the company away'],
  ['only its place', event('deal.updated', { rank: 'a' }, { rank: 'b' }), 'changed its place in the column'],
  ['what no page knows', event('deal.updated', { hue: 1 }, { hue: 2 }), 'changed hue'],
])('%s', (_, { what }, words) => {
  expect(what).toBe(words)
})
