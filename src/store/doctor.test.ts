import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestStore, type TestStore, type TestWorkspace } from '../../test/support/app.ts'
import { testEngine } from '../../test/support/engine.ts'
import type { Deal } from '../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal } from '../domain/edit-deals.ts'
import { invite } from '../domain/invitation.ts'
import { addParty, type Party } from '../domain/party.ts'
import { listStages, type Stage } from '../domain/stage.ts'
import { examine } from './doctor.ts'

let store: TestStore
let ws: TestWorkspace
let stages: readonly Stage[]
let [open, won, deleted]: Deal[] = []
let [company, person]: Party[] = []

beforeEach(async () => {
  store = await openTestStore()
  ws = await store.workspace()
  const { scope } = ws
  stages = await listStages(scope)
  company = await addParty(scope, { kind: 'company', name: 'Café Straße' })
  person = await addParty(scope, { kind: 'person', name: 'Ada Lovelace', companyId: company.id })
  open = await createDeal(scope, {
    title: 'Engines, analytical',
    value: { decimal: '1250.50' },
    probability: 40,
    companyId: company.id,
    contactId: person.id,
    tags: ['hot'],
    extras: { flag: true },
  })
  won = await createDeal(scope, { title: 'Looms', value: { decimal: 99 }, outcome: 'won' })
  deleted = await createDeal(scope, { title: 'Gone again' })
  await deleteDeal(scope, deleted.id)
  await ws.session()
  await invite(scope, { email: 'bo@acme.example' })
  await changeDeal(scope, open.id, { title: 'Engines, difference', probability: 50 })
})
afterEach(() => store.close())

const findings = async (): Promise<string[]> => {
  const found: string[] = []
  await examine(store.engine, { onFinding: ({ check, words }) => found.push(`${check}: ${words}`) })
  return found
}

/** Where the engines have different words for it. */
const on = (texts: { sqlite: string; postgres: string }): string => texts[testEngine]

/** Without what keeps events from being changed. */
const unguarded = (sql: string) =>
  on({
    sqlite: `drop trigger event_is_final; drop trigger event_stays; ${sql}`,
    postgres: `alter table event disable trigger user; ${sql}`,
  })

test('a store that only the domain has written is as it should be', async () => {
  expect(await findings()).toEqual([])
  const seen = await examine(store.engine, { onFinding: () => {} })
  expect(seen).toMatchObject({ workspaces: 1, deals: 3, findings: 0 })
})

