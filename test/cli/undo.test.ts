import { writeFileSync } from 'node:fs'
import { afterAll, expect, test, vi } from 'vitest'
import { crmux, scratch } from '../support/cli.ts'

vi.setConfig({ testTimeout: 120_000 })

const files = scratch()
afterAll(() => files.remove())

const tokenIn = (stdout: string): string => /crmux undo ([\w-]+)/.exec(stdout)?.[1] ?? ''

test('an import of any size is undone by the token that it printed, and that as well', async () => {
  const data = files.path('store')
  const file = files.path('deals.csv')
  const rows = Array.from({ length: 2300 }, (_, n) => `${n},deal ${n},${n}`)
  writeFileSync(file, ['external_id,title,value', ...rows].join('\n'))
  const imported = await crmux(['import', 'deals', file, '--data', data])
  const counts = async () =>
    (await crmux(['export', 'deals', '--data', data, '--format', 'ndjson'])).stdout.split('\n').length - 1
  expect(imported).toMatchObject({ code: 0 })
  expect(await counts()).toBe(2300)

  const undone = await crmux(['undo', tokenIn(imported.stdout), '--data', data])
  expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining('2,300 of 2,300 changes taken back') })
  expect(await counts()).toBe(0)

  const twice = await crmux(['undo', tokenIn(imported.stdout), '--data', data])
  expect(twice).toMatchObject({ code: 1, stdout: expect.stringMatching(/^0 of 2,300 .*\ndeal \d+: was deleted since\n/) })

  const again = await crmux(['undo', tokenIn(undone.stdout), '--data', data])
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('2,300 of 2,300') })
  expect(await counts()).toBe(2300)
  expect(await crmux(['doctor', '--data', data])).toMatchObject({ code: 0 })
})

test('a token that is none is said in a sentence', async () => {
  const data = files.path('other')
  writeFileSync(files.path('one.csv'), 'external_id,title\n1,one\n')
  const { stdout } = await crmux(['import', 'deals', files.path('one.csv'), '--data', data, '--dry-run'])
  expect(stdout).not.toContain('crmux undo')
  const answer = await crmux(['undo', 'nonsense', '--data', data])
  expect(answer).toMatchObject({ code: 1, stderr: expect.stringContaining("Workspace 'main' knows no such token.") })
  expect(await crmux(['undo', 'nonsense', '--data', files.path('nowhere')])).toMatchObject({ code: 1 })
})
