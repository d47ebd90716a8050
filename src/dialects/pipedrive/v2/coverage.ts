import type { Coverage } from '../../dialect.ts'

/** Every endpoint of v2, below `/api/v2`. */
export const coverageV2: readonly Coverage[] = []
