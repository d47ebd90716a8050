import { v5 } from 'uuid'
import type { Key } from '../../domain/page.ts'
import type { Scope } from '../../domain/scope.ts'
import { listMembers } from '../../domain/user.ts'
import type { Speaker } from '../../http/speak.ts'
import { all, moment } from './wire.ts'

const timeZones = 'b1b0f7a4-3f0e-5d53-8f0a-0c7e6f9a2d11'

async function countUsers(scope: Scope): Promise<number> {
  let count = 0
  for (let after: Key | undefined; ; ) {
    const { items, next } = await listMembers(scope, { isActive: true, limit: 1000, after })
    count += items.length
    if (!next) return count
    after = next
  }
}

/** The workspace of the token. What the vendor says of plans, logos and chats has nothing here to stand for it. */
async function write(scope: Scope) {
  const { workspace } = scope
  const zone = { id: v5(workspace.timeZone, timeZones), name: workspace.timeZone }
  return {
    id: workspace.uuid,
    name: workspace.name,
    domain: workspace.subdomain,
    has_logo: false,
    logo_url: null,
    identity_verification_enabled: false,
    trial_ends_at: null,
    is_available: true,
    response_delay: null,
    availability: true,
    plan_id: null,
    users_count: await countUsers(scope),
    timezone_id: zone.id,
    timezone: zone,
    default_domain: null,
    billing_email: null,
    billing_cycle_start: null,
    created_at: moment(workspace.createdAt),
    updated_at: moment(workspace.updatedAt),
  }
}

export function mountWorkspaces(api: Speaker): void {
  api.get('/app/workspaces', {}, async ({ scope }) => all([await write(scope)]))
}
