import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDeal } from '../../src/domain/edit-deals.ts'
import { addLossReason } from '../../src/domain/loss-reason.ts'
import { addParty } from '../../src/domain/party.ts'
import { listStages } from '../../src/domain/stage.ts'
import { openTestApp, type TestApp, type TestWorkspace } from '../support/app.ts'
import type { DialectClient } from '../support/driver.ts'
import { drivers } from '../support/drivers.ts'

/** Law 6 over every wire: each call that takes an id answers one of another workspace as one that never was. */

type Kind = Parameters<DialectClient['withId']>[0]
const kinds: readonly Kind[] = ['deal', 'stage', 'pipeline', 'contact', 'company', 'user', 'loss_reason']

let app: TestApp
let mine: TestWorkspace
let theirs: TestWorkspace
const ids = {} as Record<Kind, number>

beforeAll(async () => {
  app = await openTestApp()
  mine = await app.workspace()
  theirs = await app.workspace()
  const { scope } = theirs
  const [stage] = await listStages(scope)
  const company = await addParty(scope, { kind: 'company', name: 'Theirs' })
  ids.company = company.id
  ids.contact = (await addParty(scope, { kind: 'person', name: 'Their person', companyId: company.id })).id
  ids.deal = (await createDeal(scope, { title: 'Theirs', contactId: ids.contact, companyId: company.id })).id
  ids.stage = stage?.id ?? 0
  ids.pipeline = stage?.pipelineId ?? 0
  ids.user = (await theirs.member('manager')).user.id
  ids.loss_reason = (await addLossReason(scope, { name: 'Theirs' })).id
})
afterAll(() => app.close())

/** An id that nobody has been given. */
const unknown = 987_654_321

const dump = () => app.dump(theirs.workspace.id)

describe.each(drivers)('$name', (driver) => {
  test.each(kinds)('answers the id of another workspace’s %s as an unknown one', async (kind) => {
    const client = driver.connect({ origin: app.origin, workspace: mine })
    const calls = client.withId(kind, ids[kind])
    const never = client.withId(kind, unknown)
    const before = await dump()
    for (const [index, call] of calls.entries()) {
      const answers = [await call.send(), await never[index]?.send()]
      const [foreign, none] = answers.map((answer, which) => {
        const text = JSON.stringify(answer).replaceAll(new RegExp(`\\b${which === 0 ? ids[kind] : unknown}\\b`, 'g'), '#')
        // What a call makes besides has an id and a time of its own.
        return text.replaceAll(/"(id|uuid)":("[^"]*"|\d+)/g, '"$1":#').replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'TIME')
      })
      expect(`${call.name} ${foreign}`).toBe(`${call.name} ${none}`)
    }
    expect(await dump()).toBe(before)
    // A vendor that knows nothing by such an id has no call to try.
    expect(calls.length).toBe(never.length)
  })
})
