import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

/** A process as busy as the test says. */
function openPace() {
  const signs = { at: 0, requests: 0, share: 0 }
  const pace = new Pace({ answered: () => signs.requests, busy: () => signs.share, now: () => signs.at })
  /** What a window brought, and how many deliveries may begin in the next one. */
  const after = (requests: number, share: number, ms = 100): number => {
    signs.at += ms
    signs.requests += requests
    signs.share = share
    return pace.left
  }
  after(0, 0)
  return { pace, after, signs }
}

test('a process that is not full, or full of nothing but deliveries, sends as fast as it can', () => {
  const { pace, after } = openPace()
  expect(pace.take(1000)).toBe(1000)
  expect(after(500, 0.75)).toBe(Number.POSITIVE_INFINITY)
  expect(after(3, 1)).toBe(Number.POSITIVE_INFINITY)
  // As many in a longer time are few.
  expect(after(40, 1, 1000)).toBe(Number.POSITIVE_INFINITY)
})

test('one that is full of requests sends a few in each window, and all that it can as soon as it has room', () => {
  const { pace, after, signs } = openPace()
  expect(after(200, 1)).toBe(30)
  expect([pace.take(20), pace.take(20), pace.take(20)]).toEqual([20, 10, 0])
  signs.at += 40
  expect([pace.left, pace.waitMs]).toEqual([0, 60])
  expect(after(200, 1, 60)).toBe(30)
  expect(after(200, 0.5)).toBe(Number.POSITIVE_INFINITY)
})
