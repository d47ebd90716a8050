import { timingSafeEqual } from 'node:crypto'
import { addRecord, listRecords, saveRecord } from '../../../domain/record.ts'
import type { Scope } from '../../../domain/scope.ts'
import { hashOf } from '../secrets.ts'

/** Integrations that an account's admin has let in, by their `client_id`. Their secrets are kept as hashes. */
const collection = 'clients'

export interface Client {
  id: string
  redirectUri: string
}

export async function findClient(scope: Scope, id: string): Promise<(Client & { secretHash: string }) | undefined> {
  const { items } = await listRecords(scope, collection, { key: id, limit: 1 })
  const data = items[0]?.data
  return data && { id, redirectUri: String(data.redirectUri), secretHash: String(data.secretHash) }
}

/** Lets an integration in, or takes its new secret and address. */
export async function saveClient(scope: Scope, { id, redirectUri }: Client, secret: string): Promise<void> {
  const data = { redirectUri, secretHash: hashOf(secret) }
  const { items } = await listRecords(scope, collection, { key: id, limit: 1 })
  const [known] = items
  if (known) await saveRecord(scope, collection, { ...known, data })
  else await addRecord(scope, collection, id, data)
}

export const hasSecret = ({ secretHash }: { secretHash: string }, secret: string): boolean =>
  timingSafeEqual(Buffer.from(secretHash), Buffer.from(hashOf(secret)))
