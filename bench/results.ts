import type { Machine } from './machine.ts'
import type { Figures } from './measure.ts'

/** What a run found, as it is kept in `bench/results`. */
export interface Results {
  engine: 'sqlite' | 'postgres'
  machine: Machine
  /** The day of the run. */
  date: string
  sizes: readonly SizeResults[]
}

export interface SizeResults {
  size: number
  rowsPerSecond: number
  importSeconds: number
  bytes: number
  /** The best of several starts, in milliseconds. */
  startMs: number
  residentAtStart: number
  residentAfter: number
  measured: readonly Measured[]
  /** Where it was measured. */
  webhooks?: readonly Told[]
  /** On an engine that several processes can share. */
  several?: readonly Several[]
}

/** The same over as many connections, to one process and spread over several. */
export interface Several {
  name: string
  processes: number
  connections: number
  alone: Figures
  together: Figures
}

export const severalName = 'several processes'

/** Moves with three subscriptions and without. */
export interface Told {
  connections: number
  without: Figures
  with: Figures
  /** Of what was still to be told when the moves had ended. */
  deliveredPerSecond: number
}

export const webhooksName = 'move with three webhooks'

export interface Measured {
  name: string
  connections: number
  ours: Figures
  limit: Figures
}

export const ratio = ({ ours, limit }: Measured): number => ours.perSecond / limit.perSecond

/** The figures of one operation; undefined where it was not measured. */
export const find = ({ measured }: SizeResults, name: string, connections: number): Measured | undefined =>
  measured.find((one) => one.name === name && one.connections === connections)

/** What was found before, with what is found now in its place wherever something was measured again, and beside it where it is new. */
export function amended(before: Results, now: Results): Results {
  const sizes = new Map(before.sizes.map((one) => [one.size, one]))
  for (const one of now.sizes) {
    const old = sizes.get(one.size)
    const measured = old?.measured.map((was) => find(one, was.name, was.connections) ?? was)
    sizes.set(one.size, old && measured ? { ...old, measured } : one)
  }
  return { ...before, sizes: [...sizes.values()].sort((a, b) => a.size - b.size) }
}
