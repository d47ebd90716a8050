import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname
const left = new Set(['node_modules', '.git', 'data', 'dist', 'docs'])

/** The project without one dialect: its folder and its line in the list. */
function without(name: string): string {
  const copy = mkdtempSync(join(tmpdir(), `crmux-without-${name}-`))
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path)) })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  rmSync(join(copy, 'src/dialects', name), { recursive: true })
  const list = join(copy, 'src/dialects/index.ts')
  const text = readFileSync(list, 'utf8')
    .replace(new RegExp(`^import .* from '\\./${name}/index\\.ts'\\n`, 'm'), '')
    .replace(new RegExp(`(?<=[[ ])${name}(, )?(?=[^.]*\\])`), '')
  expect(text).not.toMatch(new RegExp(`\\b${name}\\b`))
  writeFileSync(list, text)
  return copy
}

test.skipIf(!dialects.some(({ name }) => name === 'sell'))(
  'a dialect is one folder and one line: without Sell everything else compiles and passes',
  async () => {
    const copy = without('sell')
    try {
      await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', '.'], { cwd: copy })
      // The suites that know dialects only by their list, and one dialect's own.
      const suites = ['test/http', 'test/conformance/isolation', 'src/dialects/native']
      await run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...suites], { cwd: copy, maxBuffer: 1e8 })
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      throw new Error(`${stdout.slice(-4000)}\n${stderr.slice(-2000)}`, { cause: error })
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  },
  300_000,
)
