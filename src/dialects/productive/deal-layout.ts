import { probabilityOf } from '../../domain/board.ts'
import type { Deal } from '../../domain/deal.ts'
import { exponentOf } from '../../domain/money.ts'
import { isOpen, type Stage } from '../../domain/stage.ts'
import type { Json, JsonObject } from '../../domain/text.ts'
import { dayIn, type Instant } from '../../domain/time.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { jsonOf, type Layout } from '../../http/json.ts'
import { type Own, ownOf, usual } from './deal-attributes.ts'
import { daysBetween, timeIn } from './time.ts'

/** The hundred attributes of a deal. */

/** What a deal's resource is made of. */
export interface DealFacts {
  deal: Deal
  stage: Stage
  /** The open stage that it stands in or was closed from. */
  openStage: Stage | undefined
  /** Values of the fields that the organization has added; null where it has none. */
  custom: JsonObject | null
}

interface Written extends DealFacts {
  workspace: Workspace
  now: Instant
  own: Own
  probability: number | null
  margin: string
  /** A unit of the deal's currency in the organization's; null where nobody said. */
  rate: string | null
  at(time: Instant | null): string | null
  day(time: Instant): string
  /** An amount in the organization's currency, as far as the rate is known. */
  converted(amount: number): number | null
}

type Member = (of: Written) => unknown

/** Every amount is there three times: in the deal's currency, in the organization's, and in the deal's again. */
const triple = (name: string, amount: 0 | ((of: Written) => number)): Layout<Written> => ({
  [name]: amount,
  [`${name}_default`]: (of) => of.converted(amount === 0 ? 0 : amount(of)),
  [`${name}_normalized`]: amount,
})

/** In the order in which it was recorded. What crmux keeps no books about (services, invoices, time) is nothing. */
const layout = (kept: (name: keyof Own) => Json | Member): Layout<Written> => ({
  name: ({ deal }) => deal.title,
  date: ({ deal, own, day }) => own.date ?? day(deal.createdAt),
  end_date: kept('end_date'),
  number: ({ deal }) => String(deal.id),
  deal_number: ({ deal }) => String(deal.id),
  suffix: null,
  time_approval: kept('time_approval'),
  expense_approval: kept('expense_approval'),
  client_access: kept('client_access'),
  deal_type_id: kept('deal_type_id'),
  budget: false,
  sales_status_updated_at: ({ deal, at }) => at(deal.stageChangedAt ?? deal.createdAt),
  tag_list: ({ deal }) => deal.tags,
  origin_deal_id: null,
  profit_margin: ({ margin }) => margin,
  profit_margin_normalized: ({ margin }) => margin,
  profit_margin_default: ({ margin }) => margin,
  email_key: ({ deal }) => deal.uuid.replaceAll('-', ''),
  purchase_order_number: kept('purchase_order_number'),
  custom_fields: ({ custom }) => custom,
  position: kept('position'),
  service_type_restricted_tracking: kept('service_type_restricted_tracking'),
  tracking_type_id: kept('tracking_type_id'),
  editor_config: kept('editor_config'),
  discount: null,
  man_day_minutes: kept('man_day_minutes'),
  rounding_interval_id: kept('rounding_interval_id'),
  rounding_method_id: kept('rounding_method_id'),
  validate_expense_when_closing: kept('validate_expense_when_closing'),
  revenue_distribution_type: kept('revenue_distribution_type'),
  color_id: kept('color_id'),
  connection_status: 'none',
  revenue_distribution_method: null,
  billable_time: 0,
  budget_warning: kept('budget_warning'),
  estimated_time: 0,
  budgeted_time: 0,
  worked_time: 0,
  time_to_close: ({ deal }) => (deal.closedAt === null ? null : daysBetween(deal.createdAt, deal.closedAt)),
  // Of a closed deal the days until it was closed.
  days_since_created: ({ deal, now }) => daysBetween(deal.createdAt, deal.closedAt ?? now),
  days_since_last_activity: ({ deal, now }) => daysBetween(deal.updatedAt, now),
  days_in_current_stage: ({ deal, now }) => daysBetween(deal.stageChangedAt ?? deal.createdAt, now),
  probability: ({ probability }) => probability,
  previous_probability: ({ deal, stage, openStage, workspace }) =>
    isOpen(stage) || !openStage ? null : shownProbability({ ...deal, outcome: 'open' }, openStage, workspace),
  note_interpolated: kept('note'),
  proposal_note_interpolated: null,
  footer_interpolated: null,
  proposal_footer_interpolated: null,
  todo_count: 0,
  todo_due_date: null,
  note: kept('note'),
  proposal_note: null,
  lost_comment: ({ deal }) => deal.lossComment,
  // When a budget was closed; a deal closes as sales do.
  closed_at: null,
  delivered_on: kept('delivered_on'),
  last_activity_at: ({ deal, at }) => at(deal.updatedAt),
  deleted_at: ({ deal, at }) => at(deal.deletedAt),
  created_at: ({ deal, at }) => at(deal.createdAt),
  sales_closed_at: ({ deal, at }) => at(deal.closedAt),
  exchange_rate: ({ rate }) => rate,
  exchange_date: ({ deal, day }) => day(deal.createdAt),
  sales_closed_on: ({ deal, day }) => (deal.closedAt === null ? null : day(deal.closedAt)),
  sample_data: false,
  external_id: ({ deal }) => deal.externalId,
  external_sync: false,
  manual_invoicing_status_id: kept('manual_invoicing_status_id'),
  footer: null,
  proposal_footer: null,
  access_to_deal: true,
  currency: ({ deal }) => deal.currency,
  currency_default: ({ workspace }) => workspace.currency,
  currency_normalized: ({ deal }) => deal.currency,
  ...triple('revenue', ({ deal }) => deal.amount),
  ...triple('services_revenue', 0),
  ...triple('budget_total', ({ deal }) => deal.amount),
  ...triple('budget_used', 0),
  ...triple('projected_revenue', ({ deal, probability }) => Math.round((deal.amount * (probability ?? 100)) / 100)),
  ...triple('cost', 0),
  ...triple('profit', ({ deal }) => deal.amount),
  ...triple('invoiced', 0),
  ...triple('pending_invoicing', ({ deal }) => deal.amount),
  ...triple('manually_invoiced', 0),
  ...triple('draft_invoiced', 0),
  ...triple('amount_credited', 0),
  ...triple('expense', 0),
})

