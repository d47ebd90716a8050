import { z } from 'zod'
import { isCurrency } from '../../domain/money.ts'
import type { Party, PartyPatch } from '../../domain/party.ts'
import type { JsonObject } from '../../domain/text.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { name, text, whole } from './body.ts'
import { Contact, readContact, writeContact } from './contact.ts'
import type { Load, Resource } from './document.ts'
import { timeIn } from './time.ts'

/** What Productive alone keeps of a company. */
const own = {
  billing_name: text(255).nullish(),
  vat: text(255).nullish(),
  default_currency: z.string().refine(isCurrency).nullish(),
  company_code: text(32).nullish(),
  domain: text(255).nullish(),
  due_days: whole(0, 36_500).nullish(),
}

const attributes = { name, ...own, tag_list: z.array(z.string()).optional(), contact: Contact.nullish() }

export const NewCompany = z.object(attributes)
export const CompanyChange = z.object({ ...attributes, name: name.optional() })
type CompanyChange = z.output<typeof CompanyChange>

export const readCompany = (input: CompanyChange): PartyPatch => ({
  ...readContact(input.contact),
  name: input.name,
  tags: input.tag_list,
  extras: Object.fromEntries(
    (Object.keys(own) as (keyof typeof own)[]).flatMap((key) => (input[key] === undefined ? [] : [[key, input[key] ?? null]])),
  ) satisfies JsonObject,
})

export function writeCompany(party: Party, { timeZone }: Workspace): Resource {
  const kept = party.extras.productive ?? {}
  const archivedAt = kept.archived_at as number | undefined
  return {
    type: 'companies',
    id: String(party.id),
    attributes: {
      name: party.name,
      billing_name: kept.billing_name ?? null,
      vat: kept.vat ?? null,
      default_currency: kept.default_currency ?? null,
      created_at: timeIn(timeZone, party.createdAt),
      last_activity_at: timeIn(timeZone, party.updatedAt),
      archived_at: archivedAt === undefined ? null : timeIn(timeZone, archivedAt),
      avatar_url: null,
      original_avatar_url: null,
      invoice_email_recipients: {},
      custom_fields: null,
      company_code: kept.company_code ?? codeOf(party.name),
      domain: kept.domain ?? null,
      projectless_budgets: false,
      default_subsidiary_id: null,
      default_tax_rate_id: null,
      default_document_type_id: null,
      due_days: kept.due_days ?? null,
      tag_list: party.tags,
      contact: writeContact(party),
      sample_data: false,
      settings: {},
      external_id: null,
      external_sync: false,
      parent_company_id: null,
    },
  }
}

/** Made of the name where nobody has said one. */
const codeOf = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]/gu, '')
    .slice(0, 4)
    .toUpperCase()

export const loadCompanies: Load = async (scope, ids) => {
  const parties = await Promise.all(ids.map((id) => scope.store.parties.get(id)))
  return parties.flatMap((party) => (party?.kind === 'company' ? [writeCompany(party, scope.workspace)] : []))
}
