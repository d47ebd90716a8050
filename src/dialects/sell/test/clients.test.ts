import { request as rawRequest } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { type Answer, type Body, type Client, clientIn, stagesOf } from './client.ts'

/**
 * Requests as the vendor's own clients and the best known others put them on the wire, and what each does with the answer. Where one
 * is said to break, it is said to break on the original.
 */

let app: TestApp
let ws: TestWorkspace
let client: Client
let stages: Record<string, number>

beforeAll(async () => {
  app = await openTestApp({ own: ['sell'] })
})
afterAll(() => app.close())
beforeEach(async () => {
  ws = await app.workspace({ template: 'sell' })
  client = clientIn(app, ws)
  stages = await stagesOf(client)
})

/** Exactly these headers and bytes, which `fetch` would add to. */
function wire(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = rawRequest(`http://127.0.0.1:${app.own.sell}${path}`, { method, headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString(), headers: answer.headers }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('Ruby 2.0.0', () => {
  const ruby = () => ({
    authorization: `Bearer ${ws.token}`,
    'user-agent': 'BaseCRM/v2 Ruby/2.0.0',
    accept: 'application/json',
    'accept-encoding': 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
  })
  const call = async (method: string, path: string, data?: object) => {
    const json = { ...ruby(), 'content-type': 'application/json' }
    const answer = await wire(method, `/v2${path}`, data ? json : ruby(), data && JSON.stringify({ data }))
    return { ...answer, body: (answer.text === '' ? undefined : JSON.parse(answer.text)) as Body }
  }

  /** What `sanitize` lets through of a deal that was read. */
  const kept = [
    'contact_id',
    'currency',
    'custom_fields',
    'hot',
    'loss_reason_id',
    'name',
    'owner_id',
    'source_id',
    'stage_id',
    'tags',
    'value',
    'last_stage_change_at',
    'estimated_close_date',
    'customized_win_likelihood',
  ]
  const sanitized = (deal: Record<string, unknown>) => ({
    ...Object.fromEntries(Object.entries(deal).filter(([key]) => kept.includes(key))),
    value: Number(deal.value).toFixed(1),
  })

  test('a deal goes round: created from an object and a hash, found, updated whole and with a null value, destroyed', async () => {
    const contact_id = await client.contact()
    const fields = { currency: 'EUR', hot: true, name: 'Website Redesign', tags: ['important'], contact_id }
    const made = await call('POST', '/deals', { ...fields, value: '1000.0' })
    expect([made.status, made.body.data.value]).toEqual([200, 1000])
    expect((await call('POST', '/deals', { ...fields, value: null })).body.data.value).toBe(0)
    const found = await call('GET', `/deals/${made.body.data.id}`)
    const updated = await call('PUT', `/deals/${made.body.data.id}`, sanitized(found.body.data))
    expect([updated.status, updated.body]).toEqual([200, found.body])
    expect(
      (await call('PUT', `/deals/${made.body.data.id}`, { ...sanitized(found.body.data), value: null })).body.data.value,
    ).toBe(0)
    const destroyed = await call('DELETE', `/deals/${made.body.data.id}`)
    expect([destroyed.status, destroyed.text]).toEqual([204, ''])
  })

  test('a hash moves a deal alone, an object takes its value along', async () => {
    const { id } = await client.deal({ value: '1000.25' })
    expect((await call('PUT', `/deals/${id}`, { stage_id: stages.Quote })).body.data).toMatchObject({
      stage_id: stages.Quote,
      value: '1000.25',
    })
    // The original's trap: a deal built for the update coerces its missing value to nought.
    expect((await call('PUT', `/deals/${id}`, { stage_id: stages.Won, value: '0.0' })).body.data).toMatchObject({
      stage_id: stages.Won,
      value: 0,
    })
  })

  test('PaginatedResource reads page after page until one is empty', async () => {
    for (let n = 0; n < 53; n++) await client.make('/v2/loss_reasons', { name: `Reason ${n}` })
    const names: unknown[] = []
    let pages = 0
    for (let page = 1; ; page++) {
      const { status, body } = await call('GET', `/loss_reasons?page=${page}&per_page=25`)
      expect(status).toBe(200)
      if (body.items.length === 0) break
      names.push(...body.items.map(({ data }) => data.name))
      pages++
    }
    expect([pages, names.length, new Set(names).size]).toEqual([3, 53, 53])
  })

  test('array parameters are joined by commas, and errors have what RaiseError reads', async () => {
    const ids = Object.values(stages)
    expect((await call('GET', `/stages?ids=${encodeURIComponent(ids.join(','))}`)).body.items.map(({ data }) => data.id)).toEqual(
      ids,
    )
    const { status, headers, body } = await call('GET', '/deals/4711')
    expect([status, String(headers['content-type'])]).toEqual([404, expect.stringContaining('json')])
    expect([body.meta.http_status, body.meta.logref]).toEqual(['404 Not Found', headers['x-request-id']])
  })

  test('upsert puts its filters into the query', async () => {
    const filters = new URLSearchParams({ name: 'unique name', stage_id: String(stages.Quote) })
    const data = { name: 'unique name', contact_id: await client.contact(), stage_id: stages.Quote, value: '5.0' }
    const [first, second] = [
      await call('POST', `/deals/upsert?${filters}`, data),
      await call('POST', `/deals/upsert?${filters}`, data),
    ]
    expect([first.status, second.status, second.body.data.id]).toEqual([200, 200, first.body.data.id])
  })
})

describe('Python 1.2.10', () => {
  test('a DELETE has a Content-Length of 0, and every JSON answer has data or items', async () => {
    const { id } = await client.deal({ value: null })
    const headers = { authorization: `Bearer ${ws.token}`, 'user-agent': 'BaseCRM/v2 Python/1.2.4', accept: 'application/json' }
    for (const path of ['/v2/deals?page=1', '/v2/stages?page=1', '/v2/users/self', `/v2/deals/${id}`, '/v2/accounts/self']) {
      const body = JSON.parse((await wire('GET', path, headers)).text) as Partial<Body>
      expect([path, body.data !== undefined || body.items?.every((item) => item.data !== undefined)]).toEqual([path, true])
    }
    const { data } = JSON.parse((await wire('GET', `/v2/deals/${id}`, headers)).text) as Body
    expect(Number.isFinite(Number(data.value))).toBe(true)
    expect(await wire('DELETE', `/v2/deals/${id}`, { ...headers, 'content-length': '0' })).toMatchObject({
      status: 204,
      text: '',
    })
  })

  test('the error suite: an unknown parameter, an unknown attribute, a wrong token', async () => {
    const param = await client.get('/v2/users/self?unknown=param')
    expect([param.status, param.body.errors.length, param.body.meta.logref.length > 0]).toEqual([400, 1, true])
    const attribute = await client.post('/v2/deals', { unknown: 'attribute' })
    expect([attribute.status, attribute.body.errors.length]).toEqual([422, 1])
    const token = await client.send('GET', '/v2/users/self', undefined, { authorization: `Bearer ${'f'.repeat(64)}` })
    expect(token.status).toBe(401)
  })
})

describe('PHP 1.4.4', () => {
  const php = () => ({ 'user-agent': 'BaseCRM/v2 PHP/1.4.4' })

  test('moments without a colon in the offset, booleans in words, values as text', async () => {
    const body = {
      data: {
        name: 'PHP',
        contact_id: await client.contact(),
        value: '1000.5',
        hot: true,
        last_stage_change_at: '2015-05-05T05:05:05+0000',
      },
    }
    const made = await client.send('POST', '/v2/deals', body, php())
    expect(made.body.data).toMatchObject({ value: '1000.50', last_stage_change_at: '2015-05-05T05:05:05Z' })
    const hot = await client.send('GET', '/v2/deals?hot=true&page=1', undefined, php())
    expect(hot.body.items.map(({ data }) => data.id)).toEqual([made.body.data.id])
  })
})

describe('Java', () => {
  const java = { 'user-agent': 'BaseCRM/v2 Java/1.5.0', 'x-client-type': 'api' }
  const send = (method: string, path: string, body?: unknown): Promise<Answer> => client.send(method, path, body, java)

  test('the suite’s lists: one item a page, and the ids of all stages in their order', async () => {
    await client.deal()
    for (const path of ['/v2/deals', '/v2/contacts', '/v2/stages', '/v2/pipelines', '/v2/users']) {
      const { status, body } = await send('GET', `${path}?page=1&per_page=1`)
      expect([path, status, body.items.length]).toEqual([path, 200, 1])
    }
    const ids = Object.values(stages)
    expect((await send('GET', `/v2/stages?ids=${ids.join('%2C')}`)).body.items.map(({ data }) => data.id)).toEqual(ids)
  })

  test('a whole entity is sent with empty tags and custom fields, which clears the tags', async () => {
    const deal = await client.deal({ value: '1000.25', tags: ['important'], customized_win_likelihood: 5 })
    const entity = {
      name: 'Website Redesign',
      value: 1000.25,
      currency: 'USD',
      hot: false,
      stage_id: deal.stage_id,
      owner_id: deal.owner_id,
      contact_id: deal.contact_id,
      last_stage_change_at: '2015-05-05T05:05:05.000Z',
      estimated_close_date: '2014-09-27T16:32:56Z',
      customized_win_likelihood: 15,
      tags: [],
      custom_fields: {},
    }
    const { status, body } = await send('PUT', `/v2/deals/${deal.id}`, { data: entity })
    expect([status, body.data.tags, body.data.customized_win_likelihood]).toEqual([200, [], 15])
    expect(body.data).toMatchObject({
      value: '1000.25',
      estimated_close_date: '2014-09-27',
      last_stage_change_at: '2015-05-05T05:05:05Z',
    })
  })

  test('an envelope with the name of the type is taken too', async () => {
    const { status } = await send('POST', '/v2/loss_reasons', { data: { name: 'Too late' }, meta: { type: 'loss_reason' } })
    expect(status).toBe(200)
  })

  test('its contact suite: a person with a company’s name beside their own', async () => {
    const data = {
      description: 'I know him via Tom',
      email: 'mark@designservices.com',
      first_name: 'Mark1',
      is_organization: false,
      last_name: 'Johnson2',
      name: 'Design Services Company3',
      phone: '508-778-6516',
      tags: ['important'],
    }
    const made = await send('POST', '/v2/contacts', { data })
    expect([made.status, made.body.data.name]).toEqual([200, 'Mark1 Johnson2'])
    expect((await send('POST', '/v2/contacts', { data })).status).toBe(200)
  })
})

describe('Node, yurypaleev/BaseCRM', () => {
  test('the scheme in lower case, a question mark after every URL, and its reading of errors', async () => {
    const headers = { authorization: `bearer ${ws.token}`, 'user-agent': 'basecrm-node', accept: 'application/json' }
    const stages = await wire('GET', '/v2/stages?', headers)
    expect([stages.status, (JSON.parse(stages.text) as Body).items.length]).toEqual([200, 7])
    const { text } = await wire('GET', '/v2/deals/1?', headers)
    const { errors, meta } = JSON.parse(text) as Body
    expect(errors[0]?.meta.links.more_info).toMatch(/^https/)
    expect(Number.parseInt(meta.http_status, 10)).toBe(404)
  })
})

describe('readers', () => {
  test('one that follows next_page sees every deal once and stops', async () => {
    const contact_id = await client.contact()
    for (let n = 0; n < 7; n++) await client.deal({ name: `Deal ${n}`, contact_id })
    const names: unknown[] = []
    let url: string | undefined = `http://127.0.0.1:${app.own.sell}/v2/deals?per_page=3&sort_by=updated_at:desc`
    const origin = new URL(url).origin
    for (let pages = 0; url && pages < 10; pages++) {
      expect(new URL(url).origin).toBe(origin)
      const { pathname, search } = new URL(url)
      const { text } = await wire('GET', pathname + search, { authorization: `Bearer ${ws.token}`, 'user-agent': 'reader' })
      const { items, meta } = JSON.parse(text) as Body
      names.push(...items.map(({ data }) => data.name))
      url = meta.links.next_page
    }
    expect(names.toSorted()).toEqual(Array.from({ length: 7 }, (_, n) => `Deal ${n}`))
  })

  test('one with pages of two stops at the first short one', async () => {
    const contact_id = await client.contact()
    for (let n = 0; n < 5; n++) await client.deal({ name: `Deal ${n}`, contact_id })
    const sizes: number[] = []
    for (let page = 1; sizes.at(-1) !== 1; page++) sizes.push((await client.list(`/v2/deals?page=${page}&per_page=2`)).length)
    expect(sizes).toEqual([2, 2, 1])
  })
})
