import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listTotals } from '../../src/domain/board.ts'
import * as customFields from '../../src/domain/custom-field.ts'
import * as deals from '../../src/domain/deal.ts'
import * as editDeals from '../../src/domain/edit-deals.ts'
import * as editPipelines from '../../src/domain/edit-pipelines.ts'
import * as editStages from '../../src/domain/edit-stages.ts'
import { lastChangers, listEvents } from '../../src/domain/events.ts'
import * as invitations from '../../src/domain/invitation.ts'
import * as lossReasons from '../../src/domain/loss-reason.ts'
import * as parties from '../../src/domain/party.ts'
import * as pipelines from '../../src/domain/pipeline.ts'
import * as records from '../../src/domain/record.ts'
import type { Scope } from '../../src/domain/scope.ts'
import * as sessions from '../../src/domain/session.ts'
import * as stages from '../../src/domain/stage.ts'
import { tokenOf, undo } from '../../src/domain/undo.ts'
import * as users from '../../src/domain/user.ts'
import * as views from '../../src/domain/view.ts'
import * as workspaces from '../../src/domain/workspace.ts'
import { openWorld, type World } from '../support/world.ts'
import { attempt } from './answers.ts'

/** Law 6: an id of another workspace is as good as one that never was, whatever is done with it, and no list shows its rows. */

/** One row of every sort, in each of two workspaces that look alike. */
interface Home {
  scope: Scope
  deal: number
  gone: number
  stage: number
  open: number
  won: number
  pipeline: number
  person: number
  company: number
  member: number
  reason: number
  field: number
  record: number
  token: number
  session: number
  invitation: number
  view: number
  event: number
}

let world: World
let mine: Home
let theirs: Home

const signedIn = ({ user, now }: Scope) => ({ userId: user.id, userAgent: 'common', address: '127.0.0.1', createdAt: now() })

async function furnish(): Promise<Home> {
  const place = await world.workspace()
  const { scope } = place
  const row = await stages.listStages(scope)
  const [first, second, , won] = row.map(({ id }) => id)
  const pipeline = await editPipelines.addPipeline(scope, { name: 'Second', stages: [{ name: 'Only' }] })
  const company = await parties.addParty(scope, {
    kind: 'company',
    name: 'Common name',
    emails: [{ value: 'x@y.z', label: '', primary: true }],
  })
  const person = await parties.addParty(scope, { kind: 'person', name: 'Common person', companyId: company.id, tags: ['common'] })
  const reason = await lossReasons.addLossReason(scope, { name: 'Common reason' })
  const field = await customFields.addCustomField(scope, { subject: 'deal', name: 'Common field' })
  const draft = {
    title: 'Common title',
    externalId: 'common',
    tags: ['common'],
    stageId: second,
    contactId: person.id,
    companyId: company.id,
    customFields: { [field.id]: 'common' },
    extras: { common: 1 },
  }
  const deal = await editDeals.createDeal(scope, draft)
  const gone = await editDeals.createDeal(scope, { ...draft, externalId: 'gone' })
  await editDeals.deleteDeal(scope, gone.id)
  const { user } = await place.as('manager')
  return {
    scope,
    deal: deal.id,
    gone: gone.id,
    stage: first ?? 0,
    open: second ?? 0,
    won: won ?? 0,
    pipeline: pipeline.id,
    person: person.id,
    company: company.id,
    member: user.id,
    reason: reason.id,
    field: field.id,
    record: (await records.addRecord(scope, 'things', 'common', { common: true })).id,
    token: (await users.createToken(scope, { label: 'common' })).id,
    session: (await scope.store.transaction((tx) => tx.sessions.add(signedIn(scope), scope.now()))).id,
    invitation: (await invitations.invite(scope, { email: 'common@person.example' })).id,
    view: (await views.addView(scope, { name: 'common', page: 'list', query: '' })).id,
    event: (await listEvents(scope, { limit: 1 })).items[0]?.id ?? 0,
  }
}

beforeAll(async () => {
  world = await openWorld()
  mine = await furnish()
  theirs = await furnish()
})
afterAll(() => world.close())

