import { expect, test } from 'vitest'
import { daysIn, daysOf, intervalOf, presetOf, presets } from './periods.ts'

test.each([
  ['90 days', '2026-03-31', { from: '2026-01-01', to: '2026-03-31' }],
  ['This month', '2026-03-31', { from: '2026-03-01', to: '2026-03-31' }],
  ['Last month', '2026-03-31', { from: '2026-02-01', to: '2026-02-28' }],
  ['Last month', '2026-01-05', { from: '2025-12-01', to: '2025-12-31' }],
  ['This quarter', '2026-05-02', { from: '2026-04-01', to: '2026-05-02' }],
  ['This year', '2026-05-02', { from: '2026-01-01', to: '2026-05-02' }],
  ['Last year', '2026-05-02', { from: '2025-01-01', to: '2025-12-31' }],
] as const)('%s on %s', (preset, today, days) => {
  expect(daysOf(preset, today)).toEqual(days)
})

test('days are known as the preset that they are', () => {
  for (const preset of presets) expect(presetOf(daysOf(preset, '2026-05-02'), '2026-05-02')).toBe(preset)
  expect(presetOf({ from: '2026-01-02', to: '2026-01-03' }, '2026-05-02')).toBeUndefined()
})

test('what the address says is taken where it is a period', () => {
  const today = '2026-05-02'
  expect(daysIn({ from: '2026-01-01', to: '2026-01-31' }, today)).toEqual({ from: '2026-01-01', to: '2026-01-31' })
  for (const said of [{}, { from: '2026-01-01' }, { from: '2026-02-01', to: '2026-01-01' }, { from: 'x', to: 'y' }])
    expect(daysIn(said, today)).toEqual(daysOf('90 days', today))
})

test('a period is cut into a readable number of parts', () => {
  expect(intervalOf({ from: '2026-05-01', to: '2026-05-31' })).toBe('day')
  expect(intervalOf({ from: '2026-01-01', to: '2026-03-31' })).toBe('week')
  expect(intervalOf({ from: '2026-01-01', to: '2026-12-31' })).toBe('month')
  expect(intervalOf({ from: '2020-01-01', to: '2026-12-31' })).toBe('quarter')
})
