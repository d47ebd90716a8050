import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { testEngine } from '../../../test/support/engine.ts'
import { openWorld } from '../../../test/support/world.ts'
import { dayInMs } from '../../domain/time.ts'

/** Tables with a row for each deal, each of its events or each day: whoever reads all of a workspace's is slow on a large one. */
const large = ['deal', 'event', 'stretch', 'balance', 'passage', 'one', 'former']
const isWhole = (step: string) =>
  large.some(
    (name) => new RegExp(`^SCAN ${name}\\b`).test(step) || new RegExp(`^SEARCH ${name} .*\\(workspace_id=\\?\\)$`).test(step),
  )

test.skipIf(testEngine !== 'sqlite')('no report, and no history of a deal, reads through everything', async () => {
  const world = await openWorld()
  const { scope } = await world.workspace()
  const { reports, lives, events, deals } = scope.store
  const period = { from: Date.UTC(2025, 0, 1) + 1, until: Date.UTC(2026, 0, 1) - 1 }
  const moments = [period.from, period.until, period.until + 100 * dayInMs + 7]
  const window = { limit: 10 }
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  for (const ownerId of [undefined, 1]) {
    await reports.balances(1, moments, { ownerId })
    await reports.passages(1, period, { ownerId })
    await reports.paths(1, period, { ownerId })
    await reports.stays([1], period, { ownerId })
    await reports.ages([1], period.until, { ownerId })
    await reports.standing(1, period.until, { ownerId }, window)
    await reports.standing(1, period.until, { ownerId }, { ...window, after: { value: 1, id: 1 } })
    const beside = { pipelineId: 1, ownerId, isArchived: false }
    await deals.sums({ ...beside, createdSince: period.from, createdUntil: period.until })
    await deals.sums({ ...beside, closedSince: period.from, closedUntil: period.until, outcomes: ['won'] })
    for (const by of ['createdAt', 'closedAt', 'expectedCloseDate'] as const)
      await deals.sumsByDay({ ...beside, outcomes: ['open', 'won'] }, by)
  }
  await deals.sumsByDay({ createdSince: period.from, createdUntil: period.until, outcomes: ['open', 'won'] }, 'createdAt')
  await reports.compare(1, [1, 2], period.from, period.until)
  await reports.histories([1, 2])
  await lives.of(1)
  for (const order of ['id', 'at'] as const) {
    for (const of of [{ subjectId: 1 }, { subjectIds: [1, 2] }]) {
      for (const direction of ['asc', 'desc'] as const) {
        const query = { subject: 'deal', ...of, order, direction, types: ['deal.moved'], ...window } as const
        await events.list(query)
        await events.list({ ...query, after: { value: 1, id: 1 } })
      }
      await events.count({ subject: 'deal', ...of })
    }
  }
  const texts = [...new Set(prepare.mock.calls.map(([sql]) => sql))]
  prepare.mockRestore()
  expect(texts.length).toBeGreaterThan(30)
  const slow = texts.flatMap((text) => {
    const plan = world.sqlite().prepare(`explain query plan ${text}`).all()
    const whole = plan.map(({ detail }) => String(detail)).filter(isWhole)
    return whole.length > 0 ? [{ text, whole }] : []
  })
  await world.close()
  expect(slow).toEqual([])
})