/** Every place where a use case takes an id. The key begins with its name; the same call is made with a foreign id and an unknown one. */
const withId: Record<string, [keyof Home, (scope: Scope, id: number) => Promise<unknown>]> = {
  findDeal: ['deal', (scope, id) => deals.findDeal(scope, id)],
  findAnyDeal: ['gone', (scope, id) => deals.findAnyDeal(scope, id)],
  changeDeal: ['deal', (scope, id) => editDeals.changeDeal(scope, id, { title: 'Mine now' })],
  'changeDeal with a version': ['deal', (scope, id) => editDeals.changeDeal(scope, id, { title: 'Mine now' }, 7)],
  'changeDeal stageId': ['stage', (scope, id) => editDeals.changeDeal(scope, mine.deal, { stageId: id })],
  'changeDeal openStageId': ['stage', (scope, id) => editDeals.changeDeal(scope, mine.deal, { openStageId: id })],
  'changeDeal openStageId beside': [
    'stage',
    (scope, id) => editDeals.changeDeal(scope, mine.deal, { stageId: mine.won, openStageId: id }),
  ],
  'changeDeal pipelineId': ['pipeline', (scope, id) => editDeals.changeDeal(scope, mine.deal, { pipelineId: id })],
  'changeDeal ownerId': ['member', (scope, id) => editDeals.changeDeal(scope, mine.deal, { ownerId: id })],
  'changeDeal contactId': ['person', (scope, id) => editDeals.changeDeal(scope, mine.deal, { contactId: id })],
  'changeDeal companyId': ['company', (scope, id) => editDeals.changeDeal(scope, mine.deal, { companyId: id })],
  'changeDeal partyId': ['company', (scope, id) => editDeals.changeDeal(scope, mine.deal, { partyId: id })],
  'changeDeal lossReasonId': ['reason', (scope, id) => editDeals.changeDeal(scope, mine.deal, { lossReasonId: id })],
  'changeDeal before': ['deal', (scope, id) => editDeals.changeDeal(scope, mine.deal, { place: { before: id } })],
  'changeDeal after': ['deal', (scope, id) => editDeals.changeDeal(scope, mine.deal, { place: { after: id } })],
  'createDeal stageId': ['stage', (scope, id) => editDeals.createDeal(scope, { title: 'New', stageId: id })],
  'createDeal openStageId': ['stage', (scope, id) => editDeals.createDeal(scope, { title: 'New', openStageId: id })],
  'createDeal pipelineId': ['pipeline', (scope, id) => editDeals.createDeal(scope, { title: 'New', pipelineId: id })],
  'createDeal ownerId': ['member', (scope, id) => editDeals.createDeal(scope, { title: 'New', ownerId: id })],
  'createDeal creatorId': ['member', (scope, id) => editDeals.createDeal(scope, { title: 'New', creatorId: id })],
  'createDeal contactId': ['person', (scope, id) => editDeals.createDeal(scope, { title: 'New', contactId: id })],
  'createDeal companyId': ['company', (scope, id) => editDeals.createDeal(scope, { title: 'New', companyId: id })],
  'createDeal partyId': ['person', (scope, id) => editDeals.createDeal(scope, { title: 'New', partyId: id })],
  'createDeal lossReasonId': ['reason', (scope, id) => editDeals.createDeal(scope, { title: 'New', lossReasonId: id })],
  'createDeal before': ['deal', (scope, id) => editDeals.createDeal(scope, { title: 'New', place: { before: id } })],
  deleteDeal: ['deal', (scope, id) => editDeals.deleteDeal(scope, id)],
  restoreDeal: ['gone', (scope, id) => editDeals.restoreDeal(scope, id)],
  findStage: ['stage', (scope, id) => stages.findStage(scope, id)],
  addStage: ['pipeline', (scope, id) => editStages.addStage(scope, { pipelineId: id, name: 'New' })],
  'addStage before': [
    'stage',
    (scope, id) => editStages.addStage(scope, { pipelineId: mine.pipeline, name: 'New', place: { before: id } }),
  ],
  changeStage: ['stage', (scope, id) => editStages.changeStage(scope, id, { name: 'Mine now' })],
  'changeStage after': ['stage', (scope, id) => editStages.changeStage(scope, mine.stage, { place: { after: id } })],
  'changeStage pipelineId': ['pipeline', (scope, id) => editStages.changeStage(scope, mine.stage, { pipelineId: id })],
  deleteStage: ['stage', (scope, id) => editStages.deleteStage(scope, id)],
  'deleteStage target': ['open', (scope, id) => editStages.deleteStage(scope, mine.open, { target: id })],
  mergeStages: ['stage', (scope, id) => editStages.mergeStages(scope, id, mine.stage)],
  'mergeStages into': ['stage', (scope, id) => editStages.mergeStages(scope, mine.stage, id)],
  findPipeline: ['pipeline', (scope, id) => pipelines.findPipeline(scope, id)],
  changePipeline: ['pipeline', (scope, id) => editPipelines.changePipeline(scope, id, { name: 'Mine now' })],
  'changePipeline default': ['pipeline', (scope, id) => editPipelines.changePipeline(scope, id, { isDefault: true })],
  deletePipeline: ['pipeline', (scope, id) => editPipelines.deletePipeline(scope, id)],
  'deletePipeline target': [
    'pipeline',
    async (scope, id) => editPipelines.deletePipeline(scope, (await pipelines.defaultPipeline(scope)).id, { target: id }),
  ],
  findParty: ['person', (scope, id) => parties.findParty(scope, id)],
  'addParty companyId': ['company', (scope, id) => parties.addParty(scope, { kind: 'person', name: 'New', companyId: id })],
  'addParty ownerId': ['member', (scope, id) => parties.addParty(scope, { kind: 'person', name: 'New', ownerId: id })],
  changeParty: ['person', (scope, id) => parties.changeParty(scope, id, { name: 'Mine now' })],
  'changeParty companyId': ['company', (scope, id) => parties.changeParty(scope, mine.person, { companyId: id })],
  'changeParty ownerId': ['member', (scope, id) => parties.changeParty(scope, mine.person, { ownerId: id })],
  deleteParty: ['company', (scope, id) => parties.deleteParty(scope, id)],
  findLossReason: ['reason', (scope, id) => lossReasons.findLossReason(scope, id)],
  changeLossReason: ['reason', (scope, id) => lossReasons.changeLossReason(scope, id, { name: 'Mine now' })],
  deleteLossReason: ['reason', (scope, id) => lossReasons.deleteLossReason(scope, id)],
  findCustomField: ['field', (scope, id) => customFields.findCustomField(scope, id)],
  changeCustomField: ['field', (scope, id) => customFields.changeCustomField(scope, id, { name: 'Mine now' })],
  deleteCustomField: ['field', (scope, id) => customFields.deleteCustomField(scope, id)],
  findRecord: ['record', (scope, id) => records.findRecord(scope, 'things', id)],
  deleteRecord: ['record', (scope, id) => records.deleteRecord(scope, 'things', id)],
  findMember: ['member', (scope, id) => users.findMember(scope, id)],
  changeMember: ['member', (scope, id) => users.changeMember(scope, id, { name: 'Mine now' })],
  createToken: ['member', (scope, id) => users.createToken(scope, { userId: id })],
  findToken: ['token', (scope, id) => users.findToken(scope, id)],
  revokeToken: ['token', (scope, id) => users.revokeToken(scope, id)],
  endSession: ['session', (scope, id) => sessions.endSession(scope, id)],
  findInvitation: ['invitation', (scope, id) => invitations.findInvitation(scope, id)],
  changeView: ['view', (scope, id) => views.changeView(scope, id, { name: 'Mine now' })],
  deleteView: ['view', (scope, id) => views.deleteView(scope, id)],
  undo: ['event', (scope, id) => undo(scope, tokenOf(id))],
  revokeInvitation: ['invitation', (scope, id) => invitations.revokeInvitation(scope, id)],
}

