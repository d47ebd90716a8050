import { afterAll, beforeAll, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import type { ApiJson } from '../../src/dialects/native/apis.ts'
import { openTestApp, request, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp({ own: ['native'] })
})
afterAll(() => app.close())

const open = async () => {
  const ws = await app.workspace()
  const bearer = { Authorization: `Bearer ${ws.token}` }
  await request(`${app.origin}/api/v1/deals`, { method: 'POST', headers: bearer, body: { title: 'Slate roof' } })
  const { body } = await request(`${app.origin}/api/v1/apis`, { headers: bearer })
  const filled = (text: string) =>
    text
      .replace('{token}', ws.token)
      .replace('{workspace.id}', String(ws.workspace.id))
      .replace('{workspace.uuid}', ws.workspace.uuid)
  const callOf = ({ sample }: ApiJson) => ({
    path: sample.path,
    headers: Object.fromEntries(Object.entries(sample.headers).map(([name, value]) => [name, filled(value)])),
  })
  // The shape is the reference's, and a test of the native dialect holds answers to it.
  return { apis: (body as { data: ApiJson[] }).data, callOf }
}

test('the sample call of every API shows a deal, under its prefix and on its own port', async () => {
  const { apis, callOf } = await open()
  expect(apis.map(({ name }) => name)).toEqual(dialects.map(({ name }) => name))
  for (const api of apis) {
    const { path, headers } = callOf(api)
    const answer = await request(`${app.origin}${api.prefix}${path}`, { headers })
    expect(answer.status, api.name).toBe(200)
    expect(answer.text, api.name).toContain('Slate roof')
  }
  const own = apis.filter(({ port }) => port !== null)
  expect(own.map(({ name, port }) => ({ name, port }))).toEqual([{ name: 'native', port: app.own.native }])
  for (const api of own) {
    const { path, headers } = callOf(api)
    expect((await request(`http://127.0.0.1:${api.port}${path}`, { headers })).text).toContain('Slate roof')
  }
})
