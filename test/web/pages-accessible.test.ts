import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Office, openOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

/** What a reader or a weak eye cannot do without. */
async function grave(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

const subjects = [
  'profile',
  'sessions',
  'tokens',
  'workspace',
  'people',
  'currencies',
  'loss-reasons',
  'custom-fields',
  'apis',
  'webhooks',
]

test('list, forecast, pipelines and settings are accessible, light and dark', async () => {
  const { add, api, window } = await office.workspace()
  await add('Roof', 'Offer', { value: '1200', expectedCloseDate: '2026-01-05', tags: ['red'] })
  await add('Gate', 'Lead', { value: '80', currency: 'EUR' })
  await api.post('/loss-reasons', { name: 'Price' })
  await api.post('/custom-fields', { subject: 'deal', name: 'Level', type: 'choice', options: ['Gold'] })
  await api.patch('/workspace', { rates: { EUR: 1.1 } })
  const { page } = await window('/list', { role: 'admin' })
  const paths = ['/list?columns=title,value,stage,tags', '/forecast', '/pipelines', ...subjects.map((id) => `/settings/${id}`)]
  for (const path of paths) {
    await page.goto(path)
    await page.getByRole('main').locator('table, [role="grid"], form, article, .month, .empty').first().waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await grave(page), `${path}, ${colorScheme}`).toEqual([])
    }
  }
}, 180_000)

test('what floats is accessible as well', async () => {
  const { pipelineId, window } = await office.workspace()
  const { page } = await window(`/pipelines/${pipelineId}`, { role: 'manager' })
  await page.getByRole('button', { name: 'More for Offer' }).click()
  await page.getByRole('menuitem', { name: 'Delete…' }).waitFor()
  expect(await grave(page)).toEqual([])
  await page.getByRole('menuitem', { name: 'Delete…' }).click()
  await page.getByRole('dialog').waitFor()
  expect(await grave(page)).toEqual([])
  await page.getByRole('button', { name: 'Delete stage' }).click()
  await page.locator('.toast').waitFor()
  expect(await grave(page)).toEqual([])
})
