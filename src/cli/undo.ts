import { setTimeout as pause } from 'node:timers/promises'
import { Command } from 'commander'
import type { Left, LeftReason } from '../domain/undo-fields.ts'
import { Failure } from './failure.ts'
import { adminScope, chooseWorkspace, requireStore, withOpenStore } from './open.ts'
import { examples, type StoreOptions, withWorkspace } from './options.ts'
import type { Progress } from './progress.ts'

interface UndoOptions extends StoreOptions {
  workspace: string | undefined
}

export const undoCommand = (): Command =>
  withWorkspace(
    new Command('undo').description(
      'Take back what an import or a request did: what it made is deleted, what it changed goes back, unless it was changed since.',
    ),
  )
    .argument('<token>', 'as the import printed it, or the undo-token of an answer')
    .addHelpText('after', examples('crmux undo MTIzNA', 'crmux undo MTIzNA --workspace acme'))
    .action(takeBack)

/** So much of what stays is told. */
const leftShown = 20

/** How long the store is left to others between two transactions. */
const restMs = 6

const reasons: Readonly<Record<LeftReason, string>> = {
  changed_since: 'was changed since',
  gone: 'was deleted since',
  target_gone: 'what it would go back to is gone',
  taken: 'another deal has the external id by now',
  in_use: 'is in use by now',
  not_possible: 'went to another pipeline with its deals',
}

async function takeBack(token: string, options: UndoOptions): Promise<void> {
  requireStore(options)
  const { undo } = await import('../domain/undo.ts')
  const { DomainError } = await import('../domain/errors.ts')
  const { progressBar } = await import('./progress.ts')
  await withOpenStore(options, async ({ registry }) => {
    const workspace = await chooseWorkspace(registry, options.workspace)
    const scope = await adminScope(registry, workspace, 'undo')
    const left: Left[] = []
    let [events, undone] = [0, 0]
    let bar: Progress | undefined
    let again: string | null = null
    try {
      for (let next: string | null = token; next !== null; ) {
        const part = await undo(scope, next)
        events += part.events
        undone += part.undone
        left.push(...part.left)
        again = part.token ?? again
        bar ??= progressBar('Undoing', events + part.remaining)
        bar.update(events)
        next = part.next
        if (next !== null) await pause(restMs)
      }
    } catch (error) {
      if (!(error instanceof DomainError && error.refusal.kind === 'not_found')) throw error
      throw new Failure(`Workspace '${workspace.subdomain}' knows no such token. It is printed at the end of an import.`)
    } finally {
      bar?.stop()
    }
    const number = (count: number) => count.toLocaleString('en')
    process.stdout.write(`${number(undone)} of ${number(events)} changes taken back\n`)
    for (const { subject, id, field, reason } of left.slice(0, leftShown)) {
      process.stdout.write(`${subject} ${id}${field === null ? '' : `, ${field}`}: ${reasons[reason]}\n`)
    }
    if (left.length > leftShown) process.stdout.write(`… and ${number(left.length - leftShown)} more stay as they are\n`)
    if (again !== null) process.stdout.write(`to have them again: crmux undo ${again}\n`)
    if (left.length > 0) process.exitCode = 1
  })
}
