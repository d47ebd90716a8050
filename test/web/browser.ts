import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Where Debian installs it; elsewhere `CHROMIUM_PATH` says where. */
const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Windows that are covered by others are drawn all the same.
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

/** A browser for one file of tests. Where there is none the tests fail and say what to do. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(chromiumPath)) {
    throw new Error(
      `These tests need Chromium, and there is none at ${chromiumPath}. Install it (apt-get install -y --no-install-recommends chromium) or set CHROMIUM_PATH.`,
    )
  }
  return chromium.launch({ executablePath: chromiumPath, args: flags })
}

export interface Window {
  page: Page
  context: BrowserContext
  /** What the browser complained about: errors of scripts, what the policy refused, calls to elsewhere. */
  complaints: string[]
}

/** A window of its own, as another person at another machine has it. */
export async function openWindow(
  browser: Browser,
  origin: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Window> {
  const context = await browser.newContext({
    baseURL: origin,
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(8000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A request that is refused on purpose is logged as well.
    if (message.type() === 'error' && !/the server responded with a status of/.test(message.text()))
      complaints.push(message.text())
  })
  page.on('request', (sent) => {
    if (!sent.url().startsWith(origin) && !sent.url().startsWith('data:')) complaints.push(sent.url())
  })
  return { page, context, complaints }
}
