import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeDeal, createDeal } from '../../src/domain/edit-deals.ts'
import { type Office, openOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const daysAgo = (count: number): number => Date.now() - count * 86_400_000

/** Three deals of last month: one won, one lost, one still open. */
async function open(path: string) {
  const desk = await office.workspace()
  const { ws, stages } = desk
  const deal = (title: string, amount: number) =>
    createDeal(ws.scope, { title, amount, stageId: stages.Lead, createdAt: daysAgo(40) })
  const [won, lost] = [await deal('Roof', 100_000), await deal('Gate', 50_000)]
  await deal('Wall', 25_000)
  await changeDeal(ws.scope, won.id, { outcome: 'won', closedAt: daysAgo(10) })
  await changeDeal(ws.scope, lost.id, { outcome: 'lost', closedAt: daysAgo(5) })
  const window = await desk.window(path)
  return { ...desk, ...window }
}

test('what happened stands in pictures, with its numbers as a table and as CSV', async () => {
  const { page, complaints } = await open('/insights')
  await page.getByText('50%', { exact: true }).first().waitFor()
  const flow = page.getByRole('region', { name: 'New, won and lost' })
  await flow.locator('.recharts-bar-rectangle').first().waitFor({ state: 'attached' })
  const funnel = page.getByRole('region', { name: 'Funnel' })
  await funnel.getByText('33.3% of the step before').waitFor()
  await funnel.getByRole('button', { name: 'Table' }).click()
  await funnel.getByRole('row', { name: /^Lead 3 3/ }).waitFor()
  const address = await funnel.getByRole('link', { name: 'CSV' }).getAttribute('href')
  expect(await page.evaluate(async (href) => (await fetch(href ?? '')).text(), address)).toMatch(/^stage_id,stage,left/)
  expect(complaints).toEqual([])
})

test('period, owner and pipeline are in the address, so that a link shows the same', async () => {
  const { page, ws } = await open('/insights?from=2020-01-01&to=2020-12-31')
  const funnel = page.getByRole('region', { name: 'Funnel' })
  await funnel.getByText('No deals were created in this period.').waitFor()
  await page.getByLabel('Period').selectOption('90 days')
  await funnel.getByText('33.3% of the step before').waitFor()
  expect(new URL(page.url()).searchParams.get('from')).not.toBe('2020-01-01')
  await page.getByLabel('Owner').selectOption({ label: 'Ada Admin' })
  await page.reload()
  await funnel.getByText('33.3% of the step before').waitFor()
  expect(await page.getByLabel('Owner').inputValue()).toBe(String(ws.admin.id))
})

test('the board looks back to any day, and nothing can be moved there', async () => {
  const { page, complaints, pipelineId } = await open('/board')
  await page.goto(`/board/${pipelineId}`)
  await page.getByRole('button', { name: 'Look back' }).click()
  const past = page.getByRole('region', { name: /^The board as of/ })
  const lead = past.getByRole('region', { name: /^Lead, / })
  await lead.getByRole('link', { name: 'Wall' }).waitFor()
  await page.getByRole('textbox', { name: 'As of' }).fill(new Date(daysAgo(20)).toISOString().slice(0, 10))
  // Twenty days ago nothing was decided yet.
  await past.getByRole('region', { name: 'Lead, 3 deals' }).waitFor()
  await lead.getByRole('link', { name: 'Roof' }).waitFor()
  expect(await past.locator('[draggable=true]').count()).toBe(0)
  await page.getByRole('button', { name: 'Back to now' }).click()
  await page.getByRole('button', { name: 'Look back' }).waitFor()
  expect(complaints).toEqual([])
})
