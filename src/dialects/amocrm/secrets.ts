import { createHash, randomBytes } from 'node:crypto'
import { addRecord, type DialectRecord, deleteRecord, listRecords } from '../../domain/record.ts'
import type { Scope } from '../../domain/scope.ts'
import type { JsonObject } from '../../domain/text.ts'
import type { Instant } from '../../domain/time.ts'

/**
 * Sessions, codes and refresh tokens: texts that stand for something until a certain moment. Only their hashes are kept. The first
 * eight digits name the workspace, because these are presented before anybody knows whose account is meant.
 */

export type SecretKind = 'session' | 'code' | 'refresh'

const collectionOf: Readonly<Record<SecretKind, string>> = { session: 'sessions', code: 'codes', refresh: 'refresh_tokens' }

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** The workspace that a secret claims to be of; undefined where it is not one of ours. */
export function workspaceOf(secret: string): number | undefined {
  return /^[0-9a-f]{64}$/.test(secret) ? Number.parseInt(secret.slice(0, 8), 16) : undefined
}

/** Makes a secret that stands for the data until it expires. With each new one a few that have expired are forgotten. */
export async function issueSecret(scope: Scope, kind: SecretKind, data: JsonObject, expiresAt: Instant): Promise<string> {
  const secret = scope.workspace.id.toString(16).padStart(8, '0') + randomBytes(28).toString('hex')
  const collection = collectionOf[kind]
  const { items } = await listRecords(scope, collection, { limit: 5 })
  for (const old of items) if (isExpired(old, scope.now())) await deleteRecord(scope, collection, old.id)
  await addRecord(scope, collection, hashOf(secret), { ...data, expiresAt })
  return secret
}

/** What a secret stands for; undefined where it is unknown, used up or expired. */
export async function findSecret(
  scope: Pick<Scope, 'store' | 'via' | 'now'>,
  kind: SecretKind,
  secret: string,
): Promise<DialectRecord | undefined> {
  const { items } = await scope.store.records.list(`${scope.via}.${collectionOf[kind]}`, { key: hashOf(secret), limit: 1 })
  return items.find((record) => !isExpired(record, scope.now()))
}

/** Uses a secret up. */
export const spendSecret = (scope: Scope, kind: SecretKind, record: DialectRecord): Promise<void> =>
  deleteRecord(scope, collectionOf[kind], record.id)

const isExpired = ({ data }: DialectRecord, now: Instant): boolean => typeof data.expiresAt !== 'number' || data.expiresAt <= now
