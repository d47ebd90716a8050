import type { Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Body } from '../../src/dialects/native/test/client.ts'
import { type Office, openOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const open = async (titles: readonly string[], { path = '/list', role }: { path?: string; role?: 'viewer' } = {}) => {
  const desk = await office.workspace()
  const deals: Record<string, Body> = {}
  for (const [nth, title] of titles.entries()) deals[title] = await desk.add(title, 'Lead', { value: `${(nth + 1) * 100}` })
  const window = await desk.window(path, role ? { role } : {})
  const { page } = window
  await page.getByRole('grid', { name: 'Deals' }).waitFor()
  const cellOf = (title: string, column: number) =>
    page.getByRole('row').filter({ hasText: title }).getByRole('gridcell').nth(column)
  const titlesShown = () => page.locator('.grid-open').allTextContents()
  return { ...desk, ...window, deals, cellOf, titlesShown }
}

test('cells are changed where they stand, by mouse and by keys, and the server has it', async () => {
  const { page, api, deals, cellOf, complaints } = await open(['Roof', 'Gate', 'Wall'])
  await cellOf('Gate', 2).dblclick()
  await page.getByRole('textbox', { name: 'Value of Gate' }).fill('1,234.50')
  await page.keyboard.press('Enter')
  await page.getByRole('gridcell', { name: '$1,234.50' }).waitFor()
  await page.locator('.toast', { hasText: 'Value of “Gate” changed' }).waitFor()
  expect((await api.get(`/deals/${deals.Gate?.id}`)).body.data.value).toBe('1234.50')

  // Enter has gone on to the row below; from there to its stage, and back to its title.
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Stage of Roof' }).selectOption('Offer')
  await cellOf('Roof', 3).getByText('Offer').waitFor()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: 'Title of Roof' }).fill('Slate roof')
  await page.keyboard.press('Enter')
  await page.getByRole('gridcell', { name: 'Slate roof', exact: true }).waitFor()
  await expect
    .poll(async () => (await api.get(`/deals/${deals.Roof?.id}`)).body.data)
    .toMatchObject({
      title: 'Slate roof',
      stageId: (await api.get('/stages')).body.data.find((s: Body) => s.name === 'Offer').id,
    })

  await cellOf('Wall', 2).dblclick()
  await page.getByRole('textbox', { name: 'Value of Wall' }).fill('much')
  await page.keyboard.press('Enter')
  expect(await page.getByRole('textbox', { name: 'Value of Wall' }).getAttribute('aria-invalid')).toBe('true')
  await page.keyboard.press('Escape')
  await page.getByRole('gridcell', { name: '$300' }).waitFor()
  expect(complaints).toEqual([])
})

test('a deal that somebody else has changed is not overwritten; the row shows what it is now', async () => {
  const { page, api, deals, cellOf } = await open(['Roof'])
  await page.route('**/api/v1/live*', (route) => route.abort())
  await cellOf('Roof', 2).dblclick()
  await page.getByRole('textbox', { name: 'Value of Roof' }).fill('500')
  const change = async (route: Route) => {
    await api.patch(`/deals/${deals.Roof?.id}`, { value: '777' })
    await route.continue()
  }
  await page.route(`**/api/v1/deals/${deals.Roof?.id}`, change, { times: 1 })
  await page.keyboard.press('Enter')
  await page.getByText('Somebody else changed “Roof” in the meantime.').first().waitFor()
  await page.getByRole('gridcell', { name: '$777' }).waitFor()
  expect((await api.get(`/deals/${deals.Roof?.id}`)).body.data.value).toBe('777.00')
})

test('order, columns and filters are in the address, and a view brings them back', async () => {
  const { page, titlesShown } = await open(['Beta', 'Alpha', 'Gamma'])
  expect(await titlesShown()).toEqual(['Gamma', 'Alpha', 'Beta'])
  await page.getByRole('button', { name: 'Title' }).click()
  await expect.poll(titlesShown).toEqual(['Alpha', 'Beta', 'Gamma'])
  await page.getByRole('button', { name: 'Title' }).click()
  await expect.poll(titlesShown).toEqual(['Gamma', 'Beta', 'Alpha'])
  expect(page.url()).toContain('sort=-title')

  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'Company' }).uncheck()
  await page.getByRole('checkbox', { name: 'Created' }).check()
  await page.getByRole('button', { name: 'Move Created to the left' }).click()
  await page.keyboard.press('Escape')
  expect((await page.getByRole('columnheader').allTextContents()).slice(1)).toEqual([
    'Title',
    'Value',
    'Stage',
    'Owner',
    'Expected close',
    'Created',
    'Last changed',
  ])
  await page.getByRole('searchbox', { name: 'Filter by words' }).fill('alp')
  await expect.poll(titlesShown).toEqual(['Alpha'])
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('textbox', { name: 'Save what is shown as' }).fill('Mine')
  await page.getByRole('button', { name: 'Save view' }).click()
  await page.getByRole('button', { name: 'Mine', exact: true }).waitFor()

  const url = page.url()
  expect(url).toMatch(/q=alp/)
  await page.goto('/list')
  await expect.poll(titlesShown).toHaveLength(3)
  // The columns are the person’s own on every visit; the view brings back the rest.
  await page.getByRole('columnheader', { name: 'Created' }).waitFor()
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('button', { name: 'Mine', exact: true }).click()
  await expect.poll(titlesShown).toEqual(['Alpha'])
  expect(new URL(page.url()).searchParams.get('sort')).toBe('-title')
})

