import { z } from 'zod'
import { createToken, findToken, listTokens, revokeToken, type Token } from '../../domain/user.ts'
import { ById, cursorParam, id, instant, limitParam, recordId, text, timeText, words } from './fields.ts'
import { byId, pageOf, readWindow } from './paging.ts'
import type { NativeSpeaker } from './speaker.ts'
import { created, gone, ok, time, timeOrNull } from './wire.ts'

const shape = {
  id: recordId,
  userId: z.int().meta({ description: 'Whom it speaks for.' }),
  label: words('What it is for.'),
  createdAt: timeText('When it was made.'),
  expiresAt: timeText('When it ends by itself; null: never.').nullable(),
  lastUsedAt: timeText('When it was last used, to the minute; null: never.').nullable(),
  revokedAt: timeText('When it was revoked; null: it was not.').nullable(),
}

export type TokenJson = z.output<typeof TokenJson>
export const TokenJson = z
  .object(shape)
  .meta({ id: 'Token', description: 'A token as it can be shown: of the secret itself only a hash is kept.' })

export type NewTokenJson = z.output<typeof NewTokenJson>
export const NewTokenJson = z
  .object({
    ...shape,
    secret: z
      .string()
      .nullable()
      .meta({ description: '64 hexadecimal characters, shown this once. Null where a repeated request is answered again.' }),
  })
  .meta({ id: 'NewToken', description: 'A token with its secret.' })

const TokenBody = z.strictObject({
  label: text('What it is for, to recognise it by.', 255).optional(),
  expiresAt: instant('When it ends by itself. Not given or null: never.').nullable().optional(),
  userId: id('Whose token. Your own where not given; only admins make tokens for others.').optional(),
})

const writeToken = (token: Token): TokenJson => ({
  id: token.id,
  userId: token.userId,
  label: token.label,
  createdAt: time(token.createdAt),
  expiresAt: timeOrNull(token.expiresAt),
  lastUsedAt: timeOrNull(token.lastUsedAt),
  revokedAt: timeOrNull(token.revokedAt),
})

const writeNewToken = (token: Token & { secret: string | null }): NewTokenJson => ({ ...writeToken(token), secret: token.secret })

/** Tokens speak for a member in one workspace, through every API alike. */
export function tokenRoutes(api: NativeSpeaker): void {
  api.get(
    '/tokens',
    {
      query: z.strictObject({ limit: limitParam, cursor: cursorParam }),
      about: {
        tag: 'People',
        id: 'listTokens',
        summary: 'List tokens',
        description: 'Your own; an admin sees everybody’s.',
        list: TokenJson,
      },
    },
    async ({ scope, query }) => pageOf(await listTokens(scope, readWindow(query, byId)), byId, writeToken),
  )

  api.post(
    '/tokens',
    {
      body: TokenBody.optional(),
      about: { tag: 'People', id: 'createToken', summary: 'Make a token', made: NewTokenJson },
    },
    async ({ scope, body = {} }) => ({
      ...created(writeNewToken(await createToken(scope, body))),
      headers: { 'cache-control': 'no-store' },
    }),
    // Kept answers are not the place for a secret.
    { kept: (answer) => ({ ...answer, body: withoutSecret(answer.body) }) },
  )

  api.get(
    '/tokens/:id',
    { params: ById, about: { tag: 'People', id: 'getToken', summary: 'One token', one: TokenJson } },
    async ({ scope, params }) => ok(writeToken(await findToken(scope, params.id))),
  )

  api.delete(
    '/tokens/:id',
    {
      params: ById,
      about: { tag: 'People', id: 'revokeToken', summary: 'Revoke a token', description: 'It ends at once and stays listed.' },
    },
    async ({ scope, params }) => {
      await revokeToken(scope, params.id)
      return gone
    },
  )
}

const withoutSecret = (body: unknown) => ({ data: { ...(body as { data: NewTokenJson }).data, secret: null } })
