import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, request, type TestApp } from '../../test/support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

test('the reference and all its files come from here, without a token', async () => {
  const page = await request(`${app.origin}/docs`)
  expect(page.status).toBe(200)
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
  expect(links.length).toBeGreaterThanOrEqual(5)
  for (const link of links) {
    expect(link).toMatch(/^\/docs\//)
    const { status, headers, text } = await request(app.origin + link)
    expect([link, status, text.length > 0]).toEqual([link, 200, true])
    expect(headers.get('content-type')).toMatch(/^(?:text\/(?:css|javascript); charset=utf-8|image\/png)$/)
  }
  const start = (await request(`${app.origin}/docs/start.js`)).text
  const url = /"url":"([^"]+)"/.exec(start)?.[1]
  expect((await request(`${app.origin}${url}`)).body).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) })
})

const browser = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

test.skipIf(!existsSync(browser))(
  'the reference is drawn in a browser without a complaint and without a call elsewhere',
  async () => {
    const { chromium } = await import('playwright-core')
    const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox', '--disable-gpu'] })
    try {
      const page = await chrome.newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('request', (sent) => {
        if (!sent.url().startsWith(app.origin) && !sent.url().startsWith('data:')) complaints.push(sent.url())
      })
      await page.goto(`${app.origin}/docs`)
      await page.locator('#operations-Deals-moveDeal .opblock-summary-control').click()
      await page
        .getByText('Put it before this deal of the stage')
        .or(page.locator('#operations-Deals-moveDeal .example'))
        .first()
        .waitFor()
      expect(await page.locator('.opblock').count()).toBeGreaterThan(50)
      expect(complaints).toEqual([])
    } finally {
      await chrome.close()
    }
  },
)
