import { z } from 'zod'
import type { Deal } from '../../domain/deal.ts'
import { type Json, type JsonObject, sameJson } from '../../domain/text.ts'
import { day, flag, text, whole } from './body.ts'

/**
 * What Productive alone knows of a deal: what can be written, and what a deal has where nobody wrote anything. Only what differs
 * from that is kept.
 */
export const own = {
  date: [day.nullish(), null],
  end_date: [day.nullish(), null],
  deal_type_id: [whole(1, 2).nullish(), 2],
  time_approval: [flag.nullish(), false],
  expense_approval: [flag.nullish(), false],
  client_access: [flag.nullish(), false],
  purchase_order_number: [text(255).nullish(), null],
  position: [whole(-2_147_483_648, 2_147_483_647).nullish(), 1],
  service_type_restricted_tracking: [flag.nullish(), false],
  tracking_type_id: [whole(1, 100).nullish(), 1],
  editor_config: [z.record(z.string(), z.json()).nullish(), {}],
  man_day_minutes: [whole(0, 100_000).nullish(), 480],
  rounding_interval_id: [whole(0, 100_000).nullish(), null],
  rounding_method_id: [whole(0, 100_000).nullish(), 1],
  validate_expense_when_closing: [flag.nullish(), false],
  revenue_distribution_type: [text(64).nullish(), 'even'],
  color_id: [
    z
      .union([z.string().max(32), z.int()])
      .transform(String)
      .nullish(),
    null,
  ],
  budget_warning: [whole(0, 1000).nullish(), null],
  note: [text(65_535).nullish(), null],
  delivered_on: [day.nullish(), null],
  manual_invoicing_status_id: [whole(0, 100_000).nullish(), 1],
} as const satisfies Record<string, readonly [z.ZodType, Json]>

export type Own = { readonly [K in keyof typeof own]: Json }

/** What a deal has where nobody wrote anything. */
export const usual = Object.fromEntries(Object.entries(own).map(([name, [, usual]]) => [name, usual])) as Own

/** The schemas of these attributes. */
export const ownAttributes = Object.fromEntries(Object.entries(own).map(([name, [schema]]) => [name, schema])) as {
  [K in keyof typeof own]: (typeof own)[K][0]
}

/** What of them a document says, ready to be kept. */
export function readOwn(input: Readonly<Record<string, unknown>>): JsonObject {
  const said = Object.entries(own).filter(([name]) => input[name] !== undefined)
  return Object.fromEntries(
    said.map(([name, [, usual]]) => {
      // The schema let nothing else than JSON through.
      const value = input[name] as Json
      return [name, sameJson(value, usual) ? null : value]
    }),
  )
}

/** These attributes of a deal. */
export const ownOf = ({ extras: { productive } }: Deal): Own =>
  productive === undefined
    ? usual
    : (Object.fromEntries(Object.entries(usual).map(([name, usual]) => [name, productive[name] ?? usual])) as Own)
