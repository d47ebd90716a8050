import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDeal } from '../../src/domain/edit-deals.ts'
import { openTestStore, type TestStore, type TestWorkspace } from '../support/app.ts'
import { scratch, within } from '../support/cli.ts'

const files = scratch()
let store: TestStore
let ws: TestWorkspace
beforeAll(async () => {
  store = await openTestStore()
  ws = await store.workspace()
})
afterAll(async () => {
  await store.close()
  files.remove()
})

/** Puts a backup where a store is looked for. */
function restored(copy: string, name: string): string {
  const data = files.path(name)
  mkdirSync(data)
  copyFileSync(copy, join(data, 'crmux.db'))
  return data
}

test('a copy taken while others write is whole, of one moment, and can be served', async () => {
  let isWriting = true
  let written = 0
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = 0; isWriting; n++, written++) await createDeal(ws.scope, { title: `by ${writer}: ${n}`, value: { decimal: n } })
  })
  while (written < 200) await new Promise((resolve) => setTimeout(resolve, 5))
  const copy = files.path('copy.db')
  const before = written
  const outcome = await within(['backup', copy, '--data', store.directory])
  isWriting = false
  await Promise.all(writers)
  expect(outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/copy\.db: [\d.]+ MB, checked\.\n$/) })
  expect([existsSync(`${copy}.partial`), existsSync(`${copy}-wal`), existsSync(`${copy}-journal`)]).toEqual([false, false, false])
  const data = restored(copy, 'restored')
  const doctor = await within(['doctor', '--data', data])
  expect(doctor).toMatchObject({ code: 0 })
  expect(Number(/([\d,]+) deals/.exec(doctor.stdout)?.[1]?.replace(',', ''))).toBeGreaterThanOrEqual(before)
})

test('a file that is there is replaced only on request, and never the store itself', async () => {
  const copy = files.path('there.db')
  writeFileSync(copy, 'precious')
  expect(await within(['backup', copy, '--data', store.directory])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--force'),
  })
  expect(readFileSync(copy, 'utf8')).toBe('precious')
  expect(await within(['backup', copy, '--force', '--data', store.directory])).toMatchObject({ code: 0 })
  expect(await within(['doctor', '--data', restored(copy, 'forced')])).toMatchObject({ code: 0 })
  const own = join(store.directory, 'crmux.db')
  expect(await within(['backup', own, '--force', '--data', store.directory])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the store itself'),
  })
})

test('a place that cannot take it is told', async () => {
  expect(await within(['backup', files.path('no/such/copy.db'), '--data', store.directory])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no directory'),
  })
  mkdirSync(files.path('folder'))
  expect(await within(['backup', files.path('folder'), '--force', '--data', store.directory])).toMatchObject({ code: 1 })
})
