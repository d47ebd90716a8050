import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import type { DialectClient } from '../../../../test/support/driver.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { type Client, clientIn, stagesOf } from './client.ts'
import { driver } from './driver.ts'

let app: TestApp
let ours: TestWorkspace
let mine: Client
let their: Client
/** What the other workspace has, by kind. */
let theirs: Record<Parameters<DialectClient['withId']>[0], number> & { source: number; tag: number; unqualified_reason: number }

beforeAll(async () => {
  app = await openTestApp()
  ours = await app.workspace({ template: 'sell' })
  const other = await app.workspace({ template: 'sell' })
  mine = clientIn(app, ours)
  their = clientIn(app, other)
  const deal = await their.deal({ tags: ['secret'] })
  await their.post(`/v2/deals/${deal.id}/associated_contacts`, { contact_id: await their.contact() })
  await addCustomField(other.scope, { subject: 'deal', name: 'Secret' })
  const [pipeline] = await their.list('/v2/pipelines')
  theirs = {
    deal: deal.id,
    stage: Object.values(await stagesOf(their))[0] ?? 0,
    pipeline: pipeline?.id ?? 0,
    contact: await their.contact(),
    company: await their.contact({ is_organization: true, name: 'Secret Inc.' }),
    user: other.admin.id,
    loss_reason: (await their.make('/v2/loss_reasons', { name: 'Secret' })).id,
    unqualified_reason: (await their.make('/v2/deal_unqualified_reasons', { name: 'Secret' })).id,
    source: (await their.make('/v2/sources', { name: 'Secret' })).id,
    tag: (await their.list('/v2/tags'))[0]?.id ?? 0,
  }
})
afterAll(() => app.close())

/** An id that nobody has. */
const nobodys = 987_654

describe.each(['deal', 'stage', 'pipeline', 'contact', 'company', 'user', 'loss_reason'] as const)('the id of a %s', (kind) => {
  test('is answered as one that nobody has, wherever it is used', async () => {
    const client = driver.connect({ origin: app.origin, workspace: ours })
    const foreign = client.withId(kind, theirs[kind])
    const unknown = client.withId(kind, nobodys)
    expect(foreign.length).toBeGreaterThan(1)
    for (const [index, call] of foreign.entries()) {
      expect({ call: call.name, ...(await call.send()) }).toEqual({
        call: unknown[index]?.name,
        ...(await unknown[index]?.send()),
      })
    }
  })
})

test('so are the ids of sources, tags and reasons', async () => {
  const calls = (path: string, id: number) =>
    [
      ['GET', `${path}/${id}`],
      ['PUT', `${path}/${id}`, { data: { name: 'Mine now' } }],
      ['DELETE', `${path}/${id}`],
    ] as const
  const lists = {
    '/v2/sources': theirs.source,
    '/v2/deal_sources': theirs.source,
    '/v2/tags': theirs.tag,
    '/v2/deal_unqualified_reasons': theirs.unqualified_reason,
  }
  for (const [path, id] of Object.entries(lists)) {
    for (const [method, url, body] of calls(path, id)) {
      const answer = await mine.send(method, url, body)
      expect([method, url, answer.status]).toEqual([method, url, 404])
    }
    expect(await mine.list(`${path}?ids=${id}`)).toEqual([])
    expect((await their.get(`${path}/${id}`)).status).toBe(200)
  }
  const { id, contact_id } = await mine.deal()
  for (const data of [{ source_id: theirs.source }, { unqualified_reason_id: theirs.unqualified_reason }]) {
    expect((await mine.put(`/v2/deals/${id}`, data)).status).toBe(422)
    expect((await mine.post('/v2/deals', { name: 'x', contact_id, ...data })).status).toBe(422)
  }
  expect((await mine.post(`/v2/deals/${id}/associated_contacts`, { contact_id: theirs.contact })).status).toBe(422)
  expect((await mine.get('/v2/deals?custom_fields[Secret]=x')).status).toBe(400)
})

test('nothing of the other workspace is in any list, and nothing was changed there', async () => {
  for (const path of ['/v2/loss_reasons', '/v2/deal_unqualified_reasons', '/v2/sources', '/v2/tags', '/v2/deal/custom_fields']) {
    expect([path, await mine.list(path)]).toEqual([path, []])
  }
  for (const path of ['/v2/deals', '/v2/contacts', '/v2/users', '/v2/stages', '/v2/pipelines']) {
    const seen = (await mine.list(`${path}?per_page=100`)).map(({ id }) => id)
    const hidden = (await their.list(`${path}?per_page=100`)).map(({ id }) => id)
    expect(hidden.length).toBeGreaterThan(0)
    expect(seen.filter((id) => hidden.includes(id))).toEqual([])
  }
  const deal = (await their.get(`/v2/deals/${theirs.deal}`)).body.data
  expect([deal.name, deal.tags]).toEqual(['Website Redesign', ['secret']])
  expect(await their.list(`/v2/deals/${theirs.deal}/associated_contacts`)).toHaveLength(1)
})

