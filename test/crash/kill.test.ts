import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test, vi } from 'vitest'
import { batchSize } from '../../src/cli/import/run.ts'
import { openStore } from '../../src/serve.ts'
import { request } from '../support/app.ts'
import { crmux, scratch, serve, start } from '../support/cli.ts'

// Real processes: quick by themselves, slow on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 120_000 })

const files = scratch()
afterAll(() => files.remove())

/** Everything in the store, page by page. */
async function allDeals(
  origin: string,
  headers: Record<string, string>,
): Promise<Map<number, { title: string; stageId: number; version: number }>> {
  const deals = new Map<number, { title: string; stageId: number; version: number }>()
  for (let next: string | null = ''; next !== null; ) {
    const { body } = await request(
      `${origin}/api/v1/deals?limit=100${next === '' ? '' : `&cursor=${encodeURIComponent(next)}`}`,
      {
        headers,
      },
    )
    const page = body as { data: { id: number; title: string; stageId: number; version: number }[]; next: string | null }
    for (const deal of page.data) deals.set(deal.id, deal)
    next = page.next
  }
  return deals
}

test('kill -9 in the middle of concurrent writes: whatever was acknowledged is there, and nothing half', async () => {
  const token = randomBytes(32).toString('hex')
  const data = files.path('store')
  const headers = { authorization: `Bearer ${token}` }
  const acknowledged = new Map<number, { title: string; version: number }>()
  const refused: number[] = []

  // Several times, because where the blow lands is a matter of luck.
  for (let round = 0; round < 3; round++) {
    const served = await serve(['--data', data], { CRMUX_TOKEN: token })
    const stages = (await request(`${served.origin}/api/v1/stages`, { headers })).body as { data: { id: number }[] }
    let isDead = false
    const write = async (writer: number) => {
      for (let n = 0; !isDead; n++) {
        const title = `round ${round}, writer ${writer}, deal ${n}`
        const made = await request(`${served.origin}/api/v1/deals`, {
          method: 'POST',
          headers,
          body: { title, value: String(n) },
        })
        const { data: deal } = made.body as { data: { id: number } }
        if (made.status !== 201) refused.push(made.status)
        acknowledged.set(deal.id, { title, version: 1 })
        const stageId = stages.data[n % stages.data.length]?.id
        const moved = await request(`${served.origin}/api/v1/deals/${deal.id}`, {
          method: 'PATCH',
          headers,
          body: { stageId, title: `${title}, moved` },
        })
        if (moved.status !== 200) refused.push(moved.status)
        acknowledged.set(deal.id, { title: `${title}, moved`, version: 2 })
      }
    }
    // What was under way when the process died was never acknowledged; it may be there or not.
    const writers = Array.from({ length: 20 }, (_, writer) => write(writer).catch(() => {}))
    const enough = acknowledged.size + 150
    while (acknowledged.size < enough) await new Promise((resolve) => setTimeout(resolve, 5))
    served.process.kill('SIGKILL')
    await served.ended
    isDead = true
    await Promise.all(writers)
  }
  expect(refused).toEqual([])
  expect(acknowledged.size).toBeGreaterThanOrEqual(450)

  const served = await serve(['--data', data], { CRMUX_TOKEN: token })
  const there = await allDeals(served.origin, headers)
  const lost = [...acknowledged].filter(([id, { title, version }]) => {
    const deal = there.get(id)
    // A move that was under way may have happened; one that was acknowledged must have.
    return !deal || deal.version < version || !deal.title.startsWith(title)
  })
  expect(lost).toEqual([])
  expect(await crmux(['doctor', '--data', data])).toMatchObject({ code: 0 })
  await served.stop()
})

test.each(['SIGKILL', 'SIGINT'] as const)('an import that %s ends is run again and complete', async (signal) => {
  const data = files.path(signal)
  const total = 3 * batchSize
  const rows = Array.from({ length: total }, (_, n) => `E${n},deal ${n},${n % 100},Company ${n % 50}`)
  const file = files.path('rows.csv')
  writeFileSync(file, ['id,title,value,company', ...rows].join('\n'))
  const args = ['import', 'deals', file, '--create', '--data', data]
  const child = start('src/cli/index.ts', args)
  const { engine, registry } = await openWhenThere(data)
  // After the first rows are in, and before the last.
  while ((await count(registry)) === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  child.process.kill(signal)
  const outcome = await child.ended
  const done = await count(registry)
  expect([done > 0, done < total, done % batchSize]).toEqual([true, true, 0])
  if (signal === 'SIGINT') expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('run it again to go on') })
  expect(await crmux(['doctor', '--data', data])).toMatchObject({ code: 0 })
  const again = await crmux(args)
  const figures = `${(total - done).toLocaleString('en')} created, ${done.toLocaleString('en')} unchanged, 0 refused`
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(figures) })
  expect(await count(registry)).toBe(total)
  await engine.close()
  expect(await crmux(['doctor', '--data', data])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${total.toLocaleString('en')} deals`),
  })
})

async function openWhenThere(data: string) {
  while (!existsSync(`${data}/crmux.db`)) await new Promise((resolve) => setTimeout(resolve, 5))
  return openStore({ data, databaseUrl: undefined })
}

async function count(registry: Awaited<ReturnType<typeof openWhenThere>>['registry']): Promise<number> {
  const [workspace] = await registry.workspaces()
  if (!workspace) return 0
  const totals = await registry.of(workspace.id).deals.totals()
  return totals.reduce((sum, total) => sum + total.count, 0)
}
