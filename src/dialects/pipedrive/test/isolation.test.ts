import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addLossReason } from '../../../domain/loss-reason.ts'
import type { Role } from '../../../domain/user.ts'
import { account, type Caller, caller, type Reply } from './caller.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

/** One of everything. */
async function furnish(ws: TestWorkspace) {
  const pd = caller(app, ws)
  const { pipeline, stage } = await account(pd)
  const add = async (path: string, body: object) => (await pd.post(`/api/v2/${path}`, body)).body.data.id
  const person = await add('persons', { name: 'Secret Person' })
  const organization = await add('organizations', { name: 'Secret Organization' })
  const deal = await add('deals', { title: 'Secret', person_id: person, org_id: organization, stage_id: stage(1) })
  await pd.post(`/api/v2/deals/${deal}/followers`, { user_id: ws.admin.id })
  const user = (await ws.member('member')).user.id
  return { pd, pipeline: pipeline.id, stage: stage(1), deal, person, organization, user }
}
type Furniture = Awaited<ReturnType<typeof furnish>>

/** Every call of v2 that takes somebody's id. `mine` is what the caller may name. */
const calls = (theirs: Omit<Furniture, 'pd'>, mine: Furniture): [method: string, path: string, body?: object][] => [
  ['GET', `/api/v2/stages?pipeline_id=${theirs.pipeline}`],
  ['GET', `/api/v2/stages/${theirs.stage}`],
  ['PATCH', `/api/v2/stages/${theirs.stage}`, { name: 'Taken' }],
  ['DELETE', `/api/v2/stages/${theirs.stage}`],
  ['POST', '/api/v2/stages', { name: 'Put in', pipeline_id: theirs.pipeline }],
  ['PATCH', `/api/v2/stages/${mine.stage}`, { pipeline_id: theirs.pipeline }],
  ['GET', `/api/v2/pipelines/${theirs.pipeline}`],
  ['PATCH', `/api/v2/pipelines/${theirs.pipeline}`, { name: 'Taken' }],
  ['DELETE', `/api/v2/pipelines/${theirs.pipeline}`],
  ['GET', `/api/v2/deals/${theirs.deal}`],
  ['PATCH', `/api/v2/deals/${theirs.deal}`, { title: 'Taken' }],
  ['PATCH', `/api/v2/deals/${theirs.deal}`, { is_deleted: false }],
  ['DELETE', `/api/v2/deals/${theirs.deal}`],
  ['GET', `/api/v2/deals/${theirs.deal}/followers`],
  ['POST', `/api/v2/deals/${theirs.deal}/followers`, { user_id: theirs.user }],
  ['POST', `/api/v2/deals/${mine.deal}/followers`, { user_id: theirs.user }],
  ['DELETE', `/api/v2/deals/${theirs.deal}/followers/${theirs.user}`],
  ['DELETE', `/api/v2/deals/${mine.deal}/followers/${theirs.user}`],
  ...(['', '/archived'] as const).flatMap((list): [string, string][] =>
    [
      `ids=${theirs.deal}`,
      `owner_id=${theirs.user}`,
      `person_id=${theirs.person}`,
      `org_id=${theirs.organization}`,
      `pipeline_id=${theirs.pipeline}`,
      `stage_id=${theirs.stage}`,
      `stage_id=${theirs.stage}&status=open,deleted`,
    ].map((query) => ['GET', `/api/v2/deals${list}?${query}`]),
  ),
  ...(
    [
      ['stage_id', theirs.stage],
      ['pipeline_id', theirs.pipeline],
      ['owner_id', theirs.user],
      ['person_id', theirs.person],
      ['org_id', theirs.organization],
    ] as const
  ).flatMap(([field, id]): [string, string, object][] => [
    ['POST', '/api/v2/deals', { title: 'X', [field]: id }],
    ['PATCH', `/api/v2/deals/${mine.deal}`, { [field]: id }],
  ]),
  ['GET', `/api/v2/deals/search?term=secret&person_id=${theirs.person}`],
  ['GET', `/api/v2/deals/search?term=secret&organization_id=${theirs.organization}`],
  ['GET', `/api/v2/persons?org_id=${theirs.organization}`],
  ['GET', `/api/v2/persons?deal_id=${theirs.deal}`],
  ['GET', `/api/v2/persons?ids=${theirs.person}`],
  ['GET', `/api/v2/persons?owner_id=${theirs.user}`],
  ['GET', `/api/v2/persons/search?term=secret&organization_id=${theirs.organization}`],
  ['GET', `/api/v2/persons/${theirs.person}`],
  ['PATCH', `/api/v2/persons/${theirs.person}`, { name: 'Taken' }],
  ['DELETE', `/api/v2/persons/${theirs.person}`],
  ['POST', '/api/v2/persons', { name: 'X', org_id: theirs.organization }],
  ['POST', '/api/v2/persons', { name: 'X', owner_id: theirs.user }],
  ['GET', `/api/v2/organizations?ids=${theirs.organization}`],
  ['GET', `/api/v2/organizations?owner_id=${theirs.user}`],
  ['GET', `/api/v2/organizations/${theirs.organization}`],
  ['PATCH', `/api/v2/organizations/${theirs.organization}`, { name: 'Taken' }],
  ['DELETE', `/api/v2/organizations/${theirs.organization}`],
  ['POST', '/api/v2/organizations', { name: 'X', owner_id: theirs.user }],
]

const told = ({ status, text }: Reply<unknown>) => ({ status, text })

