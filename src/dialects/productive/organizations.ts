import type { Scope } from '../../domain/scope.ts'
import { listMembers, type Member } from '../../domain/user.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { identifier, type Load, type Resource } from './document.ts'
import { timeIn } from './time.ts'

/** The caller's organization: what of it crmux knows, under the vendor's names. */
export const writeOrganization = (workspace: Workspace): Resource => ({
  type: 'organizations',
  id: String(workspace.id),
  attributes: {
    name: workspace.name,
    man_day_minutes: 480,
    organization_type_id: 1,
    email_key: workspace.subdomain,
    flags: {},
    time_zone: workspace.timeZone,
    avatar_url: null,
    original_avatar_url: null,
    currency: workspace.currency,
    currency_default: workspace.currency,
    currency_normalized: workspace.currency,
    created_at: timeIn(workspace.timeZone, workspace.createdAt),
  },
})

/** A name in the two parts that the vendor keeps; the last word is the last name. */
export function nameParts(name: string): { first_name: string; last_name: string | null } {
  const words = name.trim().split(/\s+/)
  return words.length > 1
    ? { first_name: words.slice(0, -1).join(' '), last_name: words.at(-1) ?? null }
    : { first_name: name, last_name: null }
}

export const writeUser = (member: Member, workspace: Workspace): Resource => ({
  type: 'users',
  id: String(member.id),
  attributes: {
    updated_at: timeIn(workspace.timeZone, member.updatedAt),
    email: member.email,
    ...nameParts(member.name),
    time_zone: null,
    avatar_url: null,
    default_organization_id: workspace.id,
    default_organization_slug: `${workspace.id}-${workspace.subdomain}`,
    intercom_hash: null,
    flags: {},
    newsletter_consent: false,
    newsletter_consent_at: null,
    ical_token: null,
    preferences: null,
    sysadmin: false,
    sysadmin_permissions: [],
    two_factor_auth: false,
    sso_provision: false,
    account_access_expires_at: null,
    locale: workspace.locale.replace('-', '_'),
  },
})

/** That somebody is in the organization: clients ask for it, with user and person, to learn who they are. */
export const writeMembership = (member: Member, workspace: Workspace): Resource => ({
  type: 'organization_memberships',
  id: String(member.id),
  attributes: {
    updated_at: timeIn(workspace.timeZone, member.updatedAt),
    position: null,
    tasks_layout_id: 1,
    time_reminders: true,
    email_notifications: true,
    weekly_emails: true,
    granular_notification_preferences: {},
  },
  links: { user: identifier('users', member.id), person: identifier('people', member.id) },
})

/** As many people as any team has. */
const maxMembers = 10_000

/** Everybody, also those who have left. */
export const allMembers = async (scope: Scope): Promise<readonly Member[]> =>
  (await listMembers(scope, { limit: maxMembers })).items

export const membersOf = async ({ store }: Scope, ids: readonly number[]): Promise<Member[]> =>
  (await Promise.all(ids.map((id) => store.members.get(id)))).filter((member) => member !== undefined)

export const loadOrganizations: Load = async ({ workspace }) => [writeOrganization(workspace)]

export const loadUsers: Load = async (scope, ids) =>
  (await membersOf(scope, ids)).map((member) => writeUser(member, scope.workspace))

export const loadMemberships: Load = async (scope, ids) =>
  (await membersOf(scope, ids)).map((member) => writeMembership(member, scope.workspace))
