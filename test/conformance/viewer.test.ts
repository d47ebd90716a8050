import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { createDeal } from '../../src/domain/edit-deals.ts'
import { addLossReason } from '../../src/domain/loss-reason.ts'
import { addParty } from '../../src/domain/party.ts'
import { listStages } from '../../src/domain/stage.ts'
import { openTestApp, request, type TestApp, type TestWorkspace } from '../support/app.ts'
import type { DialectClient } from '../support/driver.ts'
import { drivers } from '../support/drivers.ts'

/** A viewer changes nothing, whatever they speak: not by a call that clients make, and not by any other that is answered. */

type Kind = Parameters<DialectClient['withId']>[0]

let app: TestApp
let ws: TestWorkspace
let token: string
const ids = {} as Record<Kind, number>

beforeAll(async () => {
  // Time stands still, so that a token's use is noted once.
  const at = Date.now()
  app = await openTestApp({ now: () => at })
  ws = await app.workspace()
  const { scope } = ws
  const [first, second] = await listStages(scope)
  ids.company = (await addParty(scope, { kind: 'company', name: 'Acme' })).id
  ids.contact = (await addParty(scope, { kind: 'person', name: 'Bo', companyId: ids.company })).id
  ids.deal = (await createDeal(scope, { title: 'Deal', stageId: second?.id, contactId: ids.contact, companyId: ids.company })).id
  ids.stage = first?.id ?? 0
  ids.pipeline = first?.pipelineId ?? 0
  ids.user = (await ws.member('manager')).user.id
  ids.loss_reason = (await addLossReason(scope, { name: 'Odd' })).id
  token = (await ws.member('viewer')).token
  await request(`${app.origin}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })
  await app.registry.transaction(async () => {})
})
afterAll(() => app.close())

const dump = () => app.dump(ws.workspace.id)

test.each(drivers)('$name: the calls that clients make are refused', async (driver) => {
  const client = driver.connect({ origin: app.origin, workspace: { ...ws, token }, token })
  const before = await dump()
  const { deal, stage, pipeline } = ids
  const calls: Record<string, () => Promise<{ ok: boolean }> | undefined> = {
    createDeal: () => client.createDeal?.({ title: 'New', contactId: ids.contact }),
    changeDeal: () => client.changeDeal?.(deal, { title: 'Changed' }),
    moveDeal: () => client.moveDeal?.(deal, stage),
    winDeal: () => client.winDeal?.(deal),
    loseDeal: () => client.loseDeal?.(deal),
    deleteDeal: () => client.deleteDeal?.(deal),
    addStage: () => client.addStage?.({ pipelineId: pipeline, name: 'New' }),
    renameStage: () => client.renameStage?.(stage, 'Changed'),
    deleteStage: () => client.deleteStage?.(stage),
    addPipeline: () => client.addPipeline?.('New'),
  }
  // A driver may first make what the call needs, which a viewer cannot.
  const refused = { ok: false }
  for (const [name, call] of Object.entries(calls))
    expect([name, (await call()?.catch(() => refused))?.ok ?? false]).toEqual([name, false])
  expect((await client.getDeal(deal)).ok).toBe(true)
  for (const kind of Object.keys(ids) as Kind[]) {
    for (const call of client.withId(kind, ids[kind])) await call.send().catch(() => undefined)
  }
  expect(await dump()).toBe(before)
})

/** What anybody may write who is let in: tokens that do what they may themselves, and the end of their own sessions. */
const everybodys: readonly string[] = ['native POST /tokens', 'native DELETE /sessions']

const bodies: Readonly<Record<string, readonly unknown[]>> = {
  native: [undefined, { name: 'Changed' }],
  sell: [{ data: { name: 'Changed', last_name: 'Changed' } }],
  pipedrive: [undefined, { name: 'Changed', title: 'Changed' }],
  pipeback: [undefined, { name: 'Changed', title: 'Changed' }],
  productive: [{ data: { type: 'deals', attributes: { name: 'Changed' } } }],
  amocrm: [{}, [{ name: 'Changed' }], { name: 'Changed' }, { add: [{ name: 'Changed' }] }],
}

describe.each(dialects.map(({ name, prefix }) => [name, prefix] as const))('%s', (name, prefix) => {
  test('no route writes for a viewer', async () => {
    const writes = app.server.routes.filter(({ dialect, method }) => dialect === name && method !== 'GET')
    expect(writes.length).toBeGreaterThan(5)
    const headers = {
      authorization: `Bearer ${token}`,
      'x-auth-token': token,
      'x-organization-id': String(ws.workspace.id),
      'x-workspace-id': ws.workspace.uuid,
      'content-type': name === 'productive' ? 'application/vnd.api+json' : 'application/json',
    }
    const before = await dump()
    const done = new Set<string>()
    const statuses = new Set<number>()
    for (const { method, url } of writes) {
      const call = `${name} ${method} ${url}`
      if (everybodys.includes(call)) continue
      const known = Object.entries(ids) as [Kind, number][]
      const texts = await Promise.all(known.map(([kind, id]) => (name === 'pipeback' ? uuidOf(kind) : String(id))))
      const paths = new Set(texts.map((text) => url.replaceAll(/:\w+/g, text)))
      for (const path of paths) {
        for (const body of bodies[name] ?? []) {
          const answer = await request(app.origin + prefix + path, { method, headers, body })
          statuses.add(answer.status)
          if (answer.status < 300) done.add(call)
        }
      }
    }
    // They are known, and refused for what they are.
    expect(statuses).toContain(403)
    expect([...done]).toEqual([])
    expect(await dump()).toBe(before)
  })
})

const tables = { contact: 'party', company: 'party' } as const
const uuidOf = (kind: Kind): Promise<string> =>
  ws.uuids.uuidOf(kind === 'contact' || kind === 'company' ? tables[kind] : kind, ids[kind])
