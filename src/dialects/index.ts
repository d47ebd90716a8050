import { amocrm } from './amocrm/index.ts'
import type { Dialect } from './dialect.ts'
import { native } from './native/index.ts'
import { pipeback } from './pipeback/index.ts'
import { pipedrive } from './pipedrive/index.ts'
import { productive } from './productive/index.ts'
import { sell } from './sell/index.ts'

/** Every dialect that is spoken. The first one with a template is what a new store looks like. */
export const dialects: readonly Dialect[] = [native, sell, pipedrive, pipeback, productive, amocrm]