/** Few deals have anything of Productive's own; for the others that is text as well. */
const written = jsonOf(
  layout(
    (name) =>
      ({ own }) =>
        own[name],
  ),
)
const writtenAsUsual = jsonOf(layout((name) => usual[name]))

/** The attributes as JSON. */
export function attributesOf(facts: DealFacts, workspace: Workspace, now: Instant): string {
  const { deal, stage } = facts
  const { timeZone } = workspace
  const own = ownOf(deal)
  return (own === usual ? writtenAsUsual : written)({
    ...facts,
    workspace,
    now,
    own,
    probability: shownProbability(deal, stage, workspace),
    margin: deal.amount === 0 ? '0.0' : '100.0',
    at: (time) => (time === null ? null : timeIn(timeZone, time)),
    day: (time) => dayIn(timeZone, time),
    ...exchange(deal, workspace),
  })
}

/** Won is certain and lost is not to be; an open deal has its own, or else its stage's where the organization has that feature. */
function shownProbability(deal: Pick<Deal, 'outcome' | 'probability'>, stage: Stage, { features }: Workspace): number | null {
  if (deal.outcome !== 'open') return probabilityOf(deal, stage)
  return deal.probability ?? (features.probability ? stage.probability : null)
}

function exchange({ currency }: Deal, workspace: Workspace): Pick<Written, 'rate' | 'converted'> {
  const rate = currency === workspace.currency ? 1 : workspace.rates[currency]
  if (rate === undefined) return { rate: null, converted: () => null }
  const scale = 10 ** (exponentOf(workspace.currency) - exponentOf(currency))
  return {
    rate: Number.isInteger(rate) ? `${rate}.0` : String(rate),
    converted: (amount) => Math.round(amount * rate * scale),
  }
}
