import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { account, stageOf } from './client.ts'

/** There is no client but curl: the commands of the vendor's page (Pipeline Stages), run as they stand with host, token and ids put in. */

const [somePipeline, someStage] = ['9d5f3d04-8h25-0j7g-4g9k-7h8i9j0k1l2a', '9d5f3d04-9i36-1k8h-5h0l-8i9j0k1l2m3c']

const create = `curl -X POST https://api.pipeback.com/app/pipelines/${somePipeline}/stages \\
  -H "Authorization: Bearer YOUR_API_TOKEN" \\
  -H "x-workspace-id: YOUR_WORKSPACE_ID" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "Contract Negotiation"
  }'`

const update = `curl -X PUT https://api.pipeback.com/app/pipelines/${somePipeline}/stages/${someStage} \\
  -H "Authorization: Bearer YOUR_API_TOKEN" \\
  -H "x-workspace-id: YOUR_WORKSPACE_ID" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "Final Negotiations"
  }'`

const remove = `curl -X DELETE https://api.pipeback.com/app/pipelines/${somePipeline}/stages/${someStage} \\
  -H "Authorization: Bearer YOUR_API_TOKEN" \\
  -H "x-workspace-id: YOUR_WORKSPACE_ID"`

const hasCurl = (() => {
  try {
    execFileSync('curl', ['--version'])
    return true
  } catch {
    return false
  }
})()

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

test.skipIf(!hasCurl)('pipeback 1, 19, 26, 30, 31, 34: the commands of the page do what it says', async () => {
  const { ws, sales, other } = await account(app)
  const run = async (command: string, words: Record<string, string> = {}) => {
    const put = {
      'https://api.pipeback.com': `${app.origin}/pipeback`,
      YOUR_API_TOKEN: ws.token,
      YOUR_WORKSPACE_ID: ws.workspace.uuid,
      ...words,
    }
    const filled = Object.entries(put).reduce((text, [word, value]) => text.replaceAll(word, value), command)
    const { stdout } = await promisify(execFile)('sh', ['-c', `${filled} -s --noproxy '*' -w '\\n%{http_code}'`])
    const [, body = '', status] = /^(.*)\n(\d{3})$/s.exec(stdout) ?? []
    return { status: Number(status), body: JSON.parse(body) }
  }
  const unknown = { status: 404, body: { status: 'error', message: 'Not found.' } }
  for (const command of [create, update, remove]) expect(await run(command)).toEqual(unknown)

  const made = await run(create, { [somePipeline]: other.id })
  expect([made.status, made.body.data.name, made.body.data.sort]).toEqual([201, 'Contract Negotiation', 3])
  const own = { [somePipeline]: other.id, [someStage]: made.body.data.id }
  const renamed = await run(update, own)
  expect(renamed).toEqual({
    status: 200,
    body: { data: { ...made.body.data, name: 'Final Negotiations', updated_at: expect.any(String) } },
  })
  expect(await run(remove, own)).toEqual({ status: 200, body: {} })
  expect(await run(remove, own)).toEqual(unknown)
  expect(await run(remove, { [somePipeline]: sales.id, [someStage]: stageOf(sales, 1).id })).toEqual({
    status: 400,
    body: { status: 'error', message: 'You cannot delete the default pipeline.' },
  })
  expect((await run(create, { YOUR_API_TOKEN: 'nobody' })).status).toBe(401)
  expect((await run(create, { YOUR_WORKSPACE_ID: 'nowhere' })).status).toBe(403)
})
