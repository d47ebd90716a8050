import { z } from 'zod'
import { type CustomField, readCustomFields, writeCustomFields } from '../../domain/custom-field.ts'
import { invalid } from '../../domain/errors.ts'
import type { Address, Party, PartyDraft, PartyPatch } from '../../domain/party.ts'
import { type JsonObject, requireText } from '../../domain/text.ts'
import { nameOf } from './deals.ts'
import { customValues, payload } from './fields.ts'
import { isAny, isMobile, isNoMobile, shownValue, withShown } from './reachables.ts'
import { moment } from './wire.ts'

const id = z.int()
const text = z.string().nullish()
const status = z.enum(['none', 'current', 'past'])

/** Texts that nobody but Sell has. */
const ownTexts = ['title', 'description', 'industry', 'website', 'fax', 'twitter', 'facebook', 'linkedin', 'skype'] as const

const parts = { line1: 'line1', city: 'city', postal_code: 'postalCode', state: 'state', country: 'country' } as const

/** Everything that can be said of a contact; what the answers show as null can be sent as null. */
const writable = {
  is_organization: z.boolean().optional(),
  contact_id: id.nullish(),
  owner_id: id.optional(),
  name: text,
  first_name: text,
  last_name: text,
  title: text,
  description: text,
  industry: text,
  website: text,
  email: text,
  phone: text,
  mobile: text,
  fax: text,
  twitter: text,
  facebook: text,
  linkedin: text,
  skype: text,
  customer_status: status.optional(),
  prospect_status: status.optional(),
  address: z.strictObject({ line1: text, city: text, postal_code: text, state: text, country: text }).nullish(),
  tags: z.array(z.string()).optional(),
  custom_fields: customValues.optional(),
}

export const ContactBody = payload(z.strictObject(writable))

export type ContactData = z.output<typeof ContactBody>['data']

/** A new contact: a person needs a last name, a company a name. */
export function readContact(data: ContactData, fields: readonly CustomField[]): PartyDraft {
  const kind = data.is_organization ? 'company' : 'person'
  if (kind === 'company' && data.name == null) invalid('name', 'required')
  if (kind === 'person' && data.last_name == null) invalid('lastName', 'required')
  return { ...readChange(data, { kind, emails: [], phones: [], address: {} }, fields), kind }
}

/** The payload as a change of the contact as it is. What a contact is, person or company, is settled when it is made. */
export function readChange(
  data: ContactData,
  before: Pick<Party, 'kind' | 'emails' | 'phones' | 'address'>,
  fields: readonly CustomField[],
): PartyPatch {
  const isCompany = before.kind === 'company'
  if (data.is_organization !== undefined && data.is_organization !== isCompany) invalid('isOrganization', 'not_allowed')
  return {
    ...(isCompany ? readCompanyName(data) : readPersonName(data)),
    companyId: data.contact_id,
    ownerId: data.owner_id,
    emails: data.email === undefined ? undefined : withShown(before.emails, isAny, orNone(data.email), 'work'),
    phones: readPhones(data, before),
    address: data.address ? readAddress(data.address, before.address) : undefined,
    tags: data.tags,
    customFields: data.custom_fields && readCustomFields(fields, data.custom_fields as JsonObject, nameOf),
    extras: readOwn(data),
  }
}

/**
 * The parts of a person's name decide. The whole is what they make, and only counts where no part is given: the vendor's own suites
 * send a person with both, and with a company's name as the whole. A company's name has no parts.
 */
function readPersonName({ name, first_name, last_name }: ContactData): PartyPatch {
  if (last_name !== undefined && !last_name?.trim()) invalid('lastName', 'blank')
  return { name: name ?? undefined, firstName: first_name, lastName: last_name }
}

const readCompanyName = ({ name }: ContactData): PartyPatch => (name === null ? invalid('name', 'blank') : { name })

function readPhones({ phone, mobile }: ContactData, { phones }: Pick<Party, 'phones'>): PartyPatch['phones'] {
  if (phone === undefined && mobile === undefined) return undefined
  const withPhone = phone === undefined ? phones : withShown(phones, isNoMobile, orNone(phone), 'work')
  return mobile === undefined ? withPhone : withShown(withPhone, isMobile, orNone(mobile), 'mobile')
}

const orNone = (value: string | null): string | null => (value === '' ? null : value)

/** A part that is null and was not there stays away, so that sending back what was read changes nothing. */
export const readAddress = (address: NonNullable<ContactData['address']>, before: Address): Address =>
  Object.fromEntries(
    Object.entries(parts).flatMap(([theirs, ours]) => {
      const value = address[theirs as keyof typeof parts]
      return value === undefined || value === (before[ours] ?? null) ? [] : [[ours, value]]
    }),
  )

function readOwn(data: ContactData): JsonObject {
  const own: [string, string | null][] = ownTexts.flatMap((key) => {
    const value = data[key]
    return value === undefined ? [] : [[key, value === null ? null : requireText(value, key)]]
  })
  const statuses = [
    ['customerStatus', data.customer_status],
    ['prospectStatus', data.prospect_status],
  ] as const
  for (const [key, value] of statuses) if (value !== undefined) own.push([key, value === 'none' ? null : value])
  return Object.fromEntries(own)
}

/** A contact as the vendor shows it. */
export function writeContact(party: Party, fields: readonly CustomField[]) {
  const own = (party.extras.sell ?? {}) as Partial<Record<string, string>> // written by readOwn alone
  const texts = Object.fromEntries(ownTexts.map((key) => [key, own[key] ?? null]))
  return {
    id: party.id,
    creator_id: party.creatorId,
    owner_id: party.ownerId,
    is_organization: party.kind === 'company',
    contact_id: party.companyId,
    name: party.name,
    first_name: party.firstName,
    last_name: party.lastName,
    customer_status: own.customerStatus ?? 'none',
    prospect_status: own.prospectStatus ?? 'none',
    title: texts.title,
    description: texts.description,
    industry: texts.industry,
    website: texts.website,
    email: shownValue(party.emails, isAny),
    phone: shownValue(party.phones, isNoMobile),
    mobile: shownValue(party.phones, isMobile),
    fax: texts.fax,
    twitter: texts.twitter,
    facebook: texts.facebook,
    linkedin: texts.linkedin,
    skype: texts.skype,
    address: Object.fromEntries(Object.entries(parts).map(([theirs, ours]) => [theirs, party.address[ours] ?? null])),
    tags: party.tags,
    custom_fields: writeCustomFields(fields, party.customFields, nameOf),
    created_at: moment(party.createdAt),
    updated_at: moment(party.updatedAt),
  }
}
