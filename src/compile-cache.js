import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Loaded before everything else by the npm scripts (`node --import`). Modules are kept compiled, with their types already stripped,
// from one start to the next. This file is JavaScript so that not even it needs the stripper, which takes 20 MB that stay.
// In the project's own node_modules, not in a temporary directory that others can write to.
const modules = join(import.meta.dirname, '..', 'node_modules')
if (process.env.NODE_COMPILE_CACHE === undefined && existsSync(modules)) enableCompileCache(join(modules, '.cache', 'crmux'))
