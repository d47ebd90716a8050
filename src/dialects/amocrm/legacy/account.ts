import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Member } from '../../../domain/user.ts'
import type { Speaker } from '../../../http/speak.ts'
import { countryOf, datePatterns, isAdmin, languageOf, membersOf, rightsOf, splitName } from '../account.ts'
import { enumsOf, fieldTypes } from '../custom-fields.ts'
import { listRows, type PipelineRow } from '../pipelines.ts'
import { incomingOf, statusesOf } from '../statuses.ts'
import { offsetOf, seconds } from '../time.ts'
import { legacy } from '../wire.ts'
import { leadCounts, writePipeline } from './pipelines.ts'

/** Nearly all numbers are texts in this one answer, as recorded. */
function writeUser(member: Member, language: string) {
  const { view, write } = rightsOf(member)
  return {
    id: String(member.id),
    ...splitName(member.name),
    login: member.email,
    photo_url: '',
    phone_number: member.phone ?? '',
    language,
    active: member.isActive,
    is_admin: isAdmin(member) ? 'Y' : null,
    unsorted_access: 'Y',
    group_id: 0,
    rights_lead_add: write,
    rights_lead_view: view,
    rights_lead_edit: write,
    rights_lead_delete: write,
    rights_lead_export: view,
    rights_contact_add: write,
    rights_contact_view: view,
    rights_contact_edit: write,
    rights_contact_delete: write,
    rights_contact_export: view,
    rights_company_add: write,
    rights_company_view: view,
    rights_company_edit: write,
    rights_company_delete: write,
    rights_company_export: view,
  }
}

const writeField = (field: CustomField, index: number) => ({
  id: String(field.id),
  name: field.name,
  code: '',
  multiple: 'N',
  type_id: String(fieldTypes[field.type].number),
  disabled: '0',
  sort: (index + 1) * 10,
  ...(field.type === 'choice' ? { enums: enumsOf(field) } : {}),
})

/** Every status once more in a flat list, with ids and order numbers as text. */
const writeStatuses = ({ stages }: PipelineRow) =>
  statusesOf(stages, { withIncoming: false }).map(({ id, stage, sort, color, isEditable }) => ({
    id: String(id),
    name: stage.name,
    pipeline_id: stage.pipelineId,
    sort: String(sort),
    color,
    editable: isEditable ? 'Y' : 'N',
  }))

async function writeAccount(scope: Scope) {
  const { workspace, user } = scope
  const [rows, members, fields] = [await listRows(scope), await membersOf(scope), await listCustomFields(scope, 'deal')]
  const countOf = await leadCounts(scope, rows)
  const language = languageOf(workspace)
  return {
    id: String(workspace.id),
    name: workspace.name,
    subdomain: workspace.subdomain,
    currency: workspace.currency,
    paid_from: false,
    paid_till: false,
    timezone: workspace.timeZone,
    language,
    notifications_base_url: '',
    notifications_ws_url: '',
    date_pattern: `${datePatterns.date_time}:s`,
    short_date_pattern: datePatterns,
    country: countryOf(workspace).toLowerCase(),
    unsorted_on: rows.some(({ stages }) => incomingOf(stages)) ? 'Y' : 'N',
    customers_enabled: false,
    mobile_feature_version: 0,
    limits: { users_count: false, contacts_count: false, active_deals_count: false },
    current_user: user.id,
    users: members.map((member) => writeUser(member, language)),
    groups: [{ id: 0, name: workspace.name }],
    leads_statuses: rows.flatMap(writeStatuses),
    custom_fields: { contacts: [], leads: fields.map(writeField), companies: [], customers: [] },
    note_types: [],
    task_types: [],
    pipelines: Object.fromEntries(rows.map((row) => [row.pipeline.id, writePipeline(row, countOf(row))])),
    timezoneoffset: offsetOf(workspace.timeZone, scope.now()),
  }
}

export function openAccount(api: Speaker): void {
  api.get('/private/api/v2/json/accounts/current', {}, async ({ scope }) =>
    legacy({ account: await writeAccount(scope), server_time: seconds(scope.now()) }),
  )
}
