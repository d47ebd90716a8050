import { expect, test } from 'vitest'
import { csvPath, isWhole, keptOf, listQueryOf, listSortOf, statusOf } from './list-query.ts'

const now = new Date(2026, 10, 29, 12)

test('without anything said a list shows open deals, the newest first', () => {
  expect(listQueryOf({}, 7, 'USD', now)).toMatchObject({ outcome: 'open', isArchived: false, pipelineId: 7, sort: '-id' })
})

test('the board’s filters mean the same in a list', () => {
  const query = listQueryOf(
    { q: 'roof', owner: '9', min: '12.50', close: 'overdue', rotting: '1', sort: 'rank' },
    undefined,
    'USD',
    now,
  )
  expect(query).toMatchObject({ text: 'roof', ownerId: '9', minAmount: '1250', expectedCloseUntil: '2026-11-29', sort: '-id' })
  expect(query).toMatchObject({ rotting: true })
  expect(csvPath({ text: 'a b', sort: '-amount' }, ['title', 'field:9'])).toBe(
    '/api/v1/deals.csv?text=a+b&sort=-amount&columns=title%2Cfield%3A9',
  )
})

test.each([
  ['won', { outcome: 'won', isArchived: false }],
  ['lost', { outcome: 'lost,unqualified', isArchived: false }],
  ['archived', { isArchived: true }],
  ['nonsense', { outcome: 'open', isArchived: false }],
])('status %s asks for %j', (status, query) => {
  expect(listQueryOf({ status, sort: '-amount' }, 1, 'USD', now)).toMatchObject({ ...query, sort: '-amount' })
})

test('a saved view keeps filters, status, order and columns, and nothing else', () => {
  expect(keptOf({ q: 'a', sort: 'title', status: 'won', columns: 'title,value', deal: '4' })).toEqual({
    q: 'a',
    sort: 'title',
    status: 'won',
    columns: 'title,value',
  })
  expect(statusOf({ status: 'won' })).toBe('won')
  expect(listSortOf({ sort: '-closedAt' })).toBe('-closedAt')
  expect(listSortOf({ sort: 'owner' })).toBeUndefined()
  expect(isWhole({ status: 'won', sort: 'title' })).toBe(true)
  expect(isWhole({ tag: 'red' })).toBe(false)
})
