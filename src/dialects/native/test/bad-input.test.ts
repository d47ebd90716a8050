import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { type Answer, type Body, type Client, clientOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let api: Client
let ids: Record<string, number>
let delivery: number

beforeAll(async () => {
  app = await openTestApp()
  ws = await app.workspace()
  api = clientOf({ origin: app.origin, token: ws.token })
  const one = async (path: string, body: object): Promise<number> => (await api.post(path, body)).body.data.id
  const [stage] = (await api.get('/stages')).body.data
  const session = async (): Promise<number> => {
    await ws.session()
    return (await api.get('/sessions')).body.data[0].id
  }
  ids = {
    pipelines: stage.pipelineId,
    stages: stage.id,
    deals: await one('/deals', { title: 'Deal' }),
    contacts: await one('/contacts', { name: 'Bo' }),
    companies: await one('/companies', { name: 'Acme' }),
    'loss-reasons': await one('/loss-reasons', { name: 'Odd' }),
    'custom-fields': await one('/custom-fields', { subject: 'deal', name: 'Field' }),
    users: ws.admin.id,
    views: await one('/views', { name: 'View', page: 'list', query: '' }),
    tokens: (await api.get('/tokens')).body.data[0].id,
    webhooks: await one('/webhooks', { url: 'https://receiver.example', events: ['*'] }),
    invitations: await one('/invitations', { email: 'bo@acme.example' }),
    sessions: await session(),
  }
  delivery = await one(`/webhooks/${ids.webhooks}/test`, {})
})
afterAll(() => app.close())

/** Every route, its id filled in with one that is there. */
const routes = () =>
  app.server.routes
    .filter(({ dialect, url }) => dialect === 'native' && url !== '/openapi.json')
    .map(({ method, url, spec }) => {
      const path = url.replace(':id', String(ids[url.split('/')[1] ?? ''])).replace(':delivery', String(delivery))
      return { method, url, spec, path }
    })

const withBody = () => routes().filter(({ method, spec }) => spec.body !== undefined && method !== 'GET')

/** Everything in the workspace, to see that nothing has changed. Times of tokens' use are not in it. */
async function everything(): Promise<string> {
  const lists = [
    'workspace',
    'users',
    'pipelines',
    'stages',
    'deals?deleted=both',
    'contacts',
    'companies',
    'loss-reasons',
    'custom-fields',
    'invitations',
    'sessions',
  ]
  const texts = await Promise.all(lists.map(async (path) => (await api.get(`/${path}`)).text))
  return texts.join('\n')
}

function expectProblem({ status, body, headers, text }: Answer, where: string): void {
  expect(status, `${where}: ${text}`).toBeGreaterThanOrEqual(400)
  expect(status, `${where}: ${text}`).toBeLessThan(500)
  expect(headers.get('content-type'), where).toBe('application/problem+json')
  expect(body, where).toMatchObject({
    status,
    type: expect.stringMatching(/^urn:crmux:problem:[a-z-]+$/),
    detail: expect.any(String),
  })
}

describe('native: bad input is a problem with the field named, and no write', () => {
  const bodies: [string, string | Uint8Array, number][] = [
    ['no JSON', '{"title":', 400],
    ['two documents', '{} {}', 400],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ['UTF-16', new Uint8Array(Buffer.from('\ufeff{"title":"x"}', 'utf16le')), 400],
    ['nested too deep', `${'['.repeat(5000)}${']'.repeat(5000)}`, 400],
    ['prototype keys', '{"__proto__":{"role":"admin"},"title":"x"}', 400],
    ['a list', '[]', 422],
    ['a text', '"title"', 422],
    ['a number', '1e999', 422],
    ['null', 'null', 422],
    ['an unknown field', '{"nobodyKnows":1}', 422],
  ]

  test.each(bodies)('over all routes: a body that is %s', async (_name, body, status) => {
    const before = await everything()
    for (const { method, path, url } of withBody()) {
      const answer = await api.send(method, path, body)
      expectProblem(answer, `${method} ${url}`)
      expect(answer.status, `${method} ${url}`).toBe(status)
      if (status === 422) expect(answer.body.errors.length).toBeGreaterThan(0)
    }
    expect(await everything()).toBe(before)
  })

  test('over all routes: a text of 10 MB', async () => {
    const body = JSON.stringify({ title: 'x'.repeat(10_000_000) })
    for (const { method, path, url } of withBody().slice(0, 6)) {
      const answer = await api.send(method, path, body).catch(() => undefined)
      // The server hangs up on whoever goes on sending; a client may see that before the answer.
      if (answer) expect([answer.status, answer.body.type], url).toEqual([413, 'urn:crmux:problem:too-large'])
    }
    const texts = ['title', 'externalId', 'lossComment', 'currency', 'value', 'expectedCloseDate']
    for (const field of texts) {
      const answer = await api.patch(`/deals/${ids.deals}`, { [field]: 'x'.repeat(3_000_000) })
      expect(answer.status, field).toBe(422)
      expect(answer.body.errors[0].field, field).toBe(field)
      expect(answer.text.length).toBeLessThan(2000)
    }
  })

  test('over all routes: a body of another media type', async () => {
    for (const { method, path, url } of withBody()) {
      const answer = await api.send(method, path, '<title/>', { 'content-type': 'text/xml' })
      expect([answer.status, answer.body.type], `${method} ${url}`).toEqual([415, 'urn:crmux:problem:media-type'])
    }
  })

  test('over all routes: an unknown parameter, by its name', async () => {
    const before = await everything()
    for (const { method, path, url } of routes()) {
      const answer = await api.send(method, `${path}?nobodyKnows=1`)
      expect(answer.status, `${method} ${url} ${answer.text}`).toBe(400)
      expect(answer.body.errors, `${method} ${url}`).toContainEqual({
        field: 'nobodyKnows',
        rule: 'unknown',
        message: 'is not known here',
      })
    }
    expect(await everything()).toBe(before)
  })

  test('over all routes: ids that are unknown, malformed, negative or beyond all numbers', async () => {
    const before = await everything()
    for (const { method, url, spec } of routes().filter(({ url }) => url.includes(':id'))) {
      for (const id of ['999999', '0', '-1', 'abc', '1.5', '1e3', '9223372036854775808', '9'.repeat(40), '%20', 'null']) {
        const body = spec.body === undefined ? undefined : sample(url, method)
        const answer = await api.send(method, url.replace(':id', id), body)
        expect([answer.status, method, url, id]).toEqual([404, method, url, id])
        expectProblem(answer, url)
      }
    }
    expect(await everything()).toBe(before)
  })

  /** A body that would be right if the record were there. */
  const sample = (url: string, method: string) =>
    url.endsWith('/move')
      ? { place: 'first' }
      : url.endsWith('/merge')
        ? { into: ids.stages }
        : method === 'PATCH'
          ? {}
          : undefined

  test('over all routes: wrong methods, with those that are right', async () => {
    for (const url of new Set(routes().map(({ path }) => path))) {
      const answer = await api.send('PUT', url, {})
      expect([answer.status, url]).toEqual([405, url])
      const allowed = routes().filter(({ path }) => path === url)
      for (const { method } of allowed) expect(answer.headers.get('allow')).toContain(method)
    }
  })

  test.each([
    ['limit=0', 'limit', 'range'],
    ['limit=-5', 'limit', 'range'],
    ['limit=201', 'limit', 'range'],
    ['limit=ten', 'limit', 'format'],
    ['limit=', 'limit', 'format'],
    ['limit=1&limit=2', 'limit', 'type'],
    ['sort=colour', 'sort', 'choice'],
    ['sort=id,title', 'sort', 'choice'],
    ['stageId=abc', 'stageId', 'format'],
    ['stageId=-1', 'stageId', 'format'],
    ['ids=1,,2', 'ids', 'format'],
    [`ids=${Array.from({ length: 201 }, (_, i) => i).join()}`, 'ids', 'format'],
    ['outcome=open,draw', 'outcome.1', 'choice'],
    ['isArchived=yes', 'isArchived', 'choice'],
    ['deleted=true', 'deleted', 'choice'],
    ['minAmount=1.5', 'minAmount', 'format'],
    ['minAmount=99999999999999999999', 'minAmount', 'format'],
    ['expectedCloseDate=2026-02-30', 'expectedCloseDate', 'format'],
    ['updatedSince=yesterday', 'updatedSince', 'format'],
    ['updatedSince=2026-01-01', 'updatedSince', 'format'],
    ['updatedSince=2026-01-01T25:00:00Z', 'updatedSince', 'format'],
    ['text=', 'text', 'blank'],
    ['customField=Gold', 'customField', 'format'],
    ['page=2', 'page', 'unknown'],
  ])('GET /deals?%s', async (query, field, rule) => {
    const answer = await api.get(`/deals?${query}`)
    expect(answer.status, answer.text).toBe(400)
    expect(answer.body.type).toBe('urn:crmux:problem:bad-parameter')
    expect(answer.body.errors).toEqual([expect.objectContaining({ field, rule, message: expect.any(String) })])
    expect(answer.body.detail).toContain(field)
  })

  test.each([
    [{ title: null }, 'title', 'type'],
    [{ title: 7 }, 'title', 'type'],
    [{ title: '' }, 'title', 'blank'],
    [{ title: 'x'.repeat(256) }, 'title', 'too_long'],
    [{ amount: 1.5 }, 'amount', 'type'],
    [{ amount: 1e300 }, 'amount', 'range'],
    [{ amount: 2e15 }, 'amount', 'range'],
    [{ value: 'ten' }, 'value', 'format'],
    [{ value: '1e30' }, 'value', 'range'],
    [{ value: true }, 'value', 'type'],
    [{ value: 1, amount: 100 }, 'value', 'not_allowed'],
    [{ currency: 'usd' }, 'currency', 'unknown'],
    [{ currency: null }, 'currency', 'type'],
    [{ stageId: 999_999 }, 'stageId', 'not_found'],
    [{ stageId: 2 ** 63 }, 'stageId', 'range'],
    [{ stageId: '301' }, 'stageId', 'type'],
    [{ stageId: -1 }, 'stageId', 'not_found'],
    [{ pipelineId: 999_999 }, 'pipelineId', 'not_found'],
    [{ outcome: 'draw' }, 'outcome', 'choice'],
    [{ ownerId: 999_999 }, 'ownerId', 'not_found'],
    [{ ownerId: null }, 'ownerId', 'type'],
    [{ contactId: 999_999 }, 'contactId', 'not_found'],
    [{ companyId: 999_999 }, 'companyId', 'not_found'],
    [{ probability: 101 }, 'probability', 'range'],
    [{ probability: -1 }, 'probability', 'range'],
    [{ probability: 0.5 }, 'probability', 'type'],
    [{ expectedCloseDate: '31.12.2026' }, 'expectedCloseDate', 'format'],
    [{ expectedCloseDate: '2026-02-29' }, 'expectedCloseDate', 'format'],
    [{ lossReasonId: 999_999 }, 'lossReasonId', 'not_found'],
    [{ lossComment: 'x'.repeat(10_001) }, 'lossComment', 'too_long'],
    [{ tags: 'red' }, 'tags', 'type'],
    [{ tags: [1] }, 'tags.0', 'type'],
    [{ tags: Array.from({ length: 101 }, (_, i) => `t${i}`) }, 'tags', 'too_long'],
    [{ customFields: { 999999: 'x' } }, 'customFields.999999', 'unknown'],
    [{ customFields: { a: { b: 1 } } }, 'customFields.a', 'type'],
    [{ closedAt: '2026-01-01T00:00:00Z' }, 'closedAt', 'not_allowed'],
    [{ closedAt: 1735689600 }, 'closedAt', 'type'],
    [{ stageChangedAt: '2026-01-01' }, 'stageChangedAt', 'format'],
    [{ isArchived: 1 }, 'isArchived', 'type'],
    [{ externalId: '' }, 'externalId', 'blank'],
    [{ version: 3 }, 'version', 'unknown'],
    [{ id: 3 }, 'id', 'unknown'],
    [{ extras: {} }, 'extras', 'unknown'],
  ])('PATCH and POST a deal with %j', async (body, field, rule) => {
    const before = await everything()
    const changed = await api.patch(`/deals/${ids.deals}`, body)
    expect(changed.status, changed.text).toBe(422)
    expect(changed.body.errors).toEqual([expect.objectContaining({ field, rule })])
    const made = await api.post('/deals', { title: 'New', ...body })
    expect(made.status, made.text).toBe(422)
    expect(made.body.errors).toEqual([expect.objectContaining({ field, rule })])
    expect(await everything()).toBe(before)
  })

  test.each([
    ['POST', '/deals', {}, 'title', 'required'],
    ['POST', '/deals/:deals/move', {}, 'stageId', 'required'],
    ['POST', '/deals/:deals/move', { before: 1, after: 2 }, 'before', 'not_allowed'],
    ['POST', '/deals/:deals/move', { before: 999_999 }, 'before', 'not_found'],
    ['POST', '/deals/:deals/move', { after: 999_999, stageId: 999_999 }, 'stageId', 'not_found'],
    ['POST', '/deals/:deals/move', { place: 'middle' }, 'place', 'choice'],
    ['POST', '/deals/:deals/reopen', { stageId: 999_999 }, 'stageId', 'not_found'],
    ['POST', '/deals/:deals/lose', { reason: null }, 'reason', 'type'],
    ['POST', '/stages', { name: 'S' }, 'pipelineId', 'required'],
    ['POST', '/stages', { name: 'S', pipelineId: 999_999 }, 'pipelineId', 'not_found'],
    ['PATCH', '/stages/:stages', { before: 999_999 }, 'before', 'not_found'],
    ['PATCH', '/stages/:stages', { nth: -1 }, 'nth', 'range'],
    ['PATCH', '/stages/:stages', { nth: 1, before: 2 }, 'before', 'not_allowed'],
    ['PATCH', '/stages/:stages', { rotAfterDays: -1 }, 'rotAfterDays', 'range'],
    ['PATCH', '/stages/:stages', { probability: 101 }, 'probability', 'range'],
    ['PATCH', '/stages/:stages', { kind: 'maybe' }, 'kind', 'choice'],
    ['POST', '/pipelines', { name: 'P', stages: [{ name: '' }] }, 'stages.0.name', 'blank'],
    ['POST', '/pipelines', { name: 'P', stages: [{ name: 'A', pipelineId: 1 }] }, 'stages.0.pipelineId', 'unknown'],
    ['PATCH', '/pipelines/:pipelines', { position: -1 }, 'position', 'range'],
    ['POST', '/users', { name: 'N', email: 'nobody' }, 'email', 'format'],
    ['POST', '/users', { name: 'N', email: 'n@x.example', role: 'king' }, 'role', 'choice'],
    ['POST', '/users', { name: 'N', email: 'n@x.example', phone: '1'.repeat(256) }, 'phone', 'too_long'],
    ['POST', '/tokens', { expiresAt: 'soon' }, 'expiresAt', 'format'],
    ['POST', '/tokens', { label: ' ' }, 'label', 'blank'],
    ['POST', '/contacts', { name: 'N', emails: [{ value: 'x'.repeat(256) }] }, 'emails', 'too_long'],
    ['POST', '/contacts', { name: 'N', emails: [{ label: 'work' }] }, 'emails.0.value', 'required'],
    ['POST', '/contacts', { name: 'N', address: { planet: 'Mars' } }, 'address.planet', 'unknown'],
    ['POST', '/custom-fields', { subject: 'deal', name: 'F', type: 'blob' }, 'type', 'choice'],
    ['POST', '/custom-fields', { subject: 'deal', name: 'F', options: [''] }, 'options', 'blank'],
    ['POST', '/loss-reasons', { name: 'R', kind: 'won' }, 'kind', 'choice'],
  ])('%s %s with %j', async (method, path, body, field, rule) => {
    const before = await everything()
    const url = path.replace(/:(\w+)/, (_, noun: string) => String(ids[noun]))
    const answer = await api.send(method, url, body)
    expect(answer.status, answer.text).toBe(422)
    expect(answer.body.errors.map(({ field, rule }: Body) => ({ field, rule }))).toContainEqual({ field, rule })
    expect(await everything()).toBe(before)
  })
})

describe('native: what is wrong before a route is found', () => {
  test('an unknown path', async () => {
    const answer = await api.get('/nobody/knows')
    expect([answer.status, answer.body.type]).toEqual([404, 'urn:crmux:problem:no-route'])
  })

  test.each([
    ['a path that is not encoded properly', '/api/v1/deals/%ff', 400],
    ['a URL that is too long', `/api/v1/deals?text=${'x'.repeat(9000)}`, 414],
    ['an id that is longer than any path part', `/api/v1/deals/${'1'.repeat(2000)}`, 414],
  ])('%s', async (_name, path, status) => {
    // Sent as it is: `fetch` would encode it again.
    const text = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ws.token}\r\nConnection: close\r\n\r\n`)
    expect(text).toContain(`HTTP/1.1 ${status} `)
    expect(text).toContain('content-type: application/problem+json')
    expect(text).toContain('urn:crmux:problem:')
  })

  const raw = (request: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = ''
      const socket = connect(Number(new URL(app.origin).port), '127.0.0.1', () => socket.write(request))
      socket.on('data', (bytes) => {
        text += bytes
      })
      socket.on('end', () => resolve(text))
      socket.on('error', reject)
    })
})
