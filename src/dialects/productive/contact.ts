import { z } from 'zod'
import type { Address, Party, PartyPatch, Reachable } from '../../domain/party.ts'
import { text } from './body.ts'

const label = text(64).nullish()
const line = text(255).nullish()

/** The ways to reach somebody, as one attribute of companies and people. What crmux has no place for (websites) is not kept. */
export const Contact = z.object({
  emails: z.array(z.object({ name: label, email: text(255) })).optional(),
  phones: z.array(z.object({ name: label, phone: text(255) })).optional(),
  addresses: z.array(z.object({ address: line, city: line, zipcode: line, state: line, country: line })).optional(),
})

/** What of it was said. Of several addresses the first is kept. */
export function readContact(
  contact: z.output<typeof Contact> | null | undefined,
): Pick<PartyPatch, 'emails' | 'phones' | 'address'> {
  if (!contact) return {}
  const { emails, phones, addresses } = contact
  const [address] = addresses ?? []
  return {
    ...(emails && { emails: emails.map(({ name, email }, index) => reachable(email, name, index)) }),
    ...(phones && { phones: phones.map(({ name, phone }, index) => reachable(phone, name, index)) }),
    ...(addresses && {
      address: {
        line1: address?.address ?? null,
        city: address?.city ?? null,
        postalCode: address?.zipcode ?? null,
        state: address?.state ?? null,
        country: address?.country ?? null,
      },
    }),
  }
}

const reachable = (value: string, name: string | null | undefined, index: number): Reachable => ({
  value,
  label: shared.has((name ?? 'work').toLowerCase()) ? (name ?? 'work').toLowerCase() : (name ?? 'work'),
  primary: index === 0,
})

/** `{}` where there is nothing. */
export function writeContact({ emails, phones, address }: Pick<Party, 'emails' | 'phones' | 'address'>): object {
  return {
    ...(emails.length > 0 && { emails: emails.map(({ label, value }) => ({ name: titled(label), email: value })) }),
    ...(phones.length > 0 && { phones: phones.map(({ label, value }) => ({ name: titled(label), phone: value })) }),
    ...(Object.values(address).some((part) => part != null) && { addresses: [writeAddress(address)] }),
  }
}

const writeAddress = ({ line1 = null, city = null, postalCode = null, state = null, country = null }: Address) => ({
  city,
  name: 'Work',
  state,
  address: line1,
  country,
  zipcode: postalCode,
})

/** What everybody calls the same, in small letters; other labels are kept as they were written. */
const shared: ReadonlySet<string> = new Set(['work', 'home', 'mobile', 'other'])

const titled = (label: string): string => (shared.has(label) ? label.slice(0, 1).toUpperCase() + label.slice(1) : label)
