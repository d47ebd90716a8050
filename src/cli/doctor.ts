import { Command } from 'commander'
import { requireStore, withOpenStore } from './open.ts'
import { examples, type StoreOptions, withStore } from './options.ts'
import type { Progress } from './progress.ts'

/** So many findings of one check are printed; the rest is counted. */
const shownPerCheck = 20

export const doctorCommand = (): Command =>
  withStore(
    new Command('doctor').description(
      "Look at everything in the store: the database's own integrity, every invariant, totals recomputed from the deals, deals rebuilt from their events. Changes nothing; servers may go on writing.",
    ),
  )
    .addHelpText(
      'after',
      `\nExits 1 if anything is not as it should be.\n${examples('crmux doctor', 'crmux doctor --data /var/lib/crmux')}`,
    )
    .action(examineStore)

async function examineStore(options: StoreOptions): Promise<void> {
  requireStore(options)
  const [{ examine }, { progressBar }] = await Promise.all([import('../store/doctor.ts'), import('./progress.ts')])
  const began = performance.now()
  const counts = new Map<string, number>()
  let bar: Progress | undefined
  const seen = await withOpenStore(options, ({ engine }) =>
    examine(engine, {
      onFinding: ({ workspace, check, words }) => {
        const count = (counts.get(check) ?? 0) + 1
        counts.set(check, count)
        if (count <= shownPerCheck)
          process.stdout.write(`✗ ${check}: ${workspace === null ? '' : `workspace '${workspace}': `}${words}\n`)
      },
      onProgress: (done, total) => {
        bar ??= progressBar('Examining', total)
        bar.update(done)
      },
    }).finally(() => bar?.stop()),
  )
  for (const [check, count] of counts) {
    if (count > shownPerCheck) process.stdout.write(`✗ ${check}: ${count - shownPerCheck} more\n`)
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const looked = `${many(seen.workspaces, 'workspace')}, ${many(seen.deals, 'deal')} and ${many(seen.events, 'event')} in ${seconds} s`
  if (seen.findings === 0) {
    process.stdout.write(`Looked at ${looked}: everything is as it should be.\n`)
    return
  }
  process.stdout.write(
    `Looked at ${looked}: ${many(seen.findings, 'thing')} not as it should be. Make a backup before anything else, then restore one from before.\n`,
  )
  process.exitCode = 1
}

const many = (count: number, noun: string): string => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
