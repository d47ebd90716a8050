import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import type { DialectClient } from '../../../../test/support/driver.ts'
import { addParty } from '../../../domain/party.ts'
import type { Role } from '../../../domain/user.ts'
import { coverage } from '../coverage.ts'
import { account, type Client, clientIn, stageOf } from './client.ts'
import { driver } from './driver.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

/** An account with one of everything. */
async function furnish() {
  const here = await account(app)
  const { ws, client, sales } = here
  const contact = await addParty(ws.scope, { kind: 'person', name: 'Secret person' })
  const company = await addParty(ws.scope, { kind: 'company', name: 'Secret company' })
  const deal = await client.make('/app/deals', {
    name: 'Secret',
    pipeline_id: sales.id,
    contact_id: contact.uuid,
    company_id: company.uuid,
  })
  await client.make('/app/tags', { name: 'Secret', background_color: 'x', text_color: 'y' })
  return { ...here, contact, company, deal }
}

type Kind = Parameters<DialectClient['withId']>[0]
const kinds: readonly Kind[] = ['deal', 'stage', 'pipeline', 'contact', 'company', 'user']

describe('ids of another workspace', () => {
  test.each(kinds)('of a %s are answered as ids that nobody has, wherever they are used', async (kind) => {
    const [mine, theirs] = [await furnish(), await furnish()]
    const { uuids } = theirs.ws
    const ids: Record<Kind, number> = {
      deal: await uuids.idOf('deal', theirs.deal.id),
      stage: await uuids.idOf('stage', stageOf(theirs.sales, 1).id),
      pipeline: await uuids.idOf('pipeline', theirs.other.id),
      contact: theirs.contact.id,
      company: theirs.company.id,
      user: theirs.ws.admin.id,
      loss_reason: 0,
    }
    const client = driver.connect({ origin: app.origin, workspace: mine.ws })
    const [foreign, unknown] = [client.withId(kind, ids[kind]), client.withId(kind, 987_654_321)]
    const before = [await theirs.client.pipelines(), (await theirs.client.get(`/app/deals/${theirs.deal.id}`)).body]
    expect(foreign.length).toBeGreaterThan(1)
    for (const [index, call] of foreign.entries()) {
      const answer = await call.send()
      expect({ call: call.name, ...answer }).toEqual({ call: call.name, ...(await unknown[index]?.send()) })
      expect(JSON.stringify(answer)).not.toContain('Secret')
    }
    expect([await theirs.client.pipelines(), (await theirs.client.get(`/app/deals/${theirs.deal.id}`)).body]).toEqual(before)
  })

  test('every call with an id in its path is tried', () => {
    const client = driver.connect({ origin: app.origin, workspace: { uuids: { uuidOf: async () => '' } } as never })
    const tried = new Set(
      kinds.flatMap((kind) =>
        client.withId(kind, 0).map(({ name }) => name.replaceAll(/#|PIPELINE|STAGE/g, ':').replace(/^(\S+ [^ ?]+).*/, '$1')),
      ),
    )
    for (const { method, path, status } of coverage) {
      if (status !== 'absent' && path.includes(':')) expect(tried).toContain(`${method} ${path.replaceAll(/:\w+/g, ':')}`)
    }
  })

  test('no list shows another workspace’s rows', async () => {
    const [mine] = [await account(app), await furnish()]
    for (const path of ['/app/deals', '/app/contacts', '/app/companies', '/app/tags', '/app/deals?search=secret'])
      expect([path, (await mine.client.list(path)).body.data]).toEqual([path, []])
    expect((await mine.client.list('/app/workspaces')).body.data.map(({ id }) => id)).toEqual([mine.ws.workspace.uuid])
    expect((await mine.client.list('/app/deals')).body.meta.total).toBe(0)
  })
})

describe('roles', () => {
  const forbidden = { status: 'error', message: 'This action is unauthorized.' }

  test('viewers read, members write deals and tags, managers also pipelines and stages', async () => {
    const { ws, sales, other, deal } = await furnish()
    const as = async (role: Role): Promise<Client> => clientIn(app, ws, (await ws.member(role)).token)
    const [viewer, member, manager] = [await as('viewer'), await as('member'), await as('manager')]
    const stage = `/app/pipelines/${other.id}/stages/${stageOf(other, 1).id}`
    const structure: [string, string, object?][] = [
      ['POST', '/app/pipelines', { name: 'x' }],
      ['PUT', `/app/pipelines/${other.id}`, { name: 'x' }],
      ['PATCH', `/app/pipelines/${other.id}`, { name: 'x' }],
      ['POST', `/app/pipelines/${other.id}/stages`, { name: 'x' }],
      ['PUT', stage, { name: 'x' }],
      ['PATCH', stage, { name: 'x' }],
      ['DELETE', stage],
      ['DELETE', `/app/pipelines/${other.id}`],
    ]
    const dealing: [string, string, object?][] = [
      ['POST', '/app/deals', { name: 'x', pipeline_id: sales.id }],
      ['PUT', `/app/deals/${deal.id}`, { name: 'x' }],
      ['PATCH', `/app/deals/${deal.id}`, { name: 'x' }],
      ['DELETE', `/app/deals/${deal.id}`],
      ['POST', '/app/tags', { name: 'x', background_color: 'x', text_color: 'x' }],
    ]
    const tried = [...structure, ...dealing].map(([method]) => method).length
    expect(tried).toBe(coverage.filter(({ method, status }) => method !== 'GET' && status !== 'absent').length)
    for (const [client, calls] of [
      [viewer, [...structure, ...dealing]],
      [member, structure],
    ] as const)
      for (const [method, path, body] of calls) {
        const answer = await client.send(method, path, body)
        expect([method, path, answer.status, answer.body]).toEqual([method, path, 403, forbidden])
      }
    for (const path of ['/app/workspaces', '/app/pipelines', '/app/deals', '/app/contacts', '/app/companies', '/app/tags'])
      expect([path, (await viewer.get(path)).status]).toEqual([path, 200])
    expect((await viewer.get(`/app/deals/${deal.id}`)).status).toBe(200)
    for (const [client, calls] of [
      [member, dealing],
      [manager, structure],
    ] as const)
      for (const [method, path, body] of calls)
        expect([method, path, (await client.send(method, path, body)).status < 300]).toEqual([method, path, true])
  })

  test('a member learns nothing of the protection of the default pipeline', async () => {
    const { ws, sales } = await account(app)
    const member = clientIn(app, ws, (await ws.member('member')).token)
    const answer = await member.delete(`/app/pipelines/${sales.id}/stages/${stageOf(sales, 1).id}`)
    expect([answer.status, answer.body]).toEqual([403, forbidden])
  })
})
