import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWindow } from './browser.ts'
import { type Office, openOffice } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

test('an invited person sets a password, is in, signs out, and the session is over on the server', async () => {
  const { api, ws } = await office.workspace()
  const email = `kim@${ws.workspace.subdomain}.example`
  const { url } = (await api.post('/invitations', { email, role: 'member' })).body.data
  const { page, context, complaints } = await openWindow(office.browser, office.app.origin)
  await page.goto(url)
  await page.getByText(`You will sign in as ${email}.`).waitFor()
  await page.getByRole('textbox', { name: 'Your name' }).fill('Kim')
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('correct horse battery')
  await page.getByRole('textbox', { name: 'Password again' }).fill('correct horse')
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await page.getByText('The passwords are not the same.').waitFor()
  await page.getByRole('textbox', { name: 'Password again' }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await page.getByRole('region', { name: 'Lead', exact: true }).waitFor()
  expect(page.url()).not.toContain('#')

  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const me = () => fetch(`${office.app.origin}/api/v1/me`, { headers: { cookie } })
  expect(await (await me()).json()).toMatchObject({ user: { name: 'Kim', role: 'member' } })
  await page.getByRole('button', { name: 'Account of Kim' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect((await me()).status).toBe(401)

  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The e-mail address or the password is wrong.').waitFor()
  await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('region', { name: 'Lead', exact: true }).waitFor()
  await page.goto(url)
  await page.getByText('This link is not valid any more').waitFor()
  expect(complaints).toEqual([])
})

test('a link to a deal shows it after signing in, and a session that ended elsewhere asks again', async () => {
  const { api, add, ws } = await office.workspace()
  const deal = await add('Roof')
  const email = `ann@${ws.workspace.subdomain}.example`
  const { url } = (await api.post('/invitations', { email, role: 'member', name: 'Ann' })).body.data
  const password = 'correct horse battery'
  const { page, context } = await openWindow(office.browser, office.app.origin)
  await context.request.post('/api/v1/welcome', { data: { secret: url.split('#')[1], password } })
  await context.clearCookies()
  await page.goto(`/deals/${deal.id}`)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('textbox', { name: 'Title' }).waitFor()
  await context.clearCookies()
  await page.getByRole('textbox', { name: 'Title' }).fill('New roof')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect((await api.get(`/deals/${deal.id}`)).body.data.title).toBe('Roof')
})
