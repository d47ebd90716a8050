import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { newBatch, type Scope } from '../domain/scope.ts'
import type { Registry } from '../domain/store.ts'
import type { Workspace } from '../domain/workspace.ts'
import type { Store } from '../serve.ts'
import { Failure } from './failure.ts'
import type { StoreOptions } from './options.ts'

/** Runs the work on the store and closes it, however the work ends. */
export async function withOpenStore<T>(options: StoreOptions, work: (store: Store) => Promise<T>): Promise<T> {
  const { openStore } = await import('../serve.ts')
  const store = await openStore(options)
  try {
    return await work(store)
  } finally {
    await store.engine.close()
  }
}

/** For commands that have nothing to do on a store that is not there: they must not make an empty one. */
export function requireStore({ data, databaseUrl }: StoreOptions): void {
  if (databaseUrl !== undefined || existsSync(join(data, 'crmux.db'))) return
  throw new Failure(
    `There is no store in ${data}. Name its directory with --data, or make one with npm start or crmux workspace create.`,
  )
}

/** The workspace that was named, or the only one. */
export async function chooseWorkspace(registry: Registry, subdomain: string | undefined): Promise<Workspace> {
  const workspaces = await registry.workspaces()
  const names = workspaces.map((workspace) => workspace.subdomain).join(', ')
  const chosen = subdomain === undefined ? workspaces : workspaces.filter((workspace) => workspace.subdomain === subdomain)
  const [workspace] = chosen
  if (workspace && chosen.length === 1) return workspace
  if (workspaces.length === 0) {
    throw new Failure(
      'The store has no workspace yet. Make one with crmux workspace create NAME --subdomain NAME, or start the server once.',
    )
  }
  throw new Failure(
    subdomain === undefined
      ? `The store has several workspaces. Say which with --workspace: ${names}.`
      : `There is no workspace '${subdomain}'. Choose one of ${names}.`,
  )
}

/** Speaks for a workspace as one of its admins: whoever can read the store's files may do everything in it. */
export async function adminScope(registry: Registry, workspace: Workspace, via: string): Promise<Scope> {
  const store = registry.of(workspace.id)
  const { items } = await store.members.list({ role: 'admin', isActive: true, limit: 1 })
  const [user] = items
  if (!user) throw new Failure(`Workspace '${workspace.subdomain}' has no active admin. Run crmux doctor.`)
  return { workspace, user, via, store, batch: newBatch(), now: Date.now }
}
