import type { Scope } from '../../src/domain/scope.ts'
import type { Registry } from '../../src/domain/store.ts'
import { createWorkspace, type Template } from '../../src/domain/template.ts'
import type { Role } from '../../src/domain/user.ts'
import { openRegistry } from '../../src/store/registry.ts'
import { openTestEngine, type TestEngine, type TestEngineOptions } from './engine.ts'

/** A store without a server, for what is proved about the domain and the store alone. It needs no dialect. */
export interface World extends Omit<TestEngine, 'count'> {
  registry: Registry
  /** A fresh workspace and its admin's scope, with a clock of its own that stands still until it is told. */
  workspace(options?: { template?: Template; currency?: string }): Promise<Place>
}

export interface Place {
  scope: Scope
  clock: { at: number }
  /** The scope of somebody else in the same workspace. */
  as(role: Role): Promise<Scope>
}

export const twoWays: Template = {
  pipeline: 'Sales',
  hasProbability: true,
  stages: [
    { name: 'Lead', probability: 10, rotAfterDays: 5 },
    { name: 'Talk', probability: 40 },
    { name: 'Offer', probability: 70, color: '#00aaff' },
    { name: 'Won', kind: 'won' },
    { name: 'Lost', kind: 'lost' },
    { name: 'Unqualified', kind: 'unqualified' },
  ],
}

/** Ids of every sort begin somewhere else, so that a swapped id cannot pass by luck. */
const firstIds = {
  workspace: 11,
  user: 1001,
  pipeline: 21,
  stage: 301,
  deal: 5001,
  party: 7001,
  loss_reason: 801,
  custom_field: 901,
}

let count = 0

export async function openWorld(options: TestEngineOptions = {}): Promise<World> {
  const { count: countFrom, ...made } = await openTestEngine(options)
  const { engine } = made
  await countFrom(firstIds)
  const registry = openRegistry(engine)
  return {
    ...made,
    registry,
    async workspace({ template = twoWays, currency = 'USD' } = {}) {
      const clock = { at: Date.UTC(2026, 0, 5, 9) }
      const now = () => clock.at
      const subdomain = `world-${++count}`
      const admin = { name: 'Ada Admin', email: `ada@${subdomain}.example` }
      const made = await createWorkspace(registry, { name: subdomain, subdomain, currency, template, admin }, now)
      const store = registry.of(made.workspace.id)
      const scope: Scope = { workspace: made.workspace, user: made.admin, via: 'native', store, now }
      return {
        scope,
        clock,
        async as(role) {
          const email = `${role}-${++count}@${subdomain}.example`
          const user = await store.transaction((tx) => tx.members.add({ name: role, email, phone: null, role }, now()))
          return { ...scope, user }
        },
      }
    },
  }
}
