import { describe, expect, test } from 'vitest'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { heirsOf, likelyHeir, mergeTargets, stepOf, whyStays, withStageAt } from './order.ts'

const stage = (id: number, kind: StageJson['kind'], isArchived = false): StageJson => ({
  id,
  uuid: `u${id}`,
  pipelineId: 1,
  name: `Stage ${id}`,
  position: id,
  kind,
  probability: null,
  rotAfterDays: null,
  color: null,
  isArchived,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: null,
})
const stages = [stage(1, 'open'), stage(2, 'open'), stage(3, 'open'), stage(4, 'won'), stage(5, 'lost')]
const ids = (row: readonly { id: number }[] | undefined) => row?.map(({ id }) => id)

describe('a stage at its new place', () => {
  test.each([
    [3, { before: 1 }, [3, 1, 2, 4, 5]],
    [1, { after: 3 }, [2, 3, 1, 4, 5]],
    [5, { before: 4 }, [1, 2, 3, 5, 4]],
    [2, { after: 1 }, undefined],
    [1, { after: 4 }, undefined],
    [4, { before: 2 }, undefined],
    [1, { after: 1 }, undefined],
    [9, { after: 1 }, undefined],
  ] as const)('%i goes %j: %j', (id, place, expected) => {
    expect(ids(withStageAt(stages, id, place))).toEqual(expected)
  })

  test('steps end where open stages meet closed ones', () => {
    expect(stepOf(stages, 1, 1)).toEqual({ after: 2 })
    expect(stepOf(stages, 2, -1)).toEqual({ before: 1 })
    expect(stepOf(stages, 1, -1)).toBeUndefined()
    expect(stepOf(stages, 3, 1)).toBeUndefined()
    expect(stepOf(stages, 4, -1)).toBeUndefined()
  })
})

describe('a stage that goes', () => {
  test('its deals are offered the nearest earlier stage, then the next one', () => {
    expect(likelyHeir(stages, stage(3, 'open'))?.id).toBe(2)
    expect(likelyHeir(stages, stage(1, 'open'))?.id).toBe(2)
    expect(likelyHeir([stage(1, 'open', true), ...stages.slice(1)], stage(2, 'open'))?.id).toBe(3)
    expect(likelyHeir(stages, stage(4, 'won'))?.id).toBe(1)
  })

  test('it merges only into its own kind, and not into an archived one', () => {
    expect(ids(mergeTargets([...stages, stage(6, 'open', true)], stage(1, 'open')))).toEqual([2, 3])
    expect(ids(heirsOf(stages, stage(4, 'won')))).toEqual([1, 2, 3, 5])
    expect(ids(heirsOf([...stages, stage(6, 'won')], stage(4, 'won')))).toEqual([6, 1, 2, 3, 5])
  })

  test('the last won and the last lost one stay', () => {
    expect(whyStays(stages, stage(4, 'won'))).toBe('Every pipeline keeps at least one won stage.')
    expect(whyStays([...stages, stage(6, 'won')], stage(4, 'won'))).toBeUndefined()
    expect(whyStays(stages, stage(1, 'open'))).toBeUndefined()
  })
})
