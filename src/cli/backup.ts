import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { Failure } from './failure.ts'
import { requireStore } from './open.ts'
import { examples, type StoreOptions, withStore } from './options.ts'
import type { Progress } from './progress.ts'

export const backupCommand = (): Command =>
  withStore(
    new Command('backup').description('Copy the store into one file, as it is at one moment, while servers go on writing.'),
  )
    .argument('<file>', 'where the copy goes')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      `\nOf a PostgreSQL store: pg_dump, or crmux copy into a SQLite one.\nTo restore: stop the server, put the copy into the data directory as crmux.db, and remove crmux.db-wal and crmux.db-shm there.\n${examples(
        'crmux backup crmux-$(date +%F).db',
        'crmux backup /mnt/backup/latest.db --force',
      )}`,
    )
    .action(backUp)

async function backUp(file: string, options: StoreOptions & { force: boolean | undefined }): Promise<void> {
  if (options.databaseUrl !== undefined)
    throw new Failure(
      'A PostgreSQL store is backed up with its own tools: pg_dump --format=custom --file=FILE "$DATABASE_URL", and restored with pg_restore. Or copy it into SQLite: crmux copy --from URL --to DIR.',
      { usage: true },
    )
  requireStore(options)
  const source = join(options.data, 'crmux.db')
  if (!existsSync(dirname(file))) throw new Failure(`There is no directory ${dirname(file)}. Make it first.`)
  if (existsSync(file)) {
    const [from, to] = [statSync(source), statSync(file)]
    if (from.ino === to.ino && from.dev === to.dev) throw new Failure('That is the store itself. Choose another file.')
    if (!to.isFile()) throw new Failure(`${file} is not a file. Name the file that the copy shall be.`)
    if (options.force !== true) throw new Failure(`${file} is there already. Choose another name, or replace it with --force.`)
  }
  const [{ backupStore }, { progressBar }] = await Promise.all([import('../store/backup.ts'), import('./progress.ts')])
  let bar: Progress | undefined
  const bytes = await backupStore(source, file, (done, total) => {
    bar ??= progressBar('Copying', total)
    bar.update(done)
  }).finally(() => bar?.stop())
  process.stdout.write(`${file}: ${(bytes / 1e6).toFixed(1)} MB, checked.\n`)
}
