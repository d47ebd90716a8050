import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')
const target = join(root, 'dist/web')

/** When something below a directory last changed. */
const changedAt = (directory: string): number =>
  Math.max(
    0,
    ...readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  )

/** The built board. `npm ci` has made it; where its sources have changed since, it is made anew, so that no test looks at an old page. */
export async function builtBoard(): Promise<string> {
  const index = statSync(join(target, 'index.html'), { throwIfNoEntry: false })
  if (!index || index.mtimeMs < changedAt(join(root, 'web'))) {
    // In a process of its own: this one says that it runs tests, for which a development build would be made, half as large again.
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    const env = { ...process.env, NODE_ENV: 'production' }
    await promisify(execFile)(process.execPath, [vite, 'build', join(root, 'web'), '--logLevel', 'warn'], { env })
  }
  return target
}
