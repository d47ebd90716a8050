import { z } from 'zod'
import type { Party, PartyPatch } from '../../domain/party.ts'
import type { Member } from '../../domain/user.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { link, name, text } from './body.ts'
import { Contact, readContact, writeContact } from './contact.ts'
import { identifier, type Load, type Resource } from './document.ts'
import { decodePerson, personOfContact } from './ids.ts'
import { membersOf, nameParts } from './organizations.ts'
import { timeIn } from './time.ts'

const attributes = {
  first_name: name,
  last_name: text(255).nullish(),
  email: text(255).nullish(),
  nickname: text(255).nullish(),
  title: text(255).nullish(),
  tag_list: z.array(z.string()).optional(),
  contact: Contact.nullish(),
  company: link('companies').nullish(),
}

export const NewPerson = z.object(attributes)
export const PersonChange = z.object({ ...attributes, first_name: name.optional() })
type PersonChange = z.output<typeof PersonChange>

/** The main e-mail address stands alone, the others are among the contact data. */
export function readPerson(input: PersonChange, before?: Party): PartyPatch {
  const contact = readContact(input.contact)
  const others = contact.emails ?? before?.emails.slice(1) ?? []
  const main = input.email === undefined ? before?.emails[0]?.value : input.email
  const speaksOfEmails = input.email !== undefined || contact.emails !== undefined
  return {
    ...contact,
    firstName: input.first_name,
    lastName: input.last_name,
    emails: speaksOfEmails ? [...(main ? [{ value: main, label: 'work', primary: true }] : []), ...others] : undefined,
    tags: input.tag_list,
    companyId: input.company,
    extras: Object.fromEntries(
      (['nickname', 'title'] as const).flatMap((key) => (input[key] === undefined ? [] : [[key, input[key] || null]])),
    ),
  }
}

/** What the vendor says of every person and crmux has no word for, in the order in which it says it. */
const person = ({
  id,
  attributes,
}: {
  id: number
  attributes: Readonly<Record<string, unknown>>
}): Pick<Resource, 'type' | 'id' | 'attributes'> => ({
  type: 'people',
  id: String(id),
  attributes: {
    agent: false,
    avatar_url: null,
    contact: {},
    deactivated_at: null,
    email: null,
    first_name: null,
    last_name: null,
    nickname: null,
    original_avatar_url: null,
    role_id: null,
    status_emoji: null,
    status_expires_at: null,
    status_text: null,
    time_off_status_sync: true,
    title: null,
    archived_at: null,
    autotracking: false,
    joined_at: null,
    last_seen_at: null,
    invited_at: null,
    is_user: false,
    user_id: null,
    tag_list: [],
    virtual: false,
    custom_fields: null,
    created_at: null,
    placeholder: false,
    color_id: null,
    sample_data: false,
    time_unlocked: false,
    time_unlocked_on: null,
    time_unlocked_start_date: null,
    time_unlocked_end_date: null,
    time_unlocked_period_id: null,
    time_unlocked_interval: null,
    last_activity_at: null,
    two_factor_auth: null,
    availabilities: '[]',
    external_id: null,
    external_sync: false,
    hrm_type_id: null,
    champion: false,
    timesheet_submission_disabled: false,
    offboarding_status: 'not_initiated',
    offboarding_id: null,
    time_tracking_policy_id: null,
    ...attributes,
  },
})

/** A user as a person. Somebody who left is deactivated. */
export const writeUserAsPerson = (member: Member, { timeZone }: Workspace): Resource =>
  person({
    id: member.id,
    attributes: {
      contact: member.phone === null ? {} : { phones: [{ name: 'Work', phone: member.phone }] },
      deactivated_at: member.isActive ? null : timeIn(timeZone, member.updatedAt),
      email: member.email,
      ...nameParts(member.name),
      role_id: 1,
      joined_at: timeIn(timeZone, member.createdAt),
      is_user: true,
      user_id: member.id,
      created_at: timeIn(timeZone, member.createdAt),
      last_activity_at: timeIn(timeZone, member.updatedAt),
      two_factor_auth: false,
      hrm_type_id: 1,
    },
  })

/** A contact of a company as a person. */
export function writePerson(party: Party, { timeZone }: Workspace): Resource {
  const own = (party.extras.productive ?? {}) as { nickname?: string; title?: string; archived_at?: number }
  const [main, ...others] = party.emails
  return {
    ...person({
      id: personOfContact(party.id),
      attributes: {
        contact: writeContact({ ...party, emails: others }),
        email: main?.value ?? null,
        first_name: party.firstName ?? party.name,
        last_name: party.firstName === null ? null : party.lastName,
        nickname: own.nickname ?? null,
        title: own.title ?? null,
        archived_at: own.archived_at === undefined ? null : timeIn(timeZone, own.archived_at),
        tag_list: party.tags,
        created_at: timeIn(timeZone, party.createdAt),
        last_activity_at: timeIn(timeZone, party.updatedAt),
      },
    }),
    links: { company: identifier('companies', party.companyId) },
  }
}

export const loadPeople: Load = async (scope, ids) => {
  const people = ids.map(decodePerson)
  const users = await membersOf(
    scope,
    people.flatMap((person) => ('userId' in person ? [person.userId] : [])),
  )
  const contactIds = people.flatMap((person) => ('contactId' in person ? [person.contactId] : []))
  const parties = await Promise.all(contactIds.map((id) => scope.store.parties.get(id)))
  return [
    ...users.map((member) => writeUserAsPerson(member, scope.workspace)),
    ...parties.flatMap((party) => (party?.kind === 'person' ? [writePerson(party, scope.workspace)] : [])),
  ]
}
