import { afterAll, beforeAll, expect, test } from 'vitest'
import { drag, pointIn } from './drag.ts'
import { type Office, openOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const open = async (role: 'manager' | 'viewer' = 'manager') => {
  const desk = await office.workspace()
  const window = await desk.window(`/pipelines/${desk.pipelineId}`, { role })
  await window.page.getByRole('row', { name: /Offer/ }).waitFor()
  /** The stages as the server has them, in their order. */
  const stages = async () => (await desk.api.get(`/pipelines/${desk.pipelineId}/stages`)).body.data
  const names = async () => (await stages()).map(({ name }: { name: string }) => name)
  const said = (text: string) => window.page.locator('.toast', { hasText: text }).waitFor()
  const choose = async (of: string, item: string) => {
    await window.page.getByRole('button', { name: `More for ${of}` }).click()
    await window.page.getByRole('menuitem', { name: item }).click()
  }
  return { ...desk, ...window, stages, names, said, choose }
}

test('a stage is added, renamed and changed where it stands', async () => {
  const { page, stages, said, complaints } = await open()
  await page.getByRole('textbox', { name: 'New stage' }).fill('Signed')
  await page.keyboard.press('Enter')
  await said('“Signed” added.')
  await page.getByRole('textbox', { name: 'Name of Signed' }).fill('Contract')
  await page.keyboard.press('Enter')
  await said('Stage renamed.')
  await page.getByRole('textbox', { name: 'Probability of Contract in percent' }).fill('95')
  await page.keyboard.press('Enter')
  await said('Probability changed.')
  await page.getByRole('textbox', { name: 'Days after which deals in Contract rot' }).fill('14')
  await page.keyboard.press('Enter')
  await said('Rotting changed.')
  await page.getByRole('button', { name: 'Colour of Contract' }).click()
  await page.getByRole('button', { name: 'Teal' }).click()
  await said('Colour changed.')
  const contract = (await stages()).find(({ name }: { name: string }) => name === 'Contract')
  expect(contract).toMatchObject({ kind: 'open', position: 4, probability: 95, rotAfterDays: 14, color: '#2f9a8c' })

  // What is no number from 0 to 100 is not sent, and Escape leaves what was there.
  await page.getByRole('textbox', { name: 'Probability of Contract in percent' }).fill('101')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Name of Contract' }).fill('Else')
  await page.keyboard.press('Escape')
  expect(await page.getByRole('textbox', { name: 'Probability of Contract in percent' }).inputValue()).toBe('95')
  expect(await page.getByRole('textbox', { name: 'Name of Contract' }).inputValue()).toBe('Contract')
  expect(complaints).toEqual([])
})

test('stages are put in order by drag and by keys; open ones stay before closed ones', async () => {
  const { page, names, said } = await open()
  const first = await pointIn(page.getByRole('row', { name: /Lead/ }), { x: 80, y: 4 })
  await drag(page, await pointIn(page.getByRole('button', { name: 'Move Deal.' })), first, page.locator('tr[data-edge="top"]'))
  await said('“Deal” moved to place 1 of 5.')
  expect((await names()).slice(0, 3)).toEqual(['Deal', 'Lead', 'Offer'])

  await page.getByRole('button', { name: 'Move Deal.' }).press('ArrowDown')
  await said('“Deal” moved to place 2 of 5.')
  await expect.poll(names).toEqual(['Lead', 'Deal', 'Offer', 'Won', 'Lost'])
  // The last open stage goes no further, by keys or by menu.
  await page.getByRole('button', { name: 'Move Offer.' }).press('ArrowDown')
  await page.getByRole('button', { name: 'More for Offer' }).click()
  expect(await page.getByRole('menuitem', { name: 'Move down' }).getAttribute('aria-disabled')).toBe('true')
  expect(await names()).toEqual(['Lead', 'Deal', 'Offer', 'Won', 'Lost'])
})

test('a stage is merged into another, and one is deleted after its deals have moved', async () => {
  const { page, api, add, stages, names, said, choose } = await open()
  const roof = await add('Roof', 'Offer')
  const gate = await add('Gate', 'Deal')
  const [lead] = await stages()
  await page.reload()
  await page.getByRole('row', { name: /Offer/ }).getByText('1', { exact: true }).waitFor()

  await choose('Offer', 'Merge into…')
  await page.getByRole('dialog').getByText('1 deal and everything archived move to “Lead”').waitFor()
  await page.getByRole('button', { name: 'Merge stages' }).click()
  await said('“Offer” merged into “Lead”.')
  expect(await names()).toEqual(['Lead', 'Deal', 'Won', 'Lost'])
  expect((await api.get(`/deals/${roof.id}`)).body.data.stageId).toBe(lead.id)

  await choose('Deal', 'Delete…')
  await page.getByRole('combobox', { name: 'Move its 1 deal to' }).selectOption('Won')
  await page.getByText('There they count as won.').waitFor()
  await page.getByRole('button', { name: 'Delete stage' }).click()
  await said('“Deal” deleted, 1 deal moved to “Won”.')
  expect(await names()).toEqual(['Lead', 'Won', 'Lost'])
  expect((await api.get(`/deals/${gate.id}`)).body.data.outcome).toBe('won')

  await page.getByRole('button', { name: 'More for Won' }).click()
  expect(await page.getByRole('menuitem', { name: /Delete/ }).getAttribute('aria-disabled')).toBe('true')
})

test('what the server refuses is said in words', async () => {
  const { page, add, choose } = await open()
  await choose('Lead', 'Archive')
  await page.getByText('Archived', { exact: true }).waitFor()
  await add('Roof', 'Offer')
  // Others have put a deal in since the page was read, so the page still offers another kind.
  await page.getByRole('combobox', { name: 'Kind of Offer' }).selectOption('Won')
  await page.locator('.toast', { hasText: 'The stage holds deals, or held some.' }).waitFor()
  expect(await page.getByRole('row', { name: /Offer/ }).getByText('Open').count()).toBe(1)
})

test('a pipeline is added with the stages of another, made the default, and deleted into the other', async () => {
  const { page, api, pipelineId, said, choose } = await open()
  await page.getByRole('button', { name: 'Add pipeline' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Renewals')
  await page.getByRole('combobox', { name: 'Stages' }).selectOption('Roofs')
  await page.getByRole('list', { name: 'Its stages' }).getByText('Offer').waitFor()
  // As a vendor’s new account has them, too.
  const [first] = (await api.get('/templates')).body.data
  await page.getByRole('combobox', { name: 'Stages' }).selectOption(first.title)
  await page.getByRole('list', { name: 'Its stages' }).getByText(first.stages[0].name).waitFor()
  await page.getByRole('combobox', { name: 'Stages' }).selectOption('Roofs')
  await page.getByRole('dialog').getByRole('button', { name: 'Add pipeline' }).click()
  await said('“Renewals” added.')
  await page.getByRole('article', { name: 'Renewals' }).getByRole('row', { name: /Offer/ }).waitFor()
  await choose('Renewals', 'Make default')
  await said('New deals now go to “Renewals”.')
  const all = (await api.get('/pipelines')).body.data
  const renewals = all.find(({ name }: { name: string }) => name === 'Renewals')
  expect(renewals.isDefault).toBe(true)
  expect(page.url()).toContain(`/pipelines/${renewals.id}`)

  await choose('Renewals', 'Delete…')
  await page.getByRole('combobox', { name: 'Other pipeline' }).selectOption('Roofs')
  await page.getByRole('button', { name: 'Delete pipeline' }).click()
  await said('“Renewals” deleted.')
  expect((await api.get(`/pipelines/${renewals.id}`)).status).toBe(404)
  expect((await api.get(`/pipelines/${pipelineId}`)).status).toBe(200)
})

test('a viewer sees the stages and is offered no change', async () => {
  const { page, complaints } = await open('viewer')
  await page.getByText('Changing it takes the role of manager.').waitFor()
  await page.getByRole('cell', { name: '50%' }).waitFor()
  expect(await page.getByRole('main').getByRole('textbox').count()).toBe(0)
  expect(await page.getByRole('main').getByRole('button').count()).toBe(0)
  expect(complaints).toEqual([])
})
