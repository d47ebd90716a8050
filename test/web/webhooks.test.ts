import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Worker } from '../../src/webhooks/worker.ts'
import { openReceiver, type Receiver, workerOn } from '../support/receiver.ts'
import { type Office, openOffice } from './office.ts'

let office: Office
let worker: Worker
let receiver: Receiver
beforeAll(async () => {
  office = await openOffice({ allowPrivate: true })
  worker = workerOn(office.app)
  receiver = await openReceiver()
})
afterAll(async () => {
  await worker.stop()
  await receiver.close()
  await office.close()
})

test('a webhook is added with its secret shown once, tested, paused and removed; its log is there', async () => {
  const desk = await office.workspace()
  const { page, complaints } = await desk.window('/settings/webhooks', { role: 'manager' })
  const { api } = desk
  const said = (text: string) => page.locator('.toast', { hasText: text }).waitFor()
  await page.getByText('Nobody listens yet').waitFor()
  await page.getByRole('button', { name: 'Add webhook' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Address' }).fill('ftp://example.com/hook')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Warehouse')
  await dialog.getByRole('button', { name: 'Add webhook' }).click()
  await dialog.getByText(/^Address /).waitFor()
  await dialog.getByRole('textbox', { name: 'Address' }).fill(`${receiver.origin}/hook`)
  await dialog.getByRole('checkbox', { name: 'Everything' }).uncheck()
  await dialog.getByRole('checkbox', { name: 'deal.created' }).check()
  await dialog.getByRole('button', { name: 'Add webhook' }).click()
  expect(await dialog.getByRole('textbox', { name: 'Secret' }).inputValue()).toMatch(/^whsec_/)
  await dialog.getByRole('button', { name: 'Done' }).click()
  const row = page.getByRole('row', { name: /Warehouse/ })
  await row.getByText('deal.created').waitFor()

  const deal = await desk.add('Roof')
  await worker.settle()
  await row.getByRole('button', { name: /^Warehouse/ }).click()
  const log = page.getByRole('region', { name: 'Deliveries, table' })
  const line = log.getByRole('row').filter({ has: page.getByRole('link', { name: `deal ${deal.id}` }) })
  await line.getByText('Arrived').waitFor()
  expect(receiver.received.map(({ body }) => JSON.parse(body).type)).toEqual(['deal.created'])
  await line.getByRole('button', { name: 'Send again' }).click()
  await said('It is sent again.')
  await worker.settle()
  expect(receiver.received).toHaveLength(2)
  const choose = async (item: string) => {
    await page.getByRole('button', { name: 'More for Warehouse' }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  await choose('Send a test')
  await said('A test was sent to “Warehouse”.')
  await worker.settle()
  await log.getByRole('cell', { name: 'test', exact: true }).first().waitFor()
  await page.getByRole('textbox', { name: 'About deal number' }).fill(String(deal.id))
  await expect.poll(() => log.getByRole('row').count()).toBe(2)

  await choose('Pause')
  await said('“Warehouse” paused.')
  expect((await api.get('/webhooks')).body.data).toMatchObject([{ name: 'Warehouse', state: 'paused', events: ['deal.created'] }])
  await choose('Remove…')
  await page.getByRole('button', { name: 'Remove webhook' }).click()
  await said('Webhook removed.')
  await page.getByText('Nobody listens yet').waitFor()
  expect(complaints).toEqual([])
})