describe('roles', () => {
  const writes = async (): Promise<[string, string, object | undefined][]> => {
    const deal = await mine.deal()
    const reason = await mine.make('/v2/loss_reasons', { name: `Reason ${deal.id}` })
    const contact_id = await mine.contact()
    await mine.post(`/v2/deals/${deal.id}/associated_contacts`, { contact_id: deal.contact_id })
    return [
      ['POST', '/v2/deals', { name: 'x', contact_id }],
      ['PUT', `/v2/deals/${deal.id}`, { name: 'x' }],
      ['POST', `/v2/deals/upsert?name=x${deal.id}`, { name: 'x', contact_id }],
      ['POST', `/v2/deals/upsert?ids=${deal.id}`, { name: 'x' }],
      ['POST', `/v2/deals/${deal.id}/associated_contacts`, { contact_id }],
      ['DELETE', `/v2/deals/${deal.id}/associated_contacts/${deal.contact_id}`, undefined],
      ['DELETE', `/v2/deals/${deal.id}`, undefined],
      ['POST', '/v2/contacts', { last_name: 'x' }],
      ['POST', `/v2/contacts/upsert?name=x${deal.id}`, { last_name: 'x' }],
      ['PUT', `/v2/contacts/${contact_id}`, { last_name: 'x' }],
      ['DELETE', `/v2/contacts/${contact_id}`, undefined],
      ['POST', '/v2/tags', { name: `tag ${deal.id}`, resource_type: 'deal' }],
      ['POST', '/v2/loss_reasons', { name: `x ${deal.id}` }],
      ['PUT', `/v2/loss_reasons/${reason.id}`, { name: `y ${deal.id}` }],
      ['DELETE', `/v2/loss_reasons/${reason.id}`, undefined],
      ['POST', '/v2/deal_unqualified_reasons', { name: `x ${deal.id}` }],
      ['POST', '/v2/deal_sources', { name: `x ${deal.id}` }],
      ['POST', '/v2/sources', { name: `y ${deal.id}` }],
    ]
  }

  test('a viewer reads everything and writes nothing', async () => {
    const viewer = clientIn(app, await ours.member('viewer'))
    for (const path of [
      '/v2/deals',
      '/v2/contacts',
      '/v2/stages',
      '/v2/pipelines',
      '/v2/users',
      '/v2/tags',
      '/v2/loss_reasons',
      '/v2/accounts/self',
    ]) {
      expect([path, (await viewer.get(path)).status]).toEqual([path, 200])
    }
    for (const [method, path, data] of await writes()) {
      const answer = await viewer.send(method, path, data && { data })
      expect([method, path, answer.status, answer.body?.errors?.[0]?.error.code]).toEqual([
        method,
        path,
        403,
        'insufficient_scope',
      ])
    }
  })

  test('who may not write learns nothing about the ids in the request', async () => {
    const viewer = clientIn(app, await ours.member('viewer'))
    const { id, contact_id } = await mine.deal()
    for (const data of [{ source_id: nobodys }, { loss_reason_id: nobodys }, { stage_id: nobodys }]) {
      expect((await viewer.post('/v2/deals', { name: 'x', contact_id, ...data })).status).toBe(403)
      expect((await viewer.put(`/v2/deals/${id}`, data)).status).toBe(403)
    }
    expect((await viewer.put(`/v2/deals/${nobodys}`, {})).status).toBe(403)
    expect((await viewer.put(`/v2/contacts/${nobodys}`, {})).status).toBe(403)
  })

  test('an agent writes deals, contacts and tags, and leaves the lists of the account alone', async () => {
    const agent = clientIn(app, await ours.member('member'))
    for (const [method, path, data] of await writes()) {
      const answer = await agent.send(method, path, data && { data })
      const isOfAccount = /reasons|sources/.test(path)
      expect([method, path, answer.status >= 400 ? answer.status : 'ok']).toEqual([method, path, isOfAccount ? 403 : 'ok'])
    }
  })

  test('a manager writes them all', async () => {
    const manager = clientIn(app, await ours.member('manager'))
    for (const [method, path, data] of await writes()) {
      expect([method, path, (await manager.send(method, path, data && { data })).status < 300]).toEqual([method, path, true])
    }
  })
})
