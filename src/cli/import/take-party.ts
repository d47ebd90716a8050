import { type Address, addParty, changeParty, mainOf, type Party, type PartyPatch, type Reachable } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { jsonOf } from '../rows/values.ts'
import type { Cells } from './cells.ts'
import type { Directory } from './directory.ts'
import { refuseRow } from './refusal.ts'
import type { Taken } from './take-deal.ts'

/** Takes one row in: makes the company or contact, or brings the one that is there up to what the row says. */
export async function takeParty(
  scope: Scope,
  directory: Directory,
  cells: Cells,
  { kind, skipExisting }: { kind: Party['kind']; skipExisting: boolean },
): Promise<Taken<Party>> {
  const patch = await patchOf(scope, directory, cells)
  const existing = await known(scope, kind, patch)
  if (existing && skipExisting) return { record: existing, became: 'skipped' }
  if (existing) {
    const record = await withExtras(scope, await changeParty(scope, existing.id, patch, kind), cells)
    return { record, became: record.updatedAt === existing.updatedAt ? 'unchanged' : 'updated' }
  }
  const made = await addParty(scope, { ...patch, kind, createdAt: cells.instant('created_at') })
  return { record: await withExtras(scope, made, cells), became: 'created' }
}

/** The one that is meant: a company by name, a person by e-mail address, else by name and company. */
async function known({ store }: Scope, kind: Party['kind'], patch: PartyPatch): Promise<Party | undefined> {
  const email = mainOf(patch.emails ?? [])
  const name = patch.name ?? [patch.firstName, patch.lastName].filter(Boolean).join(' ')
  if (kind === 'person' && email !== undefined) {
    const { items } = await store.parties.list({ kind, email, limit: 1 })
    if (items[0]) return items[0]
  }
  if (name === '') return undefined
  const companyId = patch.companyId ?? undefined
  const { items } = await store.parties.list({ kind, name, companyId, limit: 1 })
  // Two people of one name with different addresses are two people.
  return items.find((party) => kind === 'company' || email === undefined || party.emails.length === 0)
}

async function patchOf(scope: Scope, directory: Directory, cells: Cells): Promise<PartyPatch> {
  const owner = { name: cells.text('owner'), email: cells.text('owner_email') }
  const company = cells.text('company')
  const [firstName, lastName] = [cells.text('first_name'), cells.text('last_name')]
  return {
    ...(firstName === undefined && lastName === undefined ? { name: cells.text('name') } : { firstName, lastName }),
    emails: reachable(cells, 'emails'),
    phones: reachable(cells, 'phones'),
    address: addressOf(cells),
    companyId: company === undefined ? undefined : await directory.company(scope, company),
    ownerId: owner.name === undefined && owner.email === undefined ? undefined : await directory.owner(scope, owner),
    tags: cells.list('tags'),
    customFields: await directory.customFields(scope, 'contact', cells),
  }
}

function addressOf(cells: Cells): Address | undefined {
  const parts: [keyof Address, string | undefined][] = [
    ['line1', cells.text('street')],
    ['postalCode', cells.text('postal_code')],
    ['city', cells.text('city')],
    ['state', cells.text('state')],
    ['country', cells.text('country')],
  ]
  const given = parts.filter(([, text]) => text !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

/** One address or number as it stands, or several with their labels as JSON. */
function reachable(cells: Cells, field: string): readonly Reachable[] | undefined {
  const text = cells.text(field)
  if (text === undefined) return undefined
  if (!text.startsWith('[')) return [{ value: text, label: 'work', primary: true }]
  const list = jsonOf(text)
  return Array.isArray(list) && list.every(isReachable)
    ? list
    : refuseRow(`${field} are no JSON array of value, label and primary`)
}

const isReachable = (entry: unknown): entry is Reachable =>
  typeof entry === 'object' &&
  entry !== null &&
  'value' in entry &&
  typeof entry.value === 'string' &&
  'label' in entry &&
  typeof entry.label === 'string' &&
  'primary' in entry &&
  typeof entry.primary === 'boolean'

async function withExtras(scope: Scope, party: Party, cells: Cells): Promise<Party> {
  let latest = party
  for (const [via, extras] of cells.extras()) latest = await changeParty({ ...scope, via }, party.id, { extras })
  return latest
}
