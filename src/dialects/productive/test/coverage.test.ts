import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { coverage } from '../coverage.ts'
import { admin, doc } from './caller.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

test('what is absent is answered as an unknown path', async () => {
  const pd = admin(app, await app.workspace({ template: 'productive' }))
  for (const { method, path, status } of coverage) {
    if (status !== 'absent') continue
    const call = `${method} ${path}`
    const body = method === 'GET' || method === 'DELETE' ? undefined : doc('things')
    const answer = await pd.send(method, path.replace('/api/v2', '').replace(/:\w+/g, '1'), { body })
    expect({ call, status: answer.status, code: answer.body.errors[0].code }).toEqual({ call, status: 404, code: 'not_found' })
  }
})
