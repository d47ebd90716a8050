import type { Machine } from './machine.ts'

/** How figures are written on the page about speed. */

export const nameOf = { sqlite: 'SQLite', postgres: 'PostgreSQL' } as const

export const whereAndWhen = (
  date: string,
  { cpu, cores, memoryGb, system, node, fsyncMs }: Machine,
) => `${date}, ${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}. One write of 4 KB with fsync takes ${ms(fsyncMs)} ms on
its disk.`

export const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–')
export const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(value < 10 ? 2 : 1) : '–')
export const mb = (bytes: number): string => `${whole(bytes / 2 ** 20)} MB`
export const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map((_, index) => (index === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
