import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWindow } from './browser.ts'
import { type Office, openOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const password = 'correct horse battery'

/** Somebody who was invited and is signed in with a password, as people are; other files use a token in its place. */
const open = async (section: string, role: 'admin' | 'manager' | 'viewer' = 'admin') => {
  const desk = await office.workspace()
  const email = `person@${desk.ws.workspace.subdomain}.example`
  const { url } = (await desk.api.post('/invitations', { email, role, name: 'Person' })).body.data
  const window = await openWindow(office.browser, office.app.origin)
  // The cookie of the answer is the browser's from here on.
  const data = { secret: url.split('#')[1], name: 'Person', password }
  expect((await window.context.request.post('/api/v1/welcome', { data })).status()).toBe(201)
  await window.page.goto(`/settings/${section}`)
  const said = (text: string) => window.page.locator('.toast', { hasText: text }).waitFor()
  return { ...desk, ...window, email, said }
}

test('somebody is invited by a link that is shown once, and is in; their role changes and they leave', async () => {
  const { page, api, said, complaints } = await open('people')
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  await page.getByRole('textbox', { name: 'E-mail' }).fill('kim@new.example')
  await page.getByRole('combobox', { name: 'Role', exact: true }).selectOption('Viewer')
  await page.getByRole('button', { name: 'Make link' }).click()
  const url = await page.getByRole('textbox', { name: 'Invitation link' }).inputValue()
  await page.getByRole('button', { name: 'Done' }).click()
  await page
    .getByRole('row', { name: /kim@new.example/ })
    .getByText('Viewer')
    .waitFor()
  expect(await page.getByText(url).count()).toBe(0)

  const kim = await openWindow(office.browser, office.app.origin)
  await kim.page.goto(url)
  await kim.page.getByRole('textbox', { name: 'Your name' }).fill('Kim')
  await kim.page.getByRole('textbox', { name: 'Password', exact: true }).fill(password)
  await kim.page.getByRole('textbox', { name: 'Password again' }).fill(password)
  await kim.page.getByRole('button', { name: 'Set password and sign in' }).click()
  await kim.page.getByRole('link', { name: 'Settings' }).waitFor()

  await page.reload()
  await page.getByRole('combobox', { name: 'Role of Kim' }).selectOption('Manager')
  await said('Kim is now manager.')
  await page.getByRole('button', { name: 'More for Kim' }).click()
  await page.getByRole('menuitem', { name: 'Deactivate' }).click()
  await said('Kim can no longer sign in.')
  const users = (await api.get('/users')).body.data
  expect(users.find(({ name }: { name: string }) => name === 'Kim')).toMatchObject({ role: 'manager', isActive: false })
  await kim.page.reload()
  await kim.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(complaints).toEqual([])
})

test('the last admin stays one', async () => {
  const { page, api, ws } = await open('people')
  const [first] = (await api.get(`/users?ids=${ws.admin.id}`)).body.data
  await page.getByRole('combobox', { name: `Role of ${first.name}` }).selectOption('Member')
  await page.locator('.toast', { hasText: 'is now member' }).waitFor()
  const role = page.getByRole('combobox', { name: /^Role of Person/ })
  await expect.poll(() => role.isDisabled()).toBe(true)
  expect(await role.getAttribute('title')).toContain('The last admin stays one.')
})

test('a token is shown once, is good for the API, and ends when it is revoked', async () => {
  const { page, said } = await open('tokens', 'manager')
  await page.getByRole('button', { name: 'Make a token' }).click()
  await page.getByRole('textbox', { name: 'What it is for' }).fill('Website form')
  await page.getByRole('combobox', { name: 'Ends after' }).selectOption('30 days')
  await page.getByRole('button', { name: 'Make token' }).click()
  const secret = await page.getByRole('textbox', { name: 'Token' }).inputValue()
  expect(secret).toMatch(/^[0-9a-f]{64}$/)
  await page.getByRole('button', { name: 'Done' }).click()
  const me = () => fetch(`${office.app.origin}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } })
  expect((await me()).status).toBe(200)
  await page.getByRole('button', { name: 'Revoke Website form' }).click()
  await said('Token revoked.')
  expect((await me()).status).toBe(401)
  await page.getByText('No valid tokens').waitFor()
})

test('every API is tried from the page with a token that is gone again', async () => {
  const { page, api, add, complaints } = await open('apis')
  await add('Slate roof')
  const cards = page.getByRole('article')
  await cards.first().waitFor()
  const titles = await cards.getByRole('heading').allTextContents()
  expect(titles).toHaveLength((await api.get('/apis')).body.data.length)
  for (const title of titles) {
    const card = cards.filter({ has: page.getByRole('heading', { name: title, exact: true }) })
    await card.getByRole('button', { name: `Try ${title}` }).click()
    await card
      .getByRole('region', { name: `Answer of ${title}` })
      .getByText('Slate roof')
      .waitFor()
    expect(await card.getByRole('status').textContent()).toMatch(/^200 GET/)
    expect(await card.getByRole('region', { name: `curl line for ${title}` }).textContent()).toMatch(/^curl (-g )?"http/)
  }
  const tried = (await api.get('/tokens?limit=200')).body.data.filter(({ label }: { label: string }) =>
    label.startsWith('Trying'),
  )
  expect(tried).toHaveLength(titles.length)
  expect(tried.every(({ revokedAt }: { revokedAt: string | null }) => revokedAt !== null)).toBe(true)
  expect(complaints).toEqual([])
})

test('reasons, fields and rates are added and changed, and the workspace is saved', async () => {
  const { page, api, said } = await open('loss-reasons')
  await page.getByRole('textbox', { name: 'New reason' }).fill('Price')
  await page.keyboard.press('Enter')
  const name = page.getByRole('textbox', { name: 'Name of the reason' })
  await name.fill('Too dear')
  await name.press('Enter')
  await said('Reason renamed.')
  expect((await api.get('/loss-reasons')).body.data).toMatchObject([{ name: 'Too dear', kind: 'lost' }])
  await page.getByRole('textbox', { name: 'New reason' }).fill('Too dear')
  await page.keyboard.press('Enter')
  await page.getByText('Name is taken.').waitFor()

  await page.getByRole('link', { name: 'Custom fields' }).click()
  await page.getByRole('button', { name: 'Add field' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Level')
  await page.getByRole('combobox', { name: 'Type' }).selectOption('Choice')
  await page.getByRole('textbox', { name: 'Options' }).fill('Gold\nSilver\n\nGold')
  await page.getByRole('dialog').getByRole('button', { name: 'Add field' }).click()
  await said('“Level” added.')
  expect((await api.get('/custom-fields')).body.data).toMatchObject([
    { name: 'Level', type: 'choice', options: ['Gold', 'Silver'] },
  ])

  await page.getByRole('link', { name: 'Currencies' }).click()
  await page.getByRole('combobox', { name: 'Currency' }).selectOption('EUR')
  await page.getByRole('textbox', { name: 'One EUR is worth, in USD' }).fill('1.08')
  await page.keyboard.press('Enter')
  await said('Rate of EUR added.')
  await page.getByRole('link', { name: 'Workspace', exact: true }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Roofs & Co.')
  await page.getByRole('checkbox', { name: 'Weigh deals by probability' }).uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await said('Workspace saved.')
  expect((await api.get('/workspace')).body.data).toMatchObject({
    name: 'Roofs & Co.',
    rates: { EUR: 1.08 },
    features: { probability: false },
  })
})

test('sessions elsewhere are ended, and a password is changed', async () => {
  const { page, email, said } = await open('sessions', 'viewer')
  const other = await openWindow(office.browser, office.app.origin)
  const signedIn = await other.context.request.post('/api/v1/session', { data: { email, password } })
  expect(signedIn.status()).toBe(201)
  await page.reload()
  await page.getByText('This one').waitFor()
  await page.getByRole('button', { name: 'End all others' }).click()
  await said('All other sessions have ended.')
  expect((await other.context.request.get('/api/v1/me')).status()).toBe(401)

  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('textbox', { name: 'Current password' }).fill('not this one')
  await page.getByRole('textbox', { name: 'New password' }).fill('a longer horse battery')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page
    .getByText(/password is wrong|Current password/i)
    .first()
    .waitFor()
  await page.getByRole('textbox', { name: 'Current password' }).fill(password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await said('Password changed.')
  const again = await other.context.request.post('/api/v1/session', { data: { email, password: 'a longer horse battery' } })
  expect(again.status()).toBe(201)
})

test('a viewer is shown the settings and offered no change of what is everybody’s', async () => {
  const { page, complaints } = await open('workspace', 'viewer')
  await page.getByText('Changing it takes the role of admin.').waitFor()
  expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0)
  expect(await page.getByRole('textbox', { name: 'Name' }).isDisabled()).toBe(true)
  await page.getByRole('link', { name: 'People' }).click()
  await page.getByRole('region', { name: 'Members, table' }).waitFor()
  expect(await page.getByRole('main').getByRole('button').count()).toBe(0)
  for (const section of ['Loss reasons', 'Custom fields', 'Currencies']) {
    await page.getByRole('link', { name: section }).click()
    await page.getByText('You can look at this.').waitFor()
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0)
  }
  expect(complaints).toEqual([])
})
