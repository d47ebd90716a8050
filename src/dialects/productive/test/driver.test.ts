import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import type { DialectClient } from '../../../../test/support/driver.ts'
import { createDeal } from '../../../domain/edit-deals.ts'
import { addLossReason } from '../../../domain/loss-reason.ts'
import { addParty } from '../../../domain/party.ts'
import { listStages } from '../../../domain/stage.ts'
import { dialects } from '../../index.ts'
import { driver } from './driver.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

async function connect(template: string) {
  const ws = await app.workspace({ template })
  const client = driver.connect({ origin: app.origin, workspace: ws }) as Required<DialectClient>
  return { ws, client, stages: await listStages(ws.scope) }
}

describe.each(dialects.filter(({ template }) => template).map(({ name }) => name))(
  'in an organization with the stages of %s',
  (template) => {
    test('a deal is made, moved, won, reopened, lost and deleted', async () => {
      const { client, stages } = await connect(template)
      const [first, second] = stages.filter(({ kind }) => kind === 'open')
      const made = await client.createDeal({ title: 'Website', value: 1250.5, currency: 'EUR', probability: 30 })
      if (!made.ok) throw new Error(JSON.stringify(made))
      const { id } = made.value
      expect(made.value).toMatchObject({
        title: 'Website',
        value: 1250.5,
        currency: 'EUR',
        stageId: first?.id,
        outcome: 'open',
      })
      expect(await client.moveDeal(id, second?.id ?? 0)).toMatchObject({ ok: true, value: { stageId: second?.id } })
      expect(await client.winDeal(id)).toMatchObject({ ok: true, value: { outcome: 'won' } })
      expect(await client.listDeals({ outcome: 'won' })).toHaveLength(1)
      expect(await client.reopenDeal(id)).toMatchObject({ ok: true, value: { outcome: 'open' } })
      expect(await client.loseDeal(id, 'Price')).toMatchObject({ ok: true, value: { outcome: 'lost', lossReason: 'Price' } })
      expect(await client.changeDeal(id, { title: 'Shop', value: 3 })).toMatchObject({
        ok: true,
        value: { title: 'Shop', value: 3 },
      })
      expect(await client.deleteDeal(id)).toMatchObject({ ok: true })
      expect(await client.getDeal(id)).toMatchObject({ ok: false, status: 404 })
    })

    test('a pipeline and a stage are made and renamed, and stages come in the order of the board', async () => {
      const { client, ws, stages } = await connect(template)
      const pipelineId = stages[0]?.pipelineId ?? 0
      const added = await client.addStage({ pipelineId, name: 'Added' })
      if (!added.ok) throw new Error(JSON.stringify(added))
      await client.renameStage(added.value.id, 'Renamed')
      const isOpen = ({ kind }: { kind: string }) => kind === 'open'
      const told = (await client.listStages(pipelineId)).filter(isOpen).map(({ name }) => name)
      expect(told).toEqual((await listStages(ws.scope, pipelineId)).filter(isOpen).map(({ name }) => name))
      expect(told.at(-1)).toBe('Renamed')
      expect(await client.deleteStage(added.value.id)).toMatchObject({ ok: true })
      expect(await client.addPipeline('Second')).toMatchObject({ ok: true, value: { name: 'Second' } })
      expect(await client.listPipelines()).toHaveLength(2)
    })
  },
)

test('productive 11: no call tells somebody else’s id from one that nobody has', async () => {
  const theirs = await connect('productive')
  const { client } = await connect('productive')
  const { scope, admin, workspace } = theirs.ws
  const ids = {
    deal: (await createDeal(scope, { title: 'Secret' })).id,
    stage: theirs.stages[0]?.id ?? 0,
    pipeline: theirs.stages[0]?.pipelineId ?? 0,
    contact: (await addParty(scope, { kind: 'person', name: 'Secret Person' })).id,
    company: (await addParty(scope, { kind: 'company', name: 'Secret' })).id,
    user: admin.id,
    loss_reason: (await addLossReason(scope, { name: 'Secret' })).id,
  }
  const lastEvent = () => app.registry.of(workspace.id).events.list({ limit: 1, direction: 'desc' })
  const before = await lastEvent()
  for (const [kind, id] of Object.entries(ids) as [keyof typeof ids, number][]) {
    const [foreign, unknown] = [client.withId(kind, id), client.withId(kind, 900_000_000)]
    for (const [index, call] of foreign.entries()) {
      const seen = await call.send()
      expect([call.name, seen]).toEqual([call.name, await unknown[index]?.send()])
      expect(seen.status === 200 ? seen.body : { data: [] }, call.name).toMatchObject({ data: [] })
    }
  }
  expect(await lastEvent()).toEqual(before)
})
