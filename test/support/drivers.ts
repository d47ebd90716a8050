import type { Driver } from './driver.ts'

const modules = import.meta.glob<{ driver: Driver }>('../../src/dialects/*/test/driver.ts', { eager: true })

/** The driver of every dialect that is there. */
export const drivers: readonly Driver[] = Object.values(modules).map(({ driver }) => driver)
