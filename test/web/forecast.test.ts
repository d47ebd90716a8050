import type { Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drag, pointIn } from './drag.ts'
import { type Office, openOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

/** The first day of a month from this one on, and how it is called. */
const monthFromNow = (count: number) => {
  const now = new Date()
  const first = new Date(Date.UTC(now.getFullYear(), now.getMonth() + count, 1))
  const name = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(first)
  return { name, day: (n: number) => `${first.toISOString().slice(0, 8)}${String(n).padStart(2, '0')}` }
}
const [next, after] = [monthFromNow(1), monthFromNow(2)]

const open = async (role: 'member' | 'viewer' = 'member') => {
  const desk = await office.workspace()
  const roof = await desk.add('Roof', 'Offer', { value: '1000', expectedCloseDate: next.day(15) })
  await desk.add('Gate', 'Lead', { value: '500', expectedCloseDate: after.day(3) })
  await desk.add('Wall', 'Lead', { value: '40' })
  const fence = await desk.add('Fence', 'Deal', { value: '250' })
  await desk.api.post(`/deals/${fence.id}/win`, {})
  const window = await desk.window('/forecast', { role })
  const column = (name: string) => window.page.getByRole('region', { name, exact: true })
  await column(next.name).getByRole('link', { name: 'Roof' }).waitFor()
  const dayOf = async () => (await desk.api.get(`/deals/${roof.id}`)).body.data.expectedCloseDate
  return { ...desk, ...window, column, dayOf, roof }
}

test('open deals stand in the month they should close in, weighted, with what was won; by drag they go to another', async () => {
  const { page, column, dayOf, complaints } = await open()
  await column(next.name).getByText('$500 weighted').waitFor()
  await column('No close date').getByRole('link', { name: 'Wall' }).waitFor()
  await column(monthFromNow(0).name).getByText('Won $250').waitFor()

  const goal = column(after.name)
  await drag(
    page,
    await pointIn(column(next.name).getByRole('link', { name: 'Roof' })),
    await pointIn(goal, { y: 300 }),
    page.locator('.month[data-over]'),
  )
  await goal.getByRole('link', { name: 'Roof' }).waitFor()
  await expect.poll(dayOf).toBe(after.day(15))
  await goal.getByText('$1,500').waitFor()
  await column(next.name).getByText('Nothing is expected to close.').waitFor()

  await page
    .locator('.toast', { hasText: `“Roof” moved to ${after.name}` })
    .getByRole('button', { name: 'Undo' })
    .click()
  await column(next.name).getByRole('link', { name: 'Roof' }).waitFor()
  expect(await dayOf()).toBe(next.day(15))
  expect(complaints).toEqual([])
})

test('a deal goes to another month by keys and by menu, and out of all of them', async () => {
  const { page, column, dayOf } = await open()
  await column(next.name).getByRole('link', { name: 'Roof' }).press('Alt+ArrowRight')
  await column(after.name).getByRole('link', { name: 'Roof' }).waitFor()
  await expect.poll(dayOf).toBe(after.day(15))
  const card = column(after.name).locator('.forecast-card', { hasText: 'Roof' })
  await card.locator(':not([data-leaving])').first().waitFor()
  await card.hover()
  await card.getByRole('button', { name: 'More for Roof' }).click()
  await page.getByRole('menuitem', { name: 'No close date' }).click()
  await column('No close date').getByRole('link', { name: 'Roof' }).waitFor()
  await expect.poll(dayOf).toBeNull()
})

test('what is refused goes back and is said; a viewer moves nothing', async () => {
  const { page, api, column, dayOf, roof, ...desk } = await open()
  const change = async (route: Route) => {
    await api.patch(`/deals/${roof.id}`, { title: 'Slate roof' })
    await route.continue()
  }
  await page.route(`**/api/v1/deals/${roof.id}`, change, { times: 1 })
  await column(next.name).getByRole('link', { name: 'Roof' }).press('Alt+ArrowRight')
  await page.locator('.toast', { hasText: 'Somebody else changed this in the meantime.' }).waitFor()
  await column(next.name).getByRole('link', { name: 'Slate roof' }).waitFor()
  expect(await dayOf()).toBe(next.day(15))

  const viewer = await desk.window('/forecast', { role: 'viewer' })
  await viewer.page.getByRole('link', { name: 'Slate roof' }).press('Alt+ArrowRight')
  await viewer.page.getByRole('link', { name: 'Slate roof' }).hover()
  expect(await viewer.page.getByRole('button', { name: 'More for Slate roof' }).count()).toBe(0)
  expect(await dayOf()).toBe(next.day(15))
})

test('a view brings back whose deals of which pipeline were looked at', async () => {
  const { page, api, ws, column } = await open()
  const { body } = await api.post('/pipelines', { name: 'Sheds', stages: [{ name: 'Plan' }] })
  const [stage] = (await api.get(`/pipelines/${body.data.id}/stages`)).body.data
  const { user } = await ws.member('member', 'Mia')
  await api.post('/deals', { title: 'Others', stageId: stage.id })
  await api.post('/deals', { title: 'Mine', stageId: stage.id, ownerId: user.id })
  await page.reload()
  await page.getByRole('combobox', { name: 'Pipeline' }).selectOption('Sheds')
  await column('No close date').getByRole('link', { name: 'Others' }).waitFor()
  await page.getByRole('combobox', { name: 'Owner' }).selectOption('Mia')
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('textbox', { name: 'Save what is shown as' }).fill('Mia’s sheds')
  await page.getByRole('button', { name: 'Save view' }).click()
  await page.getByRole('button', { name: 'Mia’s sheds', exact: true }).waitFor()

  await page.goto('/forecast')
  await column(next.name).getByRole('link', { name: 'Roof' }).waitFor()
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('button', { name: 'Mia’s sheds', exact: true }).click()
  await column('No close date').getByRole('link', { name: 'Mine' }).waitFor()
  expect(await page.locator('.forecast-title').allTextContents()).toEqual(['Mine'])
})
