import type { Coverage } from '../../dialect.ts'

/** Every endpoint of v1, below its base. */
export const coverageV1: readonly Coverage[] = []
