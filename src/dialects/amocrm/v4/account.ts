import type { Speaker } from '../../../http/speak.ts'
import { countryOf, currencySymbol, datePatterns } from '../account.ts'
import { Query, several } from '../input.ts'
import { listRows } from '../pipelines.ts'
import { incomingOf } from '../statuses.ts'
import { offsetOf, seconds } from '../time.ts'
import { hal } from '../wire.ts'
import { baseOf, self } from './links.ts'

/** The account. What we have no such thing for (customers, chats, tasks, files) is off or empty. */
export function openAccount(api: Speaker): void {
  api.get('/api/v4/account', { query: Query }, async ({ req, scope, query }) => {
    const { workspace, user } = scope
    const beside = new Set(several(query.with))
    const rows = await listRows(scope)
    const embedded = {
      amojo_rights: { can_direct: false, can_create_groups: false },
      users_groups: [{ id: 0, name: workspace.name, uuid: null }],
      task_types: [],
      datetime_settings: {
        date_pattern: datePatterns.date_time,
        short_date_pattern: datePatterns.date,
        short_time_pattern: datePatterns.time,
        date_format: datePatterns.date,
        time_format: datePatterns.time_full,
        timezone: workspace.timeZone,
        timezone_offset: offsetOf(workspace.timeZone, scope.now()),
      },
    }
    return hal({
      id: workspace.id,
      name: workspace.name,
      subdomain: workspace.subdomain,
      created_at: seconds(workspace.createdAt),
      created_by: 0,
      updated_at: seconds(workspace.updatedAt),
      updated_by: 0,
      current_user_id: user.id,
      country: countryOf(workspace),
      currency: workspace.currency,
      currency_symbol: currencySymbol(workspace),
      customers_mode: 'unavailable',
      is_unsorted_on: rows.some(({ stages }) => incomingOf(stages) !== undefined),
      mobile_feature_version: 0,
      is_loss_reason_enabled: true,
      is_helpbot_enabled: false,
      is_technical_account: false,
      contact_name_display_order: 1,
      ...(beside.has('amojo_id') ? { amojo_id: workspace.uuid } : {}),
      ...(beside.has('uuid') ? { uuid: workspace.uuid } : {}),
      ...(beside.has('version') ? { version: 11 } : {}),
      ...(beside.has('entity_names') ? { entity_names: {} } : {}),
      ...(beside.has('drive_url') ? { drive_url: null } : {}),
      ...(beside.has('is_api_filter_enabled') ? { is_api_filter_enabled: true } : {}),
      ...self(`${baseOf(req)}/account`),
      _embedded: Object.fromEntries(Object.entries(embedded).filter(([name]) => beside.has(name))),
    })
  })
}
