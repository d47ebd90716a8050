import { found } from '../../domain/errors.ts'
import type { Party, PartyKind } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { purgedBefore } from './deals.ts'

/** One of its kind, or one that was deleted not long ago. */
export async function findVisibleParty(scope: Scope, id: number, kind: PartyKind): Promise<Party> {
  const party = await scope.store.parties.get(id)
  const gone = party?.kind !== kind || (party.deletedAt !== null && party.deletedAt < purgedBefore(scope.now()))
  return found(gone ? undefined : party, kind === 'person' ? 'contact' : 'company')
}
