import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dialects } from '../../src/dialects/index.ts'
import { openTestApp } from '../support/app.ts'
import { compatibilityPage, folder } from './compatibility.ts'

// `npm run docs`
const app = await openTestApp()
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const dialect of dialects) writeFileSync(join(folder, `${dialect.name}.md`), compatibilityPage(dialect, app.server.routes))
await app.close()
