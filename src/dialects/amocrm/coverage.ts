import type { Coverage } from '../dialect.ts'

/** Every endpoint of the vendor that has to do with leads and pipelines, generation by generation. */
export const coverage: readonly Coverage[] = []
