import type { Browser } from 'playwright-core'
import { type Body, type Client, clientOf } from '../../src/dialects/native/test/client.ts'
import type { Role } from '../../src/domain/user.ts'
import { openTestApp, type TestApp, type TestAppOptions, type TestWorkspace } from '../support/app.ts'
import { openBrowser, openWindow, type Window } from './browser.ts'
import { builtBoard } from './built.ts'

/** A served board and a browser. Every test sets up a workspace of its own. */
export interface Office {
  app: TestApp
  browser: Browser
  workspace(): Promise<Desk>
  close(): Promise<void>
}

/** A workspace with one pipeline, and people at windows. */
export interface Desk {
  ws: TestWorkspace
  /** The admin's view through the native API. */
  api: Client
  pipelineId: number
  /** Ids of the stages by their names. */
  stages: Record<'Lead' | 'Offer' | 'Deal', number>
  add(title: string, stage?: keyof Desk['stages'], more?: object): Promise<Body>
  /**
   * Opens a window of somebody in this workspace, at an address. A token in every request stands for being signed in, which takes half a
   * second of hashing; signing in has tests of its own.
   */
  window(path?: string, options?: { role?: Role } & Parameters<Browser['newContext']>[0]): Promise<Window>
}

export async function openOffice(options: Pick<TestAppOptions, 'allowPrivate'> = {}): Promise<Office> {
  const web = await builtBoard()
  const [app, browser] = await Promise.all([openTestApp({ web, ...options }), openBrowser()])
  return {
    app,
    browser,
    workspace: () => openDesk(app, browser),
    async close() {
      await browser.close()
      await app.close()
    },
  }
}

async function openDesk(app: TestApp, browser: Browser): Promise<Desk> {
  const ws = await app.workspace()
  const api = clientOf({ origin: app.origin, token: ws.token })
  const { body } = await api.post('/pipelines', {
    name: 'Roofs',
    hasProbability: true,
    isDefault: true,
    stages: [
      { name: 'Lead', probability: 20, rotAfterDays: 7, color: '#3b82f6' },
      { name: 'Offer', probability: 50 },
      { name: 'Deal', probability: 90 },
    ],
  })
  const pipelineId: number = body.data.id
  const all: Body[] = (await api.get(`/pipelines/${pipelineId}/stages`)).body.data
  const stages = Object.fromEntries(all.map(({ name, id }) => [name, id])) as Desk['stages']
  let count = 0
  return {
    ws,
    api,
    pipelineId,
    stages,
    async add(title, stage = 'Lead', more = {}) {
      return (await api.post('/deals', { title, stageId: stages[stage], ...more })).body.data
    },
    async window(path = `/board/${pipelineId}`, { role = 'member', ...options } = {}) {
      const { token } = await ws.member(role, `Person ${++count}`)
      const window = await openWindow(browser, app.origin, { extraHTTPHeaders: { authorization: `Bearer ${token}` }, ...options })
      await window.page.goto(path)
      return window
    },
  }
}
