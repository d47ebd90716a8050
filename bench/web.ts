import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openBrowser } from '../test/web/browser.ts'
import { builtBoard } from '../test/web/built.ts'
import { startServer } from './processes.ts'
import { sqliteStores, token } from './stores.ts'

/**
 * Measures the board in a real browser against its targets, and writes docs/performance-web.md.
 * `npm run bench:web -- [--sizes 1000,1000000] [--keep DIR] [--dry]`; `--keep` as in `npm run bench`.
 */

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,1000000' },
    keep: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
})
const sizes = options.sizes.split(',').map(Number)
const [small = 1000, large = small] = [Math.min(...sizes), Math.max(...sizes)]
const page = 'docs/performance-web.md'
const runs = 5

/** What is found on the way, for whoever waits. */
const tell = (text: string): void => console.error(text)

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const whole = (value: number): string => Math.round(value).toLocaleString('en')

const windowAt = (browser: Browser, origin: string, more: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> =>
  browser.newContext({
    baseURL: origin,
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
    ...more,
  })

interface Place {
  origin: string
  /** The address of the board that holds the most. */
  board: string
}

async function placeOf(origin: string): Promise<Place> {
  const headers = { authorization: `Bearer ${token}` }
  const read = async <T>(path: string): Promise<T> =>
    ((await (await fetch(`${origin}/api/v1${path}`, { headers })).json()) as { data: T }).data
  let largest = { id: 0, count: -1 }
  for (const { id } of await read<{ id: number }[]>('/pipelines')) {
    const { stages } = await read<{ stages: { totals: { count: number }[] }[] }>(`/pipelines/${id}/totals`)
    const count = stages.flatMap(({ totals }) => totals).reduce((sum, total) => sum + total.count, 0)
    if (count > largest.count) largest = { id, count }
  }
  return { origin, board: `/board/${largest.id}` }
}

/** From the beginning of the navigation to the first frame with cards in every column, in a browser that has nothing cached. */
async function opening(browser: Browser, { origin, board }: Place): Promise<number> {
  const context = await windowAt(browser, origin)
  const page = await context.newPage()
  await page.addInitScript(() => {
    const look = () => {
      const columns = document.querySelectorAll('.column[data-stage]')
      const isThere = columns.length > 0 && [...columns].every((column) => column.querySelector('[data-card]'))
      if (isThere) document.documentElement.dataset.openedMs = String(performance.now())
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
  await page.goto(board)
  await page.waitForFunction(() => document.documentElement.dataset.openedMs !== undefined)
  const ms = Number(await page.evaluate(() => document.documentElement.dataset.openedMs))
  await context.close()
  return ms
}

/** All JavaScript that the board asks for until it stands there, as it travels. */
async function javascript(browser: Browser, { origin, board }: Place, built: string): Promise<number> {
  const context = await windowAt(browser, origin)
  const page = await context.newPage()
  const scripts = new Set<string>()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (pathname.endsWith('.js')) scripts.add(pathname)
  })
  await page.goto(board, { waitUntil: 'networkidle' }).catch(() => {})
  await page.locator('[data-card]').first().waitFor()
  await context.close()
  return [...scripts].reduce((sum, path) => sum + gzipSync(readFileSync(join(built, path)), { level: 9 }).length, 0)
}

const nodes = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll('*').length)

/** Scrolls a column as far as so many cards, screen by screen, and tells how many nodes there were at most. */
async function scrolling(page: Page, cards: number): Promise<{ most: number; ms: number }> {
  const list = page.locator('.column-list').first()
  const began = performance.now()
  let most = await nodes(page)
  for (let step = 1; step <= 40; step++) {
    await list.evaluate((element, top) => element.scrollTo(0, top), (step / 40) * cards * 78)
    await page.waitForFunction(() => {
      const list = document.querySelector('.column-list')
      const seen = [...(list?.querySelectorAll('.column-row') ?? [])]
      return seen.length > 0 && seen.some((row) => row.querySelector('[data-card]')) && !list?.querySelector('.card-shape')
    })
    most = Math.max(most, await nodes(page))
  }
  return { most, ms: performance.now() - began }
}

/** The longest time between two frames while a card is dragged over all columns and back. */
async function dragging(page: Page): Promise<number> {
  const card = await page.locator('[data-card]').first().boundingBox()
  if (!card) throw new Error('no card')
  await page.mouse.move(card.x + 60, card.y + 30)
  await page.mouse.down()
  await page.mouse.move(card.x + 70, card.y + 40, { steps: 3 })
  await page.locator('.board[data-dragging]').waitFor()
  await page.evaluate(() => {
    const frames = { longest: 0, last: performance.now() }
    Object.assign(globalThis, { frames })
    const frame = (now: number) => {
      frames.longest = Math.max(frames.longest, now - frames.last)
      frames.last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame((now) => {
      frames.last = now
      requestAnimationFrame(frame)
    })
  })
  for (const x of [1200, 100, 1200, 400]) await page.mouse.move(x, 300 + (x % 300), { steps: 60 })
  const longest = await page.evaluate(() => (globalThis as unknown as { frames: { longest: number } }).frames.longest)
  await page.mouse.up()
  return longest
}

/** From the key that drops a card in one window to the frame that shows it in another. */
async function latency(browser: Browser, { origin, board }: Place): Promise<number[]> {
  const pages: Page[] = []
  for (let n = 0; n < 2; n++) {
    const page = await (await windowAt(browser, origin)).newPage()
    await page.goto(board)
    await page.locator('[data-card]').first().waitFor()
    pages.push(page)
  }
  const [one, two] = pages
  if (!one || !two) return []
  const found: number[] = []
  for (let n = 0; n < 10; n++) {
    const card = one
      .locator('.column')
      .nth(n % 2)
      .locator('[data-card]')
      .first()
    const id = await card.getAttribute('data-card')
    const goal = (n + 1) % 2
    const arrives = two.evaluate(
      ([id, goal]) =>
        new Promise<number>((resolve, reject) => {
          setTimeout(() => reject(new Error('the move was not seen')), 10_000)
          const look = () => {
            const column = document.querySelectorAll('.column')[Number(goal)]
            if (column?.querySelector(`[data-card="${id}"]`)) resolve(Date.now())
            else requestAnimationFrame(look)
          }
          look()
        }),
      [id, goal] as const,
    )
    // Whoever fails meanwhile tells why; this one then only says that the window is gone.
    arrives.catch(() => {})
    // The second Space is the one that drops.
    await one.evaluate(() => {
      const times: number[] = []
      const press = ({ key }: KeyboardEvent) => {
        if (key === ' ' && times.push(Date.now()) === 2) document.body.dataset.droppedAt = String(times[1])
        if (times.length === 2) removeEventListener('keydown', press, { capture: true })
      }
      addEventListener('keydown', press, { capture: true })
    })
    await one.locator(`[data-card="${id}"] a`).focus()
    for (const key of [' ', n % 2 === 0 ? 'ArrowRight' : 'ArrowLeft', ' ']) await one.keyboard.press(key)
    const seenAt = await arrives
    const droppedAt = Number(await one.evaluate(() => document.body.dataset.droppedAt))
    found.push(seenAt - droppedAt)
    // The next one begins when the first window has come to rest as well.
    await one.locator(`.column:nth-of-type(${goal + 1}) [data-card="${id}"]`).waitFor()
  }
  for (const page of pages) await page.context().close()
  return found
}

/** Until something stands there and nothing says that it is on its way. */
const settled = (page: Page) =>
  page.waitForFunction(
    () => document.querySelector('main *, form, .empty') && !document.querySelector('.skeleton, [aria-label^="Loading"]'),
  )

/** Every page that the navigation leads to, the tabs within them, and the panel of a deal. */
async function pathsOf(page: Page): Promise<string[]> {
  const links = (selector: string) =>
    page.locator(selector).evaluateAll((all) => all.map((link) => new URL((link as HTMLAnchorElement).href).pathname))
  const paths = new Set(await links('.shell-nav a'))
  for (const path of [...paths]) {
    await page.goto(path)
    await settled(page)
    for (const inner of await links('main nav a')) paths.add(inner)
  }
  return [...paths, '/deals/1']
}

interface Finding {
  path: string
  scheme: 'light' | 'dark'
  rules: string[]
}

async function accessibility(browser: Browser, { origin, board }: Place): Promise<{ pages: number; findings: Finding[] }> {
  const findings: Finding[] = []
  let pages = 0
  for (const scheme of ['light', 'dark'] as const) {
    const context = await windowAt(browser, origin, { colorScheme: scheme, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await page.goto(board)
    await page.locator('[data-card]').first().waitFor()
    const paths = await pathsOf(page)
    const signedOut = await browser.newContext({ baseURL: origin, colorScheme: scheme })
    for (const path of [...paths, '/sign-in', '/welcome']) {
      const window = path === '/sign-in' || path === '/welcome' ? await signedOut.newPage() : page
      await window.goto(path)
      await settled(window)
      const { violations } = await new AxeBuilder({ page: window }).setLegacyMode().analyze()
      const rules = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)
      pages++
      if (rules.length > 0) findings.push({ path, scheme, rules })
      tell(`axe ${scheme} ${path}: ${rules.length === 0 ? 'nothing' : rules.join(', ')}`)
    }
    await context.close()
    await signedOut.close()
  }
  return { pages, findings }
}

const built = await builtBoard()
const root = options.keep ?? mkdtempSync(join(tmpdir(), 'crmux-bench-web-'))
const stores = sqliteStores({ keep: root })
const browser = await openBrowser()
try {
  const openedMs: Record<number, number> = {}
  let found:
    | {
        js: number
        before: number
        scrolled: Awaited<ReturnType<typeof scrolling>>
        longest: number
        seen: number[]
        axe: Awaited<ReturnType<typeof accessibility>>
      }
    | undefined
  for (const size of [small, large]) {
    const server = await startServer((await stores.build(size)).args)
    try {
      const place = await placeOf(server.origin)
      await opening(browser, place)
      const all: number[] = []
      for (let n = 0; n < runs; n++) all.push(await opening(browser, place))
      openedMs[size] = median(all)
      tell(`${size} deals opened: ${all.map(whole).join(', ')} ms`)
      if (size !== large) continue
      const js = await javascript(browser, place, built)
      const context = await windowAt(browser, server.origin)
      const window = await context.newPage()
      await window.goto(place.board)
      await window.locator('[data-card]').first().waitFor()
      const before = await nodes(window)
      const longest = await dragging(window)
      const scrolled = await scrolling(window, 10_000)
      await context.close()
      tell(`${js} bytes of JavaScript, ${before} nodes, ${scrolled.most} at most, longest frame ${longest.toFixed(1)} ms`)
      const seen = await latency(browser, place)
      tell(`moves seen after ${seen.join(', ')} ms`)
      found = { js, before, scrolled, longest, seen, axe: await accessibility(browser, place) }
    } finally {
      await server.stop()
    }
  }
  if (!found) throw new Error('nothing was measured')
  const { js, before, scrolled, longest, seen, axe } = found
  const [openSmall = 0, openLarge = 0] = [openedMs[small], openedMs[large]]
  const rows: [string, string, string, boolean][] = [
    ['JavaScript for the board, gzip', '≤ 150 kB', `${(js / 1000).toFixed(1)} kB`, js <= 150_000],
    [`board of ${whole(large)} deals to first cards`, '≤ 1,000 ms', `${whole(openLarge)} ms`, openLarge <= 1000],
    [
      `the same against ${whole(small)} deals (${whole(openSmall)} ms)`,
      '≤ 1.3 ×',
      `${(openLarge / openSmall).toFixed(2)} ×`,
      openLarge <= 1.3 * openSmall,
    ],
    ['DOM nodes on that board', '≤ 3,000', whole(before), before <= 3000],
    ['at most, while scrolling 10,000 cards', '≤ 3,000', whole(scrolled.most), scrolled.most <= 3000],
    ['longest frame while dragging over that board', '≤ 50 ms', `${longest.toFixed(1)} ms`, longest <= 50],
    ['a move in window A seen in window B, middle of ten', '≤ 300 ms', `${whole(median(seen))} ms`, median(seen) <= 300],
    [
      `axe-core, ${axe.pages / 2} pages, light and dark: serious or critical`,
      '0',
      whole(axe.findings.length),
      axe.findings.length === 0,
    ],
  ]
  const [cpu] = cpus()
  const text = `# How fast the board is

Written by \`npm run bench:web\`; do not edit it. Headless Chromium ${browser.version()} with an empty cache, a window of 1280 × 800, and the server as
\`npm start\` starts it on SQLite, both on the same machine.

${new Date().toISOString().slice(0, 10)}, ${cpu?.model.trim()}, ${cpus().length} cores.

| | wanted | found | holds |
| --- | ---: | ---: | --- |
${rows.map(([what, wanted, is, holds]) => `| ${what} | ${wanted} | ${is} | ${holds ? 'yes' : '**no**'} |`).join('\n')}

Moves seen by the other window: ${seen.map((ms) => `${whole(ms)} ms`).join(', ')}. Scrolling 10,000 cards in 40 jumps, each waiting for its cards, takes
${(scrolled.ms / 1000).toFixed(1)} s.
${axe.findings.map(({ path, scheme, rules }) => `\n- ${path} (${scheme}): ${rules.join(', ')}`).join('')}`
  console.log(text)
  if (!options.dry) writeFileSync(page, `${text.trimEnd()}\n`)
} finally {
  await browser.close()
  if (options.keep === undefined) rmSync(root, { recursive: true, force: true })
}
