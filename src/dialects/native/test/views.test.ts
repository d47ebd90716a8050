import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Body, clientOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

const open = async () => {
  const ws = await app.workspace()
  const of = async (role: 'viewer' | 'member' | 'admin') =>
    clientOf({ origin: app.origin, token: role === 'admin' ? ws.token : (await ws.member(role)).token })
  return { ws, of }
}

describe('native: saved views', () => {
  test('are saved, changed and deleted by whoever has them, a viewer too', async () => {
    const api = await (await open()).of('viewer')
    const { status, body, headers } = await api.post('/views', { name: 'Mine', page: 'board', query: 'owner=7&sort=-amount' })
    expect(status).toBe(201)
    const { id } = body.data
    expect(headers.get('location')).toBe(`${app.origin}/api/v1/views/${id}`)
    expect(body.data).toMatchObject({ name: 'Mine', page: 'board', query: 'owner=7&sort=-amount' })
    expect((await api.get('/views')).body).toEqual({ data: [body.data], next: null })
    const changed = await api.patch(`/views/${id}`, { name: 'Ours', query: '' })
    expect(changed.body.data).toMatchObject({ id, name: 'Ours', page: 'board', query: '' })
    expect((await api.delete(`/views/${id}`)).status).toBe(204)
    expect((await api.get('/views')).body.data).toEqual([])
  })

  test('are nobody else’s, not even an admin’s or another workspace’s', async () => {
    const { of } = await open()
    const [mine, admin, stranger] = [await of('member'), await of('admin'), await (await open()).of('admin')]
    const { id } = (await mine.post('/views', { name: 'Mine', page: 'list', query: 'x=1' })).body.data
    for (const other of [admin, stranger]) {
      expect((await other.get('/views')).body.data).toEqual([])
      const unknown = [await other.patch('/views/999999', { name: 'X' }), await other.delete('/views/999999')]
      const foreign = [await other.patch(`/views/${id}`, { name: 'X' }), await other.delete(`/views/${id}`)]
      const told = (answers: Body[]) => answers.map(({ status, body }) => [status, body.type, body.detail])
      expect(told(foreign)).toEqual(told(unknown))
      expect(foreign.map(({ status }) => status)).toEqual([404, 404])
    }
    expect((await mine.get('/views')).body.data).toMatchObject([{ id, name: 'Mine' }])
  })

  test('have a name that is theirs on their page, and not more than fits', async () => {
    const api = await (await open()).of('member')
    const add = (body: object) => api.post('/views', { name: 'A', page: 'list', query: '', ...body })
    expect((await add({})).status).toBe(201)
    expect((await add({ page: 'forecast' })).status).toBe(201)
    const { id } = (await add({ name: 'B' })).body.data
    const refusals: [Body, string][] = [
      [await add({}), 'name duplicate'],
      [await api.patch(`/views/${id}`, { name: 'A' }), 'name duplicate'],
      [await add({ name: ' ' }), 'name blank'],
      [await add({ name: 'C', page: 'elsewhere' }), 'page choice'],
      [await add({ name: 'C', query: 'x'.repeat(4001) }), 'query too_long'],
      [await add({ name: 'C', userId: 1 }), 'userId unknown'],
      [await api.patch(`/views/${id}`, { page: 'list' }), 'page unknown'],
    ]
    for (const [{ status, body }, wanted] of refusals)
      expect([status, body.errors.map(({ field, rule }: Body) => `${field} ${rule}`).join()]).toEqual([422, wanted])
    expect((await api.patch(`/views/${id}`, { name: 'B' })).status).toBe(200)
  })
})
