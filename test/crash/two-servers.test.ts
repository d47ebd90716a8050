import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { afterAll, expect, test, vi } from 'vitest'
import { request } from '../support/app.ts'
import { crmux, scratch, serve } from '../support/cli.ts'

// Real processes: quick by themselves, slow on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 120_000 })

const files = scratch()
afterAll(() => files.remove())

/** Decided: both work. Writers take turns, and what one writes the other sees with its next answer. */
test('two servers on one store: both start at once, both write, each sees what the other wrote', async () => {
  const token = randomBytes(32).toString('hex')
  const data = files.path('store')
  const headers = { authorization: `Bearer ${token}` }
  // Together, on a store that is not there yet: one makes it, the other finds it.
  const servers = await Promise.all([0, 1].map(() => serve(['--data', data], { CRMUX_TOKEN: token })))
  const origins = servers.map(({ origin }) => origin)
  const other = (n: number) => origins[(n + 1) % 2]

  const writes = Array.from({ length: 32 }, async (_, writer) => {
    for (let n = 0; n < 12; n++) {
      const made = await request(`${origins[writer % 2]}/api/v1/deals`, {
        method: 'POST',
        headers,
        body: { title: `${writer}/${n}`, value: '10' },
      })
      expect(made.status).toBe(201)
      const { id } = (made.body as { data: { id: number } }).data
      // The other server has it at once, and can change it.
      const seen = await request(`${other(writer)}/api/v1/deals/${id}`, { headers })
      expect([seen.status, (seen.body as { data: { title: string } }).data.title]).toEqual([200, `${writer}/${n}`])
      const won = await request(`${other(writer)}/api/v1/deals/${id}`, { method: 'PATCH', headers, body: { value: '25.5' } })
      expect(won.status).toBe(200)
    }
  })
  await Promise.all(writes)

  for (const origin of origins) {
    const { body } = await request(`${origin}/api/v1/pipelines/1/totals`, { headers })
    expect(JSON.stringify(body)).toContain('9792')
  }
  expect(await crmux(['doctor', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringContaining('384 deals') })
  for (const served of servers) expect(await served.stop()).toMatchObject({ code: 0 })
})

test('a server answers its writers while a long import runs beside it', async () => {
  const token = randomBytes(32).toString('hex')
  const data = files.path('beside')
  const headers = { authorization: `Bearer ${token}` }
  const served = await serve(['--data', data], { CRMUX_TOKEN: token })
  const rows = Array.from({ length: 5000 }, (_, n) => `${n},imported ${n}`)
  writeFileSync(files.path('long.csv'), ['id,title', ...rows].join('\n'))
  let isImporting = true
  const importing = crmux(['import', 'deals', files.path('long.csv'), '--data', data]).finally(() => {
    isImporting = false
  })
  const waits: number[] = []
  for (let n = 0; isImporting; n++) {
    const began = performance.now()
    const { status } = await request(`${served.origin}/api/v1/deals`, { method: 'POST', headers, body: { title: `beside ${n}` } })
    expect(status).toBe(201)
    waits.push(performance.now() - began)
  }
  expect(await importing).toMatchObject({ code: 0, stdout: expect.stringContaining('5,000 created') })
  // A writer waits for a batch or two of the import, never for all of it.
  expect(waits.length).toBeGreaterThan(3)
  await served.stop()
  expect(await crmux(['doctor', '--data', data])).toMatchObject({ code: 0 })
})
