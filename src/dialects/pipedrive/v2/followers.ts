import { z } from 'zod'
import { findDeal } from '../../../domain/deal.ts'
import { invalid, refuse } from '../../../domain/errors.ts'
import { addRecord, type DialectRecord, deleteRecord, listRecords } from '../../../domain/record.ts'
import { atomically, requireRole, type Scope } from '../../../domain/scope.ts'
import type { Speaker } from '../../../http/speak.ts'
import { followers as collection, followerKey as keyOf } from '../followers.ts'
import { one, page, zulu } from '../wire.ts'
import { nextCursor, pagingById, readPaging } from './cursor.ts'
import { ById, idText, int, NoQuery, query } from './input.ts'

const followerOf = async (scope: Scope, dealId: number, userId: number): Promise<DialectRecord | undefined> =>
  (await listRecords(scope, collection, { key: keyOf(dealId, userId), limit: 1 })).items[0]

/** Makes a member of the team follow a deal; whoever does already goes on. */
async function follow(scope: Scope, dealId: number, userId: number): Promise<DialectRecord> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await findDeal(scope, dealId)
    const member = await scope.store.members.get(userId)
    if (!member?.isActive) invalid('user_id', 'not_found')
    return (await followerOf(scope, dealId, userId)) ?? addRecord(scope, collection, keyOf(dealId, userId), { user_id: userId })
  })
}

async function unfollow(scope: Scope, dealId: number, userId: number): Promise<void> {
  requireRole(scope, 'member')
  await atomically(scope, async (scope) => {
    await findDeal(scope, dealId)
    const record = (await followerOf(scope, dealId, userId)) ?? refuse({ kind: 'not_found', what: 'user' })
    await deleteRecord(scope, collection, record.id)
  })
}

const writeFollower = ({ data, createdAt }: DialectRecord) => ({ user_id: data.user_id, add_time: zulu(createdAt) })

export function openFollowers(api: Speaker): void {
  api.get(
    '/api/v2/deals/:id/followers',
    { params: ById, query: query(pagingById), cost: 10 },
    async ({ scope, params, query }) => {
      const { id } = await findDeal(scope, params.id)
      const { after } = readPaging(query)
      const { items, next } = await listRecords(scope, collection, { prefix: `${id}:`, limit: query.limit, after })
      return page(items.map(writeFollower), nextCursor(query, next))
    },
  )

  api.post(
    '/api/v2/deals/:id/followers',
    { params: ById, query: NoQuery, body: z.strictObject({ user_id: int }), cost: 5 },
    async ({ scope, params, body }) => one(writeFollower(await follow(scope, params.id, body.user_id))),
  )

  api.delete(
    '/api/v2/deals/:id/followers/:follower_id',
    { params: ById.extend({ follower_id: idText }), query: NoQuery, cost: 3 },
    async ({ scope, params }) => {
      await unfollow(scope, params.id, params.follower_id)
      return one({ user_id: params.follower_id })
    },
  )
}