test('the selected rows are won at once, with one way back', async () => {
  const { page, api, deals, titlesShown } = await open(['Roof', 'Gate', 'Wall'])
  await page.getByRole('checkbox', { name: 'Select Wall' }).click()
  await page.getByRole('checkbox', { name: 'Select Gate' }).click()
  await page.getByRole('toolbar', { name: 'Selected deals' }).getByRole('button', { name: 'Won' }).click()
  await expect.poll(titlesShown).toEqual(['Roof'])
  expect((await api.get(`/deals/${deals.Gate?.id}`)).body.data.outcome).toBe('won')
  await page.locator('.toast', { hasText: '2 deals won' }).getByRole('button', { name: 'Undo' }).click()
  await expect.poll(titlesShown).toEqual(['Wall', 'Gate', 'Roof'])
  expect((await api.get(`/deals/${deals.Gate?.id}`)).body.data.outcome).toBe('open')
})

test('a long list is read page by page to its end, with few rows in the page', async () => {
  const { page, api, stages } = await open(['First'])
  const many = Array.from({ length: 700 }, (_, nth) => ({ title: `Deal ${nth}`, stageId: stages.Lead }))
  await api.post('/deals/bulk', { deals: many })
  await page.reload()
  await page.getByText('701 deals').waitFor()
  const grid = page.getByRole('grid')
  const isWhole = async () => (await grid.getAttribute('aria-rowcount')) === '702'
  for (let n = 0; n < 20 && !(await isWhole()); n += 1) {
    await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.locator('.grid-body .skeleton').first().waitFor({ state: 'detached' })
  }
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await page.getByRole('gridcell', { name: 'First', exact: true }).waitFor()
  expect(await page.getByRole('row').count()).toBeLessThan(80)
})

test('what is shown is exported as CSV, in the same order and columns', async () => {
  const { page } = await open(['Beta', 'Alpha', '=Gamma'], { path: '/list?sort=title&columns=title,value,stage' })
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  const file = await (await download).createReadStream()
  const text = Buffer.concat(await file.toArray()).toString('utf8')
  expect(text.trimEnd().split('\r\n')).toEqual([
    'Title,Value,Currency,Stage',
    "'=Gamma,300.00,USD,Lead",
    'Alpha,200.00,USD,Lead',
    'Beta,100.00,USD,Lead',
  ])
})

test('what others do appears; a viewer looks, opens, and is offered no change', async () => {
  const { page, api, stages, cellOf, titlesShown, complaints } = await open(['Roof'], { role: 'viewer' })
  await cellOf('Roof', 2).dblclick()
  expect(await page.locator('.grid-input').count()).toBe(0)
  await page.getByRole('checkbox', { name: 'Select Roof' }).click()
  await page.getByRole('toolbar', { name: 'Selected deals' }).waitFor()
  expect(await page.getByRole('toolbar').getByRole('button').allTextContents()).toEqual(['Clear'])
  await api.post('/deals', { title: '<b>Gate</b>', stageId: stages.Lead })
  await expect.poll(titlesShown).toEqual(['<b>Gate</b>', 'Roof'])
  await page.getByRole('button', { name: 'Roof', exact: true }).click()
  await page.getByRole('complementary', { name: 'Roof' }).waitFor()
  expect(page.url()).toContain('deal=')
  expect(complaints).toEqual([])
})

test('a long list is read from whichever end is nearer, and begins anywhere', async () => {
  const desk = await office.workspace()
  const all = 4500
  for (let from = 0; from < all; from += 500) {
    const rows = Array.from({ length: 500 }, (_, n) => ({ title: `Deal ${from + n}`, stageId: desk.stages.Lead }))
    await desk.api.post('/deals/bulk', { deals: rows })
  }
  const { page } = await desk.window('/list')
  const asked: string[] = []
  page.on('request', (sent) => {
    const url = new URL(sent.url())
    if (url.pathname === '/api/v1/deals') asked.push(`${url.searchParams.get('sort')} ${url.searchParams.get('skip') ?? ''}`)
  })
  const cell = (n: number) => page.getByRole('button', { name: `Deal ${n}`, exact: true })
  await page.getByText('4,500 deals').waitFor()
  await cell(all - 1).waitFor()
  const grid = page.getByRole('grid', { name: 'Deals' })
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await cell(0).waitFor()
  await expect.poll(() => cell(1).boundingBox()).toMatchObject({ x: expect.any(Number) })
  // The oldest is the last one, below all others.
  expect((await cell(0).boundingBox())?.y).toBeGreaterThan((await cell(1).boundingBox())?.y ?? 0)
  await grid.evaluate((element) => element.scrollTo(0, 32 * 2100))
  await cell(all - 1 - 2105).waitFor()
  // Two jumps are two pages; what is beside them may follow.
  expect(asked.filter((ask) => ask !== '-id ').slice(0, 2)).toEqual(['id ', '-id 2000'])
  expect(asked.length).toBeLessThan(7)
})
