import type { Template } from '../../domain/template.ts'

const closed = { time_tracking_enabled: false, expense_tracking_enabled: false, booking_tracking_enabled: false }

/** What a new organization has (reference: Deal Statuses, first example; Pipelines). */
export const template: Template = {
  dialect: 'productive',
  pipeline: 'Sales',
  hasProbability: true,
  extras: { icon_id: 'funnel' },
  stages: [
    { name: 'Qualified Lead', extras: { color_id: '0' } },
    { name: 'Needs Defined', extras: { color_id: '4' } },
    { name: 'Proposal Sent', extras: { color_id: '5' } },
    { name: 'Won Deals', kind: 'won', extras: { color_id: '14', ...closed } },
    { name: 'Lost Deals', kind: 'lost', extras: { color_id: '13', ...closed, lost_reason_enabled: true } },
  ],
}