test('a foreign id is answered exactly as one that nobody has', async () => {
  const [mine, theirs] = [
    await furnish(await app.workspace({ template: 'pipedrive' })),
    await furnish(await app.workspace({ template: 'pipedrive' })),
  ]
  const nobody = { pipeline: 99991, stage: 99992, deal: 99993, person: 99994, organization: 99995, user: 99996 }
  const [foreign, unknown] = [calls(theirs, mine), calls(nobody, mine)]
  const before = (await theirs.pd.get(`/api/v2/deals/${theirs.deal}`)).text
  for (const [index, [method, path, body]] of foreign.entries()) {
    const [, otherPath = '', otherBody] = unknown[index] ?? []
    const [a, b] = [told(await mine.pd.send(method, path, body)), told(await mine.pd.send(method, otherPath, otherBody))]
    expect(a, `${method} ${path} ${JSON.stringify(body)}`).toEqual(b)
    expect(a.text).not.toContain('Secret P')
  }
  expect((await theirs.pd.get(`/api/v2/deals/${theirs.deal}`)).text).toBe(before)
  expect((await theirs.pd.list('/api/v2/stages')).body.data.length).toBe(6)
})

test('no list, search or filter shows another team’s rows', async () => {
  const [mine, theirs] = [
    await app.workspace({ template: 'pipedrive' }),
    await furnish(await app.workspace({ template: 'pipedrive' })),
  ]
  const pd = caller(app, mine)
  for (const path of ['deals', 'deals?status=open,won,lost,deleted', 'deals/archived', 'persons', 'organizations']) {
    expect((await pd.list(`/api/v2/${path}`)).body.data, path).toEqual([])
  }
  for (const path of ['deals', 'persons', 'organizations']) {
    expect((await pd.get(`/api/v2/${path}/search?term=secret`)).text, path).toContain('"items":[]')
  }
  const stages = (await pd.list('/api/v2/stages')).body.data.map(({ id }) => id)
  expect(stages.length).toBe(6)
  expect(stages).not.toContain(theirs.stage)
})

test('a loss reason of another team is a text like any other', async () => {
  const [mine, theirs] = [await app.workspace({ template: 'pipedrive' }), await app.workspace({ template: 'pipedrive' })]
  await addLossReason(theirs.scope, { name: 'Price' })
  const deal = (await caller(app, mine).post('/api/v2/deals', { title: 'X', status: 'lost', lost_reason: 'Price' })).body.data
  expect(await mine.scope.store.deals.get(deal.id)).toMatchObject({ lossReasonId: null, lossComment: 'Price' })
})

test('viewers read, members write deals and parties, managers also pipelines and stages', async () => {
  const ws = await app.workspace({ template: 'pipedrive' })
  const own = await furnish(ws)
  const as: Record<Role, Caller> = {
    viewer: caller(app, await ws.member('viewer')),
    member: caller(app, await ws.member('member')),
    manager: caller(app, await ws.member('manager')),
    admin: own.pd,
  }
  const forbidden = {
    success: false,
    error: 'Scope and URL mismatch',
    errorCode: 403,
    error_info: 'Please check developers.pipedrive.com',
  }
  const structure: [string, string, object?][] = [
    ['POST', '/api/v2/pipelines', { name: 'X' }],
    ['PATCH', `/api/v2/pipelines/${own.pipeline}`, { name: 'X' }],
    ['DELETE', `/api/v2/pipelines/${own.pipeline}`],
    ['POST', '/api/v2/stages', { name: 'X', pipeline_id: own.pipeline }],
    ['PATCH', `/api/v2/stages/${own.stage}`, { name: 'X' }],
    ['DELETE', `/api/v2/stages/${own.stage}`],
  ]
  const dealing: [string, string, object?][] = [
    ['POST', '/api/v2/deals', { title: 'X' }],
    ['PATCH', `/api/v2/deals/${own.deal}`, { title: 'X' }],
    ['DELETE', `/api/v2/deals/${own.deal}`],
    ['POST', `/api/v2/deals/${own.deal}/followers`, { user_id: own.user }],
    ['DELETE', `/api/v2/deals/${own.deal}/followers/${own.user}`],
    ['POST', '/api/v2/persons', { name: 'X' }],
    ['PATCH', `/api/v2/persons/${own.person}`, { name: 'X' }],
    ['DELETE', `/api/v2/persons/${own.person}`],
    ['POST', '/api/v2/organizations', { name: 'X' }],
    ['PATCH', `/api/v2/organizations/${own.organization}`, { name: 'X' }],
    ['DELETE', `/api/v2/organizations/${own.organization}`],
  ]
  for (const [roles, list] of [
    [['viewer', 'member'], structure],
    [['viewer'], dealing],
  ] as const) {
    for (const role of roles) {
      for (const [method, path, body] of list) {
        const { status, body: answer } = await as[role].send(method, path, body)
        expect([status, answer], `${role} ${method} ${path}`).toEqual([403, forbidden])
      }
    }
  }
  for (const path of [
    'stages',
    'pipelines',
    'deals',
    'deals/archived',
    `deals/${own.deal}`,
    'persons',
    'organizations',
    'deals/search?term=secret',
  ]) {
    expect((await as.viewer.get(`/api/v2/${path}`)).status, path).toBe(200)
  }
  // Until a follower is added and taken away, there is none to take.
  for (const [method, path, body] of [dealing[0], dealing[1], dealing[3], dealing[4], ...dealing.slice(5), dealing[2]].filter(
    (call) => call !== undefined,
  )) {
    expect((await as.member.send(method, path, body)).status, `member ${method} ${path}`).toBe(200)
  }
  for (const [method, path, body] of structure.filter(([method, path]) => method !== 'DELETE' || path.includes('stages'))) {
    expect((await as.manager.send(method, path, body)).status, `manager ${method} ${path}`).toBe(200)
  }
  const added = (await as.manager.post('/api/v2/pipelines', { name: 'Going' })).body.data.id
  expect((await as.manager.delete(`/api/v2/pipelines/${added}`)).status).toBe(200)
})
