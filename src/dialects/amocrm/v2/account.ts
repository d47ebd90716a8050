import { listCustomFields } from '../../../domain/custom-field.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Member } from '../../../domain/user.ts'
import type { Speaker } from '../../../http/speak.ts'
import { datePatterns, isAdmin, languageOf, membersOf, rightsOf, splitName, writeFields } from '../account.ts'
import { Query, several } from '../input.ts'
import { listRows } from '../pipelines.ts'
import { offsetOf } from '../time.ts'
import { hal } from '../wire.ts'
import { linkToSelf } from './links.ts'
import { writePipeline } from './pipelines.ts'

function writeUser(member: Member, language: string) {
  const { view, write } = rightsOf(member)
  return {
    id: member.id,
    ...splitName(member.name),
    login: member.email,
    language,
    group_id: 0,
    is_active: member.isActive,
    is_free: false,
    is_admin: isAdmin(member),
    rights: {
      mail: 'D',
      incoming_leads: write,
      catalogs: 'D',
      lead_add: write,
      lead_view: view,
      lead_edit: write,
      lead_delete: write,
      lead_export: view,
    },
  }
}

const byId = <T extends { id: number }>(rows: readonly T[]) => Object.fromEntries(rows.map((row) => [row.id, row]))

/** What `with` can name. Groups are one, with everybody in it; there are no notes and no tasks. */
const embeds: Readonly<Record<string, (scope: Scope) => Promise<object>>> = {
  users: async (scope) => byId((await membersOf(scope)).map((member) => writeUser(member, languageOf(scope.workspace)))),
  custom_fields: async (scope) => ({
    contacts: {},
    leads: writeFields(await listCustomFields(scope, 'deal')),
    companies: {},
    customers: {},
  }),
  pipelines: async (scope) =>
    byId((await listRows(scope)).map((row) => writePipeline(row, (isEditable) => ({ editable: isEditable ? 'Y' : 'N' })))),
  groups: async ({ workspace }) => byId([{ id: 0, name: workspace.name }]),
  note_types: async () => ({}),
  task_types: async () => ({}),
}

export function openAccount(api: Speaker): void {
  api.get('/api/v2/account', { query: Query }, async ({ req, scope, query }) => {
    const { workspace, user } = scope
    const asked = several(query.with)
    const embedded: [string, object][] = []
    for (const [name, write] of Object.entries(embeds)) if (asked.includes(name)) embedded.push([name, await write(scope)])
    return hal({
      _links: linkToSelf(req, '/api/v2/account'),
      id: workspace.id,
      name: workspace.name,
      subdomain: workspace.subdomain,
      currency: workspace.currency,
      timezone: workspace.timeZone,
      timezone_offset: offsetOf(workspace.timeZone, scope.now()),
      language: languageOf(workspace),
      date_pattern: datePatterns,
      current_user: user.id,
      ...(embedded.length === 0 ? {} : { _embedded: Object.fromEntries(embedded) }),
    })
  })
}
