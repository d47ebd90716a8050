import { DomainError } from '../../domain/errors.ts'
import { requireRole, type Scope } from '../../domain/scope.ts'
import { listWebhooks, type Targets } from '../../domain/webhook.ts'
import { parts, several } from './input.ts'
import { entriesOf } from './php.ts'
import { type Generation, subscribe, unsubscribe } from './webhooks.ts'

/** Subscriptions as the generations before v4 take and list them, each row for itself. */

export interface OldRow {
  url: string
  result: boolean
}

const rowsOf = (value: unknown): { url: string; events: string[] | undefined }[] =>
  entriesOf(value).map(([, row]) => {
    const { url, events } = parts(row)
    return { url: typeof url === 'string' ? url : '', events: events === undefined ? undefined : several(events) }
  })

/** What is refused is told as not done; the others are done all the same. */
async function each(
  value: unknown,
  work: (row: { url: string; events: string[] | undefined }) => Promise<boolean>,
): Promise<OldRow[]> {
  const done: OldRow[] = []
  for (const row of rowsOf(value)) {
    try {
      done.push({ url: row.url, result: await work(row) })
    } catch (error) {
      if (!(error instanceof DomainError) || error.refusal.kind === 'unavailable') throw error
      done.push({ url: row.url, result: false })
    }
  }
  return done
}

export function subscribeRows(scope: Scope, value: unknown, targets: Targets, version: Generation): Promise<OldRow[]> {
  requireRole(scope, 'manager')
  return each(value, async ({ url, events = [] }) => {
    await subscribe(scope, { url, events }, targets, version)
    return true
  })
}

export function unsubscribeRows(scope: Scope, value: unknown, targets: Targets): Promise<OldRow[]> {
  requireRole(scope, 'manager')
  return each(value, ({ url, events }) => unsubscribe(scope, url, targets, events))
}

export const listRows = async (scope: Scope): Promise<{ id: number; url: string; events: readonly string[] }[]> =>
  (await listWebhooks(scope, scope.via)).map(({ hook }) => ({ id: hook.id, url: hook.url, events: hook.events }))