/** Use cases that take no id of a row, or are proved by the lists below. */
const withoutId = new Set([
  'addPipeline',
  'addLossReason',
  'addCustomField',
  'addMember',
  'addRecord',
  'saveRecord',
  'changeWorkspace',
  'defaultPipeline',
  'endOtherSessions',
  'addView',
  ...Object.values({
    ...customFields,
    ...deals,
    ...invitations,
    ...lossReasons,
    ...parties,
    ...pipelines,
    ...records,
    ...sessions,
    ...stages,
    ...users,
    ...views,
  })
    .map((value) => (typeof value === 'function' ? value.name : ''))
    .filter((name) => /^(list|count)/.test(name)),
])

test('no use case is forgotten here', () => {
  const modules = {
    ...customFields,
    ...deals,
    ...editDeals,
    ...editPipelines,
    ...editStages,
    ...invitations,
    ...lossReasons,
    ...parties,
    ...pipelines,
    ...records,
    ...sessions,
    ...stages,
    ...users,
    ...views,
    ...workspaces,
  }
  const verbs = /^(find|add|change|create|delete|end|restore|merge|revoke|save|default|list|count)[A-Z]/
  const missing = Object.keys(modules).filter((name) => verbs.test(name) && !withoutId.has(name) && !(name in withId))
  // A deal is only created with ids of other rows.
  expect(missing).toEqual(['createDeal', 'addParty'])
})

