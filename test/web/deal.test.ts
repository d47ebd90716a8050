import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Office, openOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const field = (page: Page, name: string) => page.getByRole('complementary').getByRole('textbox', { name })
const toast = (page: Page, text: string) => page.locator('.toast', { hasText: text })

test('a deal is opened from its card, changed where its fields stand, and its history says so', async () => {
  const desk = await office.workspace()
  const deal = await desk.add('Roof', 'Lead', { value: '100' })
  const { body } = await desk.api.post('/companies', { name: 'Acme Roofing' })
  const { page, complaints } = await desk.window()
  await page.getByRole('link', { name: 'Roof', exact: true }).click()
  expect(new URL(page.url()).pathname).toBe(`/deals/${deal.id}`)
  await field(page, 'Title').fill('New roof')
  await page.keyboard.press('Enter')
  await toast(page, 'Renamed to New roof').waitFor()
  await field(page, 'Amount, USD').fill('1,250.50')
  await page.keyboard.press('Tab')
  await toast(page, 'Amount changed').waitFor()
  await page.getByRole('button', { name: 'Company' }).click()
  await page.getByRole('textbox', { name: 'Find a company' }).fill('acme')
  await page.getByRole('button', { name: 'Acme Roofing' }).click()
  await toast(page, 'Company is Acme Roofing').waitFor()
  await field(page, 'Tags').fill('urgent')
  await page.keyboard.press('Enter')
  await toast(page, 'Tag urgent added').waitFor()
  expect((await desk.api.get(`/deals/${deal.id}`)).body.data).toMatchObject({
    title: 'New roof',
    value: '1250.50',
    companyId: body.data.id,
    tags: ['urgent'],
  })
  const history = page.getByRole('region', { name: 'What happened' })
  await history.getByText('renamed it from “Roof” to “New roof”').waitFor()
  await history.getByText('set the company to Acme Roofing').waitFor()
  await history.getByText('added it in Lead at $100').waitFor()
  const card = page.getByRole('region', { name: 'Lead', exact: true }).locator('.card')
  await expect.poll(() => card.textContent()).toMatch(/New roof.*Acme Roofing.*urgent.*\$1,250\.50/)
  expect(complaints).toEqual([])
})

test('who changed a field first is named; another field is written on top of their change', async () => {
  const desk = await office.workspace()
  const deal = await desk.add('Roof', 'Lead', { value: '100' })
  const { page } = await desk.window(`/deals/${deal.id}`)
  await field(page, 'Title').waitFor()
  // The window does not hear of what others do, as on a train.
  await page.route('**/api/v1/live*', (route) => route.abort())
  await page.reload()
  await field(page, 'Title').waitFor()
  await desk.api.patch(`/deals/${deal.id}`, { title: 'Shed' })
  await field(page, 'Amount, USD').fill('200')
  await page.keyboard.press('Tab')
  await toast(page, 'Amount changed').waitFor()
  expect((await desk.api.get(`/deals/${deal.id}`)).body.data).toMatchObject({ title: 'Shed', value: '200.00' })
  await desk.api.patch(`/deals/${deal.id}`, { title: 'Barn' })
  await field(page, 'Title').fill('Garage')
  await page.keyboard.press('Enter')
  await page.getByText(/^Ada Admin changed this now/).waitFor()
  expect((await desk.api.get(`/deals/${deal.id}`)).body.data.title).toBe('Barn')
})

test('a deal is lost with a reason, reopened, deleted and brought back', async () => {
  const desk = await office.workspace()
  await desk.api.post('/loss-reasons', { name: 'Too dear' })
  const deal = await desk.add('Roof', 'Offer')
  const { page } = await desk.window(`/deals/${deal.id}`)
  await page.getByRole('button', { name: 'Mark as lost…' }).click()
  await page.getByRole('combobox', { name: 'Reason' }).selectOption('Too dear')
  await page.getByRole('button', { name: 'Mark as lost', exact: true }).click()
  await page.getByText('Lost: Too dear').waitFor()
  await page.getByText('lost it from Offer: Too dear').waitFor()
  await page.getByRole('button', { name: 'Reopen' }).click()
  await page.getByText('reopened it in Offer').waitFor()
  await page.getByRole('button', { name: 'What to do with this deal' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await toast(page, 'Roof deleted').getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('region', { name: 'Offer' }).getByRole('link', { name: 'Roof', exact: true }).waitFor()
  expect((await desk.api.get(`/deals/${deal.id}`)).body.data).toMatchObject({ outcome: 'open', deletedAt: null })
})