/** What is broken, by which SQL, and what the doctor must say about it. */
const cases: readonly [string, () => string, RegExp][] = [
  [
    'a life that did not happen',
    () => `update stretch set stage_id = ${stages[1]?.id} where deal_id = ${open?.id}`,
    /stretch 1 of its life/,
  ],
  [
    'a life too many',
    () =>
      'insert into stretch select 0, 4711, nth, since, until, pipeline_id, stage_id, kind, entered_at, born_at, arrives, is_first, from_stage_id, stayed, user_id, amount, currency, owner_id, probability, expected_close_date, is_counted, is_gone from stretch where nth = 1 limit 1',
    /a life is kept of deal 4711/,
  ],
  ['a life without its end', () => `delete from stretch where deal_id = ${won?.id} and nth = 2`, /stretch 2 of its life/],
  ['a balance that is off', () => 'update balance set amount = amount + 1', /the balances of .* are not what/],
  ['a balance that is missing', () => 'delete from balance', /the balances of .* are not what/],
  ['a passage that is off', () => 'update passage set stayed = stayed + 1', /the passages of .* are not what/],
  ['no default pipeline', () => 'update pipeline set is_default = 0', /has 0 default pipelines/],
  ['a disabled default pipeline', () => 'update pipeline set is_disabled = 1', /is the default and disabled/],
  ['a workspace without an admin', () => "update membership set role = 'viewer'", /no active admin/],
  ['a member without a person', () => 'delete from "user"', /is a user that does not exist/],
  ['a session of a stranger', () => 'update session set user_id = 4711', /session \d+ is one of user 4711, who is no member/],
  [
    'a session of somebody who cannot sign in',
    () => 'update membership set joined_at = null',
    /who is no member that can sign in/,
  ],
  ['a password of nobody', () => "insert into password values (4711, 'x', 1)", /a password is kept of user 4711/],
  ['an invitation by a stranger', () => 'update invitation set invited_by_id = 4711', /was made by user 4711, who is no member/],
  ['a token of a stranger', () => 'update token set user_id = 4711', /belongs to user 4711, who is no member/],
  ['no won stage', () => "update stage set deleted_at = 1 where kind = 'won'", /has no won stage/],
  ['no lost stage', () => "delete from stage where kind = 'lost'", /has no lost stage/],
  [
    'a stage in a deleted pipeline',
    () => 'update pipeline set deleted_at = 1',
    /is in pipeline \d+, which does not exist or is deleted/,
  ],
  ['an open stage after a closed one', () => "update stage set position = 99 where kind = 'open'", /comes after closed stage/],
  [
    'a deal in a deleted stage',
    () => `update stage set deleted_at = 1 where id = ${open?.stageId}`,
    /stands in stage \d+, which/,
  ],
  ['a deal in no stage', () => `update deal set stage_id = 9999 where id = ${deleted?.id}`, /stands in stage 9999/],
  ['a deal in a deleted pipeline', () => 'update pipeline set deleted_at = 1', /deal \d+ is in pipeline \d+, which/],
  [
    'pipelines that disagree',
    () => `update deal set pipeline_id = pipeline_id + 1 where id = ${open?.id}`,
    /but its stage is in pipeline/,
  ],
  [
    'an outcome that is not the kind',
    () => `update deal set outcome = 'lost' where id = ${won?.id}`,
    /is said to be lost, but stands in a stage that is won/,
  ],
  [
    'a closed stage as last open one',
    () => `update deal set open_stage_id = stage_id where id = ${won?.id}`,
    /which is no live open stage/,
  ],
  [
    'an open deal beside its open stage',
    () => `update deal set open_stage_id = ${stages[1]?.id} where id = ${open?.id}`,
    /is open in stage \d+, but remembers \d+/,
  ],
  [
    'a won deal without a date',
    () => `update deal set closed_at = null where id = ${won?.id}`,
    /is won and lacks a closing date/,
  ],
  ['an open deal with one', () => `update deal set closed_at = 5 where id = ${open?.id}`, /is open and has a closing date/],
  [
    'a rank twice in a stage',
    () => `update deal set stage_id = ${open?.stageId}, rank = '${open?.rank}' where id = ${deleted?.id}`,
    /shares its rank in stage/,
  ],
  ['an owner who is no member', () => 'update deal set owner_id = 4711', /has user 4711 as its owner/],
  ['a company of nobody', () => 'update party set creator_id = 4711', /has user 4711 as its creator/],
  ['a contact that is gone', () => `delete from party where id = ${person?.id}`, /points at contact \d+, which does not exist/],
  ['a company that is a person', () => `update party set kind = 'person' where id = ${company?.id}`, /points at company \d+/],
  ['a reason that is gone', () => `update deal set loss_reason_id = 77 where id = ${won?.id}`, /was lost for reason 77/],
  ['an event of nothing', () => `delete from deal where id = ${won?.id}`, /is about deal \d+, which does not exist/],
  [
    'a counter that stands too low',
    () => on({ sqlite: "update sequence set value = 1 where name = 'deal'", postgres: "select setval('deal_ids', 1)" }),
    /counter for ids of table deal stands at 1/,
  ],
  [
    'an amount that changed past the log',
    () => `update deal set amount = 1 where id = ${open?.id}`,
    /amount is 1, but its events say 125050/,
  ],
  [
    'a stage that changed past the log',
    () => "update stage set name = 'X' where kind = 'won'",
    /stage \d+: name is "X", but its events say "Won"/,
  ],
  [
    'a version that skipped one',
    () => `update deal set version = 7 where id = ${open?.id}`,
    /its version says 7 changes, but it has 2 events/,
  ],
  [
    'an event that is missing',
    () => unguarded(`delete from event where subject = 'deal' and subject_id = ${won?.id}`),
    /deal \d+ has no events/,
  ],
  ['a first event that is missing', () => unguarded(`delete from event where type = 'deal.created'`), /is not its creation/],
  [
    'an event in between that is missing',
    () => unguarded(`update event set "after" = replace("after", 'analytical', 'x') where type = 'deal.created'`),
    /begins from another title than the one before it left/,
  ],
  [
    'a batch that nothing began',
    () => unguarded(`update event set batch = 99999 where type = 'deal.created'`),
    /event \d+ belongs to the batch of event 99999, which begins none/,
  ],
  ['a document that is no JSON', () => `update deal set tags = '[' where id = ${open?.id}`, /holds a document that is no JSON/],
  [
    'a total that is off',
    () => 'update stage_total set amount = amount + 1',
    /is kept as 1 deals, 125051.*but its deals add up to 1 deals, 125050/,
  ],
  [
    'a total of closed deals that is off',
    () => 'update closed_from_stage_total set deal_count = deal_count + 1',
    /of deals closed from it, stage \d+ in [A-Z]{3} is kept as/,
  ],
  ['a total that is missing', () => 'delete from stage_total', /is kept as 0 deals, 0, but its deals add up to/],
  [
    'a total of no deals',
    () =>
      on({
        sqlite: "insert into stage_total select workspace_id, 9999, 'EUR', 1, 5, 0, 0 from stage limit 1",
        postgres: "insert into stage_total select workspace_id, 9999, 'EUR', 0, 1, 5, 0, 0 from stage limit 1",
      }),
    /stage 9999 in EUR/,
  ],
  ['a currency that is none', () => "update deal set currency = 'XYZ'", /counted in 'XYZ'/],
  ['an amount beyond counting', () => 'update deal set amount = 1000000000000001', /has an impossible amount/],
  ['a tag that is not found', () => "delete from deal_facet where name = 'tag'", /cannot be found by its tag 'hot'/],
  [
    'a tag that is found too much',
    () => `insert into deal_facet select workspace_id, 'tag', 'cold', id from deal where id = ${won?.id}`,
    /found by the tag 'cold', which it does not have/,
  ],
  [
    'a title that is not searched',
    () => `update deal set title = 'Other' where id = ${open?.id}`,
    /deal \d+ is not found by exactly the words/,
  ],
  [
    'a search entry that is missing',
    () => `delete from deal_text where ${on({ sqlite: 'rowid', postgres: 'deal_id' })} = ${won?.id}`,
    /deal \d+ is not found by exactly/,
  ],
  [
    'a search entry with a word too many',
    () =>
      on({
        sqlite: `insert or replace into deal_text (rowid, title, custom) values (${won?.id}, '11·looms 11·more', '')`,
        postgres: `update deal_text set words = '11·looms:1A 11·more:1A' where deal_id = ${won?.id}`,
      }),
    /deal \d+ is not found by exactly/,
  ],
  [
    'a search entry of nothing',
    () =>
      on({
        sqlite: "insert into deal_text (rowid, title, custom) values (9999, 'x', '')",
        postgres: "insert into deal_text values (11, 9999, 'x:1A')",
      }),
    /has an entry for 9999/,
  ],
  [
    'a name that is not searched',
    () => `update party set name = 'Other' where id = ${company?.id}`,
    /contact or company \d+ is not found by exactly/,
  ],
]

/** A store for each takes its time on PostgreSQL; that the questions can be asked there shows in any of them. */
const tried = cases.filter((_, index) => testEngine === 'sqlite' || index % 3 === 0)

test.each(tried)('the doctor names %s', async (_name, sql, words) => {
  await store.meddle(sql())
  const found = await findings()
  expect(
    found.some((finding) => words.test(finding)),
    found.join('\n'),
  ).toBe(true)
})

test('the doctor sees one moment while others write', async () => {
  const writing = Array.from({ length: 50 }, (_, n) => createDeal(ws.scope, { title: `meanwhile ${n}`, value: { decimal: n } }))
  const found = await findings()
  await Promise.all(writing)
  expect(found).toEqual([])
})
