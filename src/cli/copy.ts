import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Store } from '../serve.ts'
import { Failure } from './failure.ts'
import { examples } from './options.ts'
import type { Progress } from './progress.ts'

interface CopyOptions {
  from: string
  to: string
}

export const copyCommand = (): Command =>
  new Command('copy')
    .description(
      'Copy a whole store, as it is at one moment, into an empty one: from SQLite to PostgreSQL, back, or to the same.',
    )
    .requiredOption('--from <dir|url>', 'directory of a SQLite store, or address of a PostgreSQL database')
    .requiredOption('--to <dir|url>', 'the empty store; a SQLite one is made where there is none')
    .addHelpText(
      'after',
      `\nServers may go on writing to the store that is copied; what they write meanwhile is not in the copy. The copy is there whole or not at all, and is examined as crmux doctor does.\n${examples(
        'crmux copy --from ./data --to postgres://crmux@db/crmux',
        'crmux copy --from postgres://crmux@db/crmux --to ./data',
      )}`,
    )
    .action(copy)

const isUrl = (place: string): boolean => /^[a-z]+:\/\//i.test(place)

async function open(place: string): Promise<Store> {
  const { openStore } = await import('../serve.ts')
  return openStore(isUrl(place) ? { data: '', databaseUrl: place } : { data: place, databaseUrl: undefined })
}

async function copy({ from, to }: CopyOptions): Promise<void> {
  if (!isUrl(from) && !existsSync(join(from, 'crmux.db'))) throw new Failure(`There is no store in ${from}. Check --from.`)
  if (from === to) throw new Failure('--from and --to are the same store.')
  const source = await open(from)
  try {
    const target = await open(to)
    try {
      await copyInto(source, target)
    } finally {
      await target.engine.close()
    }
  } finally {
    await source.engine.close()
  }
}

async function copyInto(source: Store, target: Store): Promise<void> {
  const [{ copyStore }, { examine }, { progressBar }] = await Promise.all([
    import('../store/copy.ts'),
    import('../store/doctor.ts'),
    import('./progress.ts'),
  ])
  const began = performance.now()
  let bar: Progress | undefined
  const rows = await copyStore(source.engine, target.engine, (done, total, table) => {
    bar ??= progressBar('Copying', total)
    bar.update(done, table)
  }).finally(() => bar?.stop())
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`Copied ${rows.toLocaleString('en')} rows in ${seconds} s. Examining the copy…\n`)
  const seen = await examine(target.engine, {
    onFinding: ({ check, words }) => process.stdout.write(`✗ ${check}: ${words}\n`),
  })
  if (seen.findings === 0) {
    process.stdout.write(
      `${seen.deals.toLocaleString('en')} deals with ${seen.events.toLocaleString('en')} events: everything is as it should be.\n`,
    )
    return
  }
  process.stdout.write('The copy is not as it should be. Run crmux doctor on the store that was copied.\n')
  process.exitCode = 1
}
