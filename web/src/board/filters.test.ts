import { expect, test } from 'vitest'
import { filterOf, isFiltered, queryOf, sortOf } from './filters.ts'

const now = new Date(2026, 10, 29, 23, 30)

test('a filter in the address is asked of the API in its words', () => {
  const state = { q: 'roof', owner: '7', tag: 'inbound', rotting: '1', min: '12.5', max: '1000', sort: '-amount', deal: '4' }
  expect(queryOf(state, 'USD', now)).toMatchObject({
    text: 'roof',
    ownerId: '7',
    tag: 'inbound',
    rotting: true,
    minAmount: '1250',
    maxAmount: '100000',
    sort: '-amount',
  })
  expect(queryOf({ min: '12.5' }, 'JPY', now).minAmount).toBe('12')
  expect(filterOf(state)).not.toHaveProperty('deal')
})

test('close dates are days of the person’s own calendar', () => {
  expect(queryOf({ close: 'overdue' }, 'USD', now)).toMatchObject({ expectedCloseUntil: '2026-11-29' })
  expect(queryOf({ close: 'week' }, 'USD', now)).toMatchObject({
    expectedCloseSince: '2026-11-29',
    expectedCloseUntil: '2026-12-07',
  })
  expect(queryOf({ close: 'month' }, 'USD', now)).toMatchObject({
    expectedCloseSince: '2026-11-01',
    expectedCloseUntil: '2026-12-01',
  })
})

test('what an address says that is not known is left out', () => {
  const said = Object.values(queryOf({ owner: 'x', sort: 'toString', close: 'constructor', min: 'much' }, 'USD', now))
  expect(said.filter((value) => value !== undefined)).toEqual([])
  expect(sortOf({ sort: 'nonsense' })).toBe('rank')
})

test('an order alone hides nothing', () => {
  expect(isFiltered({ sort: 'title' })).toBe(false)
  expect(isFiltered({ q: '' })).toBe(false)
  expect(isFiltered({ tag: 'a' })).toBe(true)
})
