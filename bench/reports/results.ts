import type { Machine } from '../machine.ts'
import type { Figures } from '../measure.ts'
import type { promises } from './calls.ts'

/** What a run found, as it is kept in `bench/results`. */
export interface ReportResults {
  engine: 'sqlite' | 'postgres'
  machine: Machine
  /** The day of the run. */
  date: string
  deals: number
  events: number
  fillSeconds: number
  /** Of the whole store, and of the parts of it that reports are read from; indexes included. */
  bytes: number
  tables: Readonly<Record<string, { bytes: number; rows: number }>>
  resident: number
  measured: readonly MeasuredReport[]
}

export interface MeasuredReport {
  name: string
  of: keyof typeof promises
  figures: Pick<Figures, 'p50' | 'p99' | 'cpu'>
}