describe('an id of another workspace', () => {
  test.each(Object.keys(withId))('%s: answers as an unknown one, and does nothing to either', async (name) => {
    const [sort, call] = withId[name] ?? []
    if (!sort || !call) throw new Error(name)
    const dumps = () => Promise.all([mine, theirs].map(({ scope }) => world.dump(scope.workspace.id)))
    const before = await dumps()
    const unknown = await attempt(() => call(mine.scope, 9_007_199_254_740_990))
    const foreign = await attempt(() => call(mine.scope, theirs[sort] as number))
    expect(unknown.reason).toBeDefined()
    expect(foreign).toEqual(unknown)
    expect(await dumps()).toEqual(before)
  })

  test('is saved over by no record', async () => {
    const record = await records.findRecord(theirs.scope, 'things', theirs.record)
    await records.saveRecord(mine.scope, 'things', { ...record, key: 'stolen', data: { stolen: true } })
    expect(await records.findRecord(theirs.scope, 'things', theirs.record)).toEqual(record)
  })
})

test('no list shows rows of another workspace, not even when asked for them', async () => {
  const limit = 1000
  const lists: Record<string, (scope: Scope) => Promise<readonly { id: number }[]>> = {
    deals: async (scope) => (await deals.listDeals(scope, { limit, filter: { deleted: 'both' } })).items,
    'deals by id': async (scope) => (await deals.listDeals(scope, { limit, filter: { ids: [mine.deal, theirs.deal] } })).items,
    'deals by their stage': async (scope) => (await deals.listDeals(scope, { limit, filter: { stageId: theirs.open } })).items,
    'deals by their owner': async (scope) =>
      (await deals.listDeals(scope, { limit, filter: { ownerId: theirs.scope.user.id } })).items,
    'deals by word': async (scope) => (await deals.listDeals(scope, { limit, filter: { text: 'common' } })).items,
    'deals by tag': async (scope) => (await deals.listDeals(scope, { limit, filter: { tag: 'common' } })).items,
    'deals by extra': async (scope) =>
      (await deals.listDeals(scope, { limit, filter: { extra: { dialect: 'native', key: 'common', value: 1 } } })).items,
    'deals by their field': async (scope) =>
      (await deals.listDeals(scope, { limit, filter: { customField: { id: String(theirs.field), value: 'common' } } })).items,
    'deals by external id': async (scope) => (await deals.listDeals(scope, { limit, filter: { externalId: 'common' } })).items,
    'deals after one of theirs': async (scope) =>
      (await deals.listDeals(scope, { limit, after: { value: theirs.deal, id: theirs.deal } })).items,
    parties: async (scope) => (await parties.listParties(scope, { limit, deleted: 'both' })).items,
    'parties by word': async (scope) => (await parties.listParties(scope, { limit, text: 'common' })).items,
    'parties of their company': async (scope) => (await parties.listParties(scope, { limit, companyId: theirs.company })).items,
    'parties by id': async (scope) => (await parties.listParties(scope, { limit, ids: [mine.person, theirs.person] })).items,
    stages: (scope) => stages.listStages(scope),
    'their stages': (scope) => stages.listStages(scope, theirs.pipeline),
    pipelines: (scope) => pipelines.listPipelines(scope),
    reasons: (scope) => lossReasons.listLossReasons(scope),
    fields: (scope) => customFields.listCustomFields(scope),
    members: async (scope) => (await users.listMembers(scope, { limit })).items,
    'members by id': async (scope) => (await users.listMembers(scope, { limit, ids: [mine.member, theirs.member] })).items,
    'members by text': async (scope) => (await users.listMembers(scope, { limit, text: '.example' })).items,
    tokens: async (scope) => (await users.listTokens(scope, { limit })).items,
    sessions: (scope) => sessions.listSessions(scope),
    invitations: (scope) => invitations.listInvitations(scope),
    records: async (scope) => (await records.listRecords(scope, 'things', { limit })).items,
    'records by key': async (scope) => (await records.listRecords(scope, 'things', { limit, key: 'common' })).items,
    events: async (scope) => (await listEvents(scope, { limit })).items,
    'events of their deal': async (scope) => (await listEvents(scope, { limit, subject: 'deal', subjectId: theirs.deal })).items,
    totals: async (scope) => (await listTotals(scope)).map(({ stageId }) => ({ id: stageId })),
    'their totals': async (scope) => (await listTotals(scope, theirs.pipeline)).map(({ stageId }) => ({ id: stageId })),
  }
  for (const [name, list] of Object.entries(lists)) {
    const [own, foreign] = [await list(mine.scope), await list(theirs.scope)].map((rows) => rows.map(({ id }) => id))
    const shared = own?.filter((id) => foreign?.includes(id))
    expect({ name, shared }).toEqual({ name, shared: [] })
    // Whoever asks for what is theirs finds nothing; every other list has something of one's own.
    expect({ name, isEmpty: own?.length === 0 }).toEqual({ name, isEmpty: /(^| )their/.test(name) })
  }
  expect(await deals.countDeals(mine.scope, { ids: [mine.deal, theirs.deal] })).toBe(1)
  expect(await deals.countDeals(mine.scope, { stageId: theirs.open, isArchived: false })).toBe(0)
  expect(await parties.countParties(mine.scope, { ids: [mine.person, theirs.person] })).toBe(1)
  expect([...(await lastChangers(mine.scope, 'deal', [mine.deal, theirs.deal])).keys()]).toEqual([mine.deal])
  const found = await deals.findDeal(theirs.scope, theirs.deal)
  // Even a deal got from elsewhere is only counted among one's own.
  expect([...(await deals.placesOf(mine.scope, [found])).values()]).toEqual([0])
  const { store } = mine.scope
  expect(await store.deals.byUuid(found.uuid)).toBeUndefined()
  expect(await store.stages.byUuid((await stages.findStage(theirs.scope, theirs.stage)).uuid)).toBeUndefined()
  expect(await store.pipelines.byUuid((await pipelines.findPipeline(theirs.scope, theirs.pipeline)).uuid)).toBeUndefined()
  expect(await store.parties.byUuid((await parties.findParty(theirs.scope, theirs.person)).uuid)).toBeUndefined()
  expect(await store.members.byUuid((await users.findMember(theirs.scope, theirs.member)).uuid)).toBeUndefined()
  expect((await mine.scope.store.parties.peopleCounts([mine.company, theirs.company])).get(theirs.company)).toBeUndefined()
  expect(await mine.scope.store.deals.anyIn(theirs.open)).toBe(false)
})

test('somebody who works for two workspaces has a name of their own in each', async () => {
  const email = 'shared@person.example'
  const here = await users.addMember(mine.scope, { name: 'Here', email, role: 'member' })
  const there = await users.addMember(theirs.scope, { name: 'There', email: email.toUpperCase(), phone: '1' })
  expect([here.id, here.name, there.name]).toEqual([there.id, 'Here', 'There'])
  await users.changeMember(theirs.scope, there.id, { name: 'Renamed', role: 'viewer', isActive: false })
  expect(await users.findMember(mine.scope, here.id)).toEqual(here)
})
