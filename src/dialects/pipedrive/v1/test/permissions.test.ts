import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import type { Role } from '../../../../domain/user.ts'
import { speakV1, type V1 } from './served.ts'

/** What a role may do: viewers read, members write deals and contacts, managers the pipelines; as scopes are worded there. */
const app = await openTestApp()
afterAll(() => app.close())

let ws: TestWorkspace
const as: Partial<Record<Role, V1>> = {}
beforeAll(async () => {
  ws = await app.workspace({ template: 'pipedrive' })
  as.admin = speakV1(app, ws.token)
  for (const role of ['viewer', 'member', 'manager'] as const) as[role] = speakV1(app, (await ws.member(role)).token)
})

const roles: readonly Role[] = ['viewer', 'member', 'manager', 'admin']

/** What each call needs at least. Every call gets things of its own. */
const calls: readonly (readonly [
  least: Role,
  name: string,
  send: (v1: V1, admin: V1) => Promise<{ status: number; body: unknown }>,
])[] = [
  ['viewer', 'list deals', (v1) => v1.get('/deals')],
  ['viewer', 'list stages', (v1) => v1.get('/stages')],
  ['viewer', 'read oneself', (v1) => v1.get('/users/me')],
  ['viewer', 'list users', (v1) => v1.get('/users')],
  ['member', 'add a deal', (v1) => v1.post('/deals', { title: 'New' })],
  ['member', 'change a deal', async (v1, admin) => v1.put(`/deals/${await deal(admin)}`, { title: 'Changed' })],
  ['member', 'delete a deal', async (v1, admin) => v1.delete(`/deals/${await deal(admin)}`)],
  ['member', 'delete deals', async (v1, admin) => v1.delete(`/deals?ids=${await deal(admin)}`)],
  ['member', 'duplicate a deal', async (v1, admin) => v1.post(`/deals/${await deal(admin)}/duplicate`)],
  [
    'member',
    'merge deals',
    async (v1, admin) => v1.put(`/deals/${await deal(admin)}/merge`, { merge_with_id: await deal(admin) }),
  ],
  ['member', 'add a person', (v1) => v1.post('/persons', { name: 'Jo' })],
  ['member', 'add an organization', (v1) => v1.post('/organizations', { name: 'Acme' })],
  [
    'member',
    'save a filter',
    (v1) => v1.post('/filters', { name: 'All', type: 'deals', conditions: { glue: 'and', conditions: [] } }),
  ],
  ['manager', 'add a stage', async (v1, admin) => v1.post('/stages', { name: 'New', pipeline_id: await pipeline(admin) })],
  ['manager', 'add a pipeline', (v1) => v1.post('/pipelines', { name: 'New' })],
  ['manager', 'rename a pipeline', async (v1, admin) => v1.put(`/pipelines/${await pipeline(admin)}`, { name: 'Renamed' })],
  ['manager', 'delete a pipeline', async (v1, admin) => v1.delete(`/pipelines/${await pipeline(admin)}`)],
  ['admin', 'walk the collection', (v1) => v1.get('/deals/collection')],
]

const deal = async (admin: V1): Promise<number> => (await admin.post('/deals', { title: 'Deal' })).body.data.id
const pipeline = async (admin: V1): Promise<number> => (await admin.post('/pipelines', { name: 'Pipeline' })).body.data.id

test.each(calls)('it takes a %s to %s', async (least, _name, send) => {
  for (const role of roles) {
    const [v1, admin] = [as[role], as.admin]
    if (!v1 || !admin) throw new Error('not set up')
    const answer = await send(v1, admin)
    if (roles.indexOf(role) >= roles.indexOf(least)) expect(answer.status, role).toBeLessThan(300)
    else {
      const body = { success: false, error: 'Scope and URL mismatch', errorCode: 403, error_info: expect.any(String) }
      expect([answer.status, answer.body], role).toEqual([403, body])
    }
  }
})
