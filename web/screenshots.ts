import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../bench/processes.ts'
import { token } from '../bench/stores.ts'
import { openBrowser, openWindow } from '../test/web/browser.ts'
import { builtBoard } from '../test/web/built.ts'

/** Makes the pictures of the README from the generated demo: `npm run screenshots`. */

const directory = join(import.meta.dirname, '../docs/images')

interface Picture {
  name: string
  path: string
  /** What stands there once everything does. */
  ready: string
}

/** `DEAL` stands for one that has come far. */
const pictures: readonly Picture[] = [
  { name: 'board', path: '/board', ready: '[data-card]' },
  { name: 'deal', path: '/deals/DEAL', ready: '.deal-event' },
  { name: 'editor', path: '/pipelines', ready: 'main table' },
  { name: 'insights', path: '/insights', ready: '.recharts-bar-rectangle' },
  { name: 'forecast', path: '/forecast', ready: 'main [data-month], main table, main section' },
]

const colors = ['#3b82f6', '#8b5cf6', '#d97706', '#0d9488', '#16a34a']

await builtBoard()
const store = mkdtempSync(join(tmpdir(), 'crmux-screenshots-'))
process.env.CRMUX_TOKEN = token
const server = await startServer(['--data', store, '--demo', '--template', 'pipedrive'])
const browser = await openBrowser()
try {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const api = async (path: string, init: RequestInit = {}) =>
    (await (await fetch(`${server.origin}/api/v1${path}`, { headers, ...init })).json()) as {
      data: { id: number; kind?: string }[]
    }
  const stages = (await api('/stages')).data.filter(({ kind }) => kind === 'open')
  for (const [nth, { id }] of stages.entries()) {
    await api(`/stages/${id}`, {
      method: 'PATCH',
      body: JSON.stringify({ color: colors[nth % colors.length], rotAfterDays: 14 }),
    })
  }
  // A deal that has come far has something to tell.
  const { data } = await api(`/deals?stageId=${stages.at(-1)?.id}&isArchived=false&sort=rank&limit=1`)
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openWindow(browser, server.origin, { colorScheme, extraHTTPHeaders: headers })
    for (const { name, path, ready } of pictures) {
      await page.goto(path.replace('DEAL', String(data[0]?.id)))
      await page.locator(ready).first().waitFor()
      await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-label^="Loading"]'))
      const file = join(directory, `${name}-${colorScheme}.png`)
      await page.screenshot({ path: file, animations: 'disabled' })
      console.log(`${file} ${Math.round(statSync(file).size / 1000)} kB`)
    }
    await page.context().close()
  }
} finally {
  await browser.close()
  await server.stop()
  rmSync(store, { recursive: true, force: true })
}
