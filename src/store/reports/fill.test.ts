import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestStore, type TestStore } from '../../../test/support/app.ts'
import { testEngine } from '../../../test/support/engine.ts'
import { changeDeal, createDeal } from '../../domain/edit-deals.ts'
import { listStages } from '../../domain/stage.ts'
import { examine } from '../doctor.ts'
import { fillLives } from './fill.ts'

let store: TestStore
beforeEach(async () => {
  store = await openTestStore()
})
afterEach(() => store.close())

// A store on PostgreSQL is never older than lives.
test.skipIf(testEngine !== 'sqlite')('an older store’s deals get their lives from the log, once', async () => {
  const { scope } = await store.workspace()
  const [, next] = await listStages(scope)
  for (let index = 0; index < 600; index++) {
    const { id } = await createDeal(scope, { title: `Deal ${index}` })
    if (index % 100 === 0) await changeDeal(scope, id, { stageId: next?.id, amount: index })
  }
  const database = store.sqlite()
  const look = () =>
    ['stretch', 'balance', 'passage'].map((table) => database.prepare(`select * from ${table} order by 1, 2, 3, 4`).all())
  const before = look()
  database.exec(
    "delete from stretch; delete from balance; delete from passage; insert into sequence values ('lives to fill in', 600)",
  )
  // One that went on living meanwhile has a life already.
  const [first] = (await scope.store.deals.list({ limit: 1 })).items
  await changeDeal(scope, first?.id ?? 0, { title: 'Renamed' })
  const told: number[] = []
  await fillLives(store.engine, (done) => told.push(done))
  expect(told.at(-1)).toBe(600)
  expect(look().map((rows) => rows.length)).toEqual(before.map((rows) => rows.length))
  const findings: string[] = []
  await examine(store.engine, { onFinding: ({ words }) => findings.push(words) })
  expect(findings).toEqual([])
  await fillLives(store.engine, () => expect.unreachable())
})
