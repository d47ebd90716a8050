import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCustomField } from '../../src/domain/custom-field.ts'
import { changeDeal, createDeal } from '../../src/domain/edit-deals.ts'
import { addPipeline } from '../../src/domain/edit-pipelines.ts'
import { addLossReason } from '../../src/domain/loss-reason.ts'
import { addParty } from '../../src/domain/party.ts'
import { listStages } from '../../src/domain/stage.ts'
import { openTestStore, type TestStore } from '../support/app.ts'
import { scratch, within } from '../support/cli.ts'

let store: TestStore
const files = scratch()

/** A workspace with everything in it that an export could lose. */
beforeAll(async () => {
  store = await openTestStore()
  const { scope } = await store.workspace({ template: 'sell', subdomain: 'from' })
  const { scope: other } = await store.workspace({ template: 'sell', subdomain: 'other' })
  await createDeal(other, { title: 'of somebody else' })
  const team = await store.registry
    .of(scope.workspace.id)
    .transaction((tx) =>
      tx.members.add({ name: 'Zoë "Z" Ångström, Jr.', email: 'zoe@example.com', phone: null, role: 'member' }, 0),
    )
  const number = await addCustomField(scope, { subject: 'deal', name: 'Size: m²', type: 'number' })
  const choice = await addCustomField(scope, { subject: 'deal', name: 'Colour', type: 'choice', options: ['red', 'blue'] })
  const yes = await addCustomField(scope, { subject: 'deal', name: 'Yes?', type: 'boolean' })
  const since = await addCustomField(scope, { subject: 'contact', name: 'Since', type: 'date' })
  const company = await addParty(scope, {
    kind: 'company',
    name: 'Müller & Söhne, "GmbH"',
    address: { line1: 'Main St 1\nSuite 2', city: 'Wien', postalCode: '01010', country: 'Austria' },
    customFields: { [since.id]: '1999-12-31' },
    tags: ['a, b', 'c'],
    createdAt: 1_500_000_000_123,
    extras: { code: 7 },
  })
  const person = await addParty(scope, {
    kind: 'person',
    firstName: 'Jean Luc',
    lastName: 'Picard',
    companyId: company.id,
    ownerId: team.id,
    emails: [
      { value: 'jl@example.com', label: 'work', primary: false },
      { value: 'home@example.com', label: 'home', primary: true },
    ],
    phones: [{ value: '+1 555', label: 'mobile', primary: true }],
  })
  await addParty(scope, { kind: 'person', name: 'Mononym', emails: [{ value: 'm@example.com', label: 'work', primary: true }] })
  const { id } = await addPipeline(scope, {
    name: 'Second, with a comma',
    stages: [{ name: 'One' }, { name: 'Two' }, { name: 'Won' }, { name: 'Signed', kind: 'won' }, { name: 'Gone', kind: 'lost' }],
  })
  const stage = Object.fromEntries((await listStages(scope, id)).map((one) => [`${one.name} ${one.kind}`, one.id]))
  const reason = await addLossReason(scope, { name: 'Price' })
  const full = await createDeal(scope, {
    title: 'All of it; "quoted",\nin two lines',
    externalId: 'X-1',
    value: { decimal: '1234567.891' },
    currency: 'KWD',
    stageId: stage['Two open'],
    ownerId: team.id,
    companyId: company.id,
    contactId: person.id,
    probability: 35,
    expectedCloseDate: '2027-02-28',
    tags: ['plain', 'with, comma', '[odd]'],
    customFields: { [number.id]: 12.5, [choice.id]: 'blue', [yes.id]: false },
    createdAt: 1_600_000_000_001,
    stageChangedAt: 1_600_000_100_002,
    archivedAt: 1_700_000_000_003,
  })
  await changeDeal({ ...scope, via: 'sell' }, full.id, { extras: { hot: true } })
  await changeDeal({ ...scope, via: 'pipedrive' }, full.id, { extras: { visible_to: '3' } })
  await createDeal(scope, {
    title: 'Won from two',
    stageId: stage['Signed won'],
    openStageId: stage['One open'],
    closedAt: 1_650_000_000_000,
    createdAt: 1_640_000_000_000,
    amount: 5,
    currency: 'JPY',
  })
  await createDeal(scope, { title: 'An open stage that is called Won', stageId: stage['Won open'], value: { decimal: '-0.01' } })
  await createDeal(scope, { title: 'Lost', stageId: stage['Gone lost'], lossReasonId: reason.id, lossComment: 'and more' })
  await createDeal(scope, { title: 'Unqualified', outcome: 'unqualified', lossComment: 'only a comment' })
})
afterAll(async () => {
  await store.close()
  files.remove()
})

const exported = async (what: string, workspace: string, format: string, data: string) => {
  const file = files.path(`${workspace}-${what}.${format}`)
  const outcome = await within(['export', what, '--workspace', workspace, '--data', data, '--out', file])
  expect(outcome).toMatchObject({ code: 0 })
  return { file, text: readFileSync(file, 'utf8') }
}

test.each(['csv', 'ndjson'])(
  'what is exported as %s and imported into an empty workspace is exported the same again',
  async (format) => {
    const data = store.directory
    const to = `to-${format}`
    expect(await within(['workspace', 'create', to, '--subdomain', to, '--template', 'sell', '--data', data])).toMatchObject({
      code: 0,
    })
    for (const what of ['companies', 'contacts', 'deals']) {
      const from = await exported(what, 'from', format, data)
      const outcome = await within(['import', what, from.file, '--workspace', to, '--create', '--data', data])
      expect(outcome).toMatchObject({ code: 0, stdout: expect.not.stringContaining('updated') })
      const copy = await exported(what, to, format, data)
      expect(copy.text).toBe(from.text)
      expect(from.text).not.toContain('of somebody else')
    }
    expect(await within(['doctor', '--data', data])).toMatchObject({ code: 0 })
    // Once more: those that can be told apart are found again and have not changed.
    const again = await within(['import', 'contacts', files.path(`from-contacts.${format}`), '--workspace', to, '--data', data])
    expect(again.stdout).toContain('0 created, 2 unchanged, 0 refused')
  },
)

test('an export without rows still has its header, and can be imported', async () => {
  const data = store.directory
  await within(['workspace', 'create', 'empty', '--subdomain', 'empty', '--data', data])
  const { file, text } = await exported('deals', 'empty', 'csv', data)
  expect(text).toMatch(/^external_id,title,value,.*\n$/)
  expect(await within(['import', 'deals', file, '--workspace', 'empty', '--data', data])).toMatchObject({ code: 0 })
})

test('pages follow one another without gaps or doubles', async () => {
  const { scope } = await store.workspace({ subdomain: 'many' })
  for (let n = 0; n < 1101; n++) await createDeal(scope, { title: `deal ${n}` })
  const { stdout } = await within(['export', 'deals', '--workspace', 'many', '--data', store.directory, '--format', 'ndjson'])
  const titles = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).title)
  expect(titles).toEqual(Array.from({ length: 1101 }, (_, n) => `deal ${n}`))
})
