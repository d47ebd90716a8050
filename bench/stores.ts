import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeDeals } from './dataset.ts'
import type { Options } from './options.ts'
import { crmux } from './processes.ts'

/** What it took to load a store. */
export interface Loaded {
  rows: number
  seconds: number
  bytes: number
}

export interface Built {
  /** Says where the store is, for any command. */
  args: readonly string[]
  loaded: Loaded
}

export const token = '0123456789abcdef'.repeat(4)

export interface Stores {
  /** A store with so many imported deals, which may be changed. */
  build(size: number): Promise<Built>
  close(): Promise<void>
}

/** Stores in files. Each is imported once and copied, so that what a run changes is not in the next one. */
export function sqliteStores({ keep }: Pick<Options, 'keep'>): Stores {
  const root = keep ?? mkdtempSync(join(tmpdir(), 'crmux-bench-'))
  return {
    build: async (size) => {
      const [fresh, used] = [join(root, `sqlite-${size}`), join(root, `sqlite-${size}-used`)]
      const note = join(fresh, 'loaded.json')
      if (!existsSync(note)) {
        rmSync(fresh, { recursive: true, force: true })
        mkdirSync(fresh, { recursive: true })
        const loaded = await importDeals(size, root, ['--data', fresh])
        // Opened and closed once more, so that the log is in the file.
        await crmux(['doctor', '--data', fresh])
        writeFileSync(note, JSON.stringify({ ...loaded, bytes: statSync(join(fresh, 'crmux.db')).size }))
      }
      rmSync(used, { recursive: true, force: true })
      cpSync(fresh, used, { recursive: true })
      return { args: ['--data', used], loaded: JSON.parse(readFileSync(note, 'utf8')) }
    },
    close: async () => {
      if (keep === undefined) rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Imports generated deals with the command that users have, and takes the time that it tells. */
export async function importDeals(size: number, directory: string, store: readonly string[]): Promise<Omit<Loaded, 'bytes'>> {
  const file = join(directory, `deals-${size}.csv`)
  await writeDeals(file, size)
  try {
    const told = await crmux(['import', 'deals', file, '--create', ...store], { CRMUX_TOKEN: token })
    const [, rows = '', seconds = ''] = /^([\d,]+) rows in ([\d.]+) s/.exec(told) ?? []
    if (Number(rows.replaceAll(',', '')) !== size) throw new Error(`not all deals were imported: ${told}`)
    return { rows: size, seconds: Number(seconds) }
  } finally {
    rmSync(file, { force: true })
  }
}
