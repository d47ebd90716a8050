import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { arch, cpus, platform, totalmem } from 'node:os'
import { join } from 'node:path'

/** What it was measured on. */
export interface Machine {
  cpu: string
  cores: number
  memoryGb: number
  system: string
  node: string
  /** Milliseconds that one small write with fsync takes on the disk of the stores, the middle of two hundred. */
  fsyncMs: number
}

export const machineOf = (directory: string): Machine => ({
  cpu: cpus()[0]?.model.trim() || 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${arch()}`,
  node: process.version,
  fsyncMs: fsyncMs(directory),
})

function fsyncMs(directory: string): number {
  const path = join(directory, 'fsync')
  const file = openSync(path, 'w')
  const page = Buffer.alloc(4096, 1)
  const times = Array.from({ length: 200 }, () => {
    const began = performance.now()
    writeSync(file, page)
    fsyncSync(file)
    return performance.now() - began
  }).sort((a, b) => a - b)
  closeSync(file)
  rmSync(path)
  return times[100] ?? Number.NaN
}
