import { z } from 'zod'
import type { CustomField } from '../../../domain/custom-field.ts'
import type { PartyPatch, Reachable } from '../../../domain/party.ts'
import { readExtras } from '../deals.ts'
import { readFieldValues } from './custom-values.ts'
import { clearable, flag, labels, maybe, text, whole } from './input.ts'

/** What persons and organizations can both be told. `label` is one number, or several; `label_ids` is its newer name. */
export const partyShape = {
  name: maybe(text),
  owner_id: maybe(whole),
  label: clearable(labels),
  label_ids: clearable(labels),
  visible_to: maybe(whole.pipe(z.literal([1, 3, 5, 7]))),
}

const Entry = z.object({ value: text, label: maybe(text), primary: maybe(flag) })

/** Addresses or numbers: one text, or a list of texts and of entries. An empty one is none. */
export const reachable = z.preprocess(
  (value) => (Array.isArray(value) ? value : value === null || value === '' ? [] : [value]),
  z
    .array(z.union([text, Entry]))
    .max(50)
    .transform((list): Reachable[] => {
      const entries = list
        .map((entry) => (typeof entry === 'string' ? { value: entry } : entry))
        .filter(({ value }) => value !== '')
      const first = entries.findIndex(({ primary }: z.output<typeof Entry>) => primary)
      return entries.map(({ value, label }: z.output<typeof Entry>, index) => ({
        value,
        label: label ?? 'work',
        primary: index === Math.max(first, 0),
      }))
    }),
)

interface PartyBody {
  owner_id?: number | undefined
  label?: readonly number[] | null | undefined
  label_ids?: readonly number[] | null | undefined
  visible_to?: number | undefined
  [key: string]: unknown
}

export function readPartyBody(body: PartyBody, fields: readonly CustomField[]) {
  const labelIds = body.label_ids === undefined ? body.label : body.label_ids
  return {
    ownerId: body.owner_id,
    customFields: readFieldValues(fields, body),
    extras: readExtras({ visible_to: body.visible_to, label_ids: labelIds === null ? [] : labelIds }),
  } satisfies PartyPatch
}
