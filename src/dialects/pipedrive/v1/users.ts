import { v5 as uuid } from 'uuid'
import { z } from 'zod'
import type { Page } from '../../../domain/page.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Instant } from '../../../domain/time.ts'
import { listMembers, type Member, type MemberQuery } from '../../../domain/user.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { one, plainTime } from '../wire.ts'
import { ById, flag, maybe, text } from './input.ts'

/** Everybody who fits, because this list is not paged. */
export async function everybody(scope: Scope, query: Omit<MemberQuery, 'limit' | 'after'> = {}): Promise<readonly Member[]> {
  const all: Member[] = []
  let page: Page<Member> | undefined
  do {
    page = await listMembers(scope, { ...query, limit: 500, after: page?.next ?? undefined })
    all.push(...page.items)
  } while (page.next)
  return all
}

/**
 * What the user may do in each app. The names are among those that the PHP client knows: it throws at any other. Admins alone see the
 * settings of the account.
 */
function accessOf({ role }: Member, workspace: Workspace) {
  const admin = role === 'admin'
  const apps = admin ? ['sales', 'global', 'account_settings'] : ['sales', 'global']
  return apps.map((app) => ({ app, admin, permission_set_id: uuid(`${app} ${role}`, workspace.uuid) }))
}

/** `+02:00` */
function offsetOf(timeZone: string, at: Instant): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  return name.slice(3) || '+00:00'
}

/** A user as v1 writes them. Who signs in is not kept here: everybody has done so when they were added. */
export function writeUser(user: Member, { workspace, user: caller, now }: Scope) {
  return {
    id: user.id,
    name: user.name,
    default_currency: workspace.currency,
    locale: workspace.locale.replaceAll('-', '_'),
    lang: 1,
    email: user.email,
    phone: user.phone,
    activated: true,
    last_login: plainTime(user.createdAt),
    created: plainTime(user.createdAt),
    modified: plainTime(user.updatedAt),
    has_created_company: user.createdAt === workspace.createdAt,
    access: accessOf(user, workspace),
    active_flag: user.isActive,
    timezone_name: workspace.timeZone,
    timezone_offset: offsetOf(workspace.timeZone, now()),
    role_id: 1,
    icon_url: null,
    is_you: user.id === caller.id,
    is_deleted: false,
    is_admin: user.role === 'admin' ? 1 : 0,
  }
}

/** What only the answer about oneself carries: clients build `https://{company_domain}.pipedrive.com` from it. */
function writeCompany({ workspace }: Scope) {
  const { language, region } = new Intl.Locale(workspace.locale).maximize()
  return {
    company_id: workspace.id,
    company_name: workspace.name,
    company_domain: workspace.subdomain,
    company_country: region ?? null,
    company_industry: null,
    language: { language_code: language, country_code: region ?? null },
  }
}

const listed = (users: readonly Member[], scope: Scope): Answer =>
  one(
    users.map((user) => writeUser(user, scope)),
    { additional_data: { company_id: scope.workspace.id } },
  )

const FindQuery = z.object({ term: text.pipe(z.string().min(1)), search_by_email: maybe(flag) })

/** What new accounts have, as far as it means anything here. */
const settings = {
  marketplace_team: false,
  list_limit: 50,
  beta_app: false,
  prevent_salesphone_callto_override: false,
  file_upload_destination: 's3',
  callto_link_syntax: 'tel:',
  autofill_deal_expected_close_date: false,
  person_duplicate_condition: 'off',
}

export function openUsers(v1: Speaker): void {
  v1.get('/users', { cost: 20 }, async ({ scope }) => listed(await everybody(scope), scope))

  v1.get('/users/me', { cost: 2 }, async ({ scope }) => one({ ...writeUser(scope.user, scope), ...writeCompany(scope) }))

  v1.get('/users/find', { query: FindQuery, cost: 40 }, async ({ scope, query }) => {
    const term = query.term.toLowerCase()
    const field = query.search_by_email ? 'email' : 'name'
    const users = await everybody(scope, { text: query.term })
    return listed(
      users.filter((user) => user[field].toLowerCase().includes(term)),
      scope,
    )
  })

  v1.get('/users/:id', { params: ById, cost: 2 }, async ({ scope, params }) => {
    const user = await scope.store.members.get(params.id)
    // The reference gives this one case words and a shape of its own.
    if (!user) return { status: 404, body: { success: false, error: 'User not found or not accessible.' } }
    return one(writeUser(user, scope))
  })

  v1.get('/userSettings', { cost: 2 }, async () => one(settings))
}
