import { afterAll, expect, test } from 'vitest'
import { request } from '../../../../../test/support/app.ts'
import { coverageV1 } from '../coverage.ts'
import { openV1, speakV1 } from './served.ts'

const { app, ws, v1 } = await openV1({ own: ['pipedrive'] })
afterAll(() => app.close())

test('pipedrive 1, 2, 3: v1 takes the token in its header, in the query or as Bearer', async () => {
  const url = `${v1.base}/users/me`
  const accepted: [string, Record<string, string>][] = [
    [url, { 'x-api-token': ws.token }],
    [`${url}?api_token=${ws.token}`, {}],
    [url, { authorization: `Bearer ${ws.token}` }],
    [url, { 'x-api-token': ws.token, authorization: 'Bearer ' }],
  ]
  for (const [path, headers] of accepted) expect((await request(path, { headers })).status).toBe(200)
  expect((await request(url)).status).toBe(401)
  expect((await request(`${v1.base}/nothing`)).status).toBe(401)
})

test('pipedrive 7: v1 answers on /v1 and on /api/v1, by prefix, by port and by host', async () => {
  const ways = [
    `${app.origin}/pipedrive/v1`,
    `${app.origin}/pipedrive/api/v1`,
    `http://127.0.0.1:${app.own.pipedrive}/v1`,
    `http://127.0.0.1:${app.own.pipedrive}/api/v1`,
  ]
  for (const way of ways) {
    const { body } = await request(`${way}/stages:(id)`, { headers: { 'x-api-token': ws.token } })
    expect(body, way).toMatchObject({ success: true, data: [{ id: expect.any(Number) }, {}, {}, {}, {}, {}] })
  }
})

test('pipedrive 9, 13: answers are JSON without a charset and carry a correlation id', async () => {
  for (const answer of [await v1.get('/stages'), await v1.get('/nothing'), await v1.delete('/stages')]) {
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(answer.headers.get('cache-control')).toBe('no-cache')
  }
})

test('pipedrive 86, 92: doubled slashes and headers that mean nothing do no harm', async () => {
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'application/json' }
  expect((await v1.send('GET', '//stages', { headers })).body.data).toHaveLength(6)
  expect((await v1.send('DELETE', '/deals/999999', { headers })).status).toBe(404)
})

test('every endpoint is open below both bases, or said to be absent', async () => {
  const open = app.server.routes.filter(({ dialect }) => dialect === 'pipedrive')
  const below = (base: string) =>
    open.filter(({ url }) => url.startsWith(`${base}/`)).map(({ method, url }) => `${method} ${url.slice(base.length)}`)
  const covered = coverageV1.filter(({ status }) => status !== 'absent').map(({ method, path }) => `${method} ${path}`)
  expect(below('/v1').sort()).toEqual(covered.sort())
  expect(below('/api/v1').sort()).toEqual(covered)
  for (const { status, why } of coverageV1) if (status !== 'full') expect(why).toMatch(/\S/)
})

test('what is absent is answered as an unknown path', async () => {
  for (const { method, path, status } of coverageV1) {
    if (status !== 'absent') continue
    const answer = await v1.send(method, path.replace(/:\w+/g, '1'))
    expect([404, 405], `${method} ${path}`).toContain(answer.status)
    expect(answer.body).toMatchObject({ success: false, data: null })
  }
})

test('a token of one company is nobody in the v1 of another', async () => {
  const other = await app.workspace({ template: 'pipedrive' })
  const me = (await speakV1(app, other.token).get('/users/me')).body.data
  expect(me.company_id).toBe(other.workspace.id)
  expect(me.company_id).not.toBe(ws.workspace.id)
})
