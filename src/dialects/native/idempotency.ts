import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { conflict } from '../../domain/errors.ts'
import { atomically } from '../../domain/scope.ts'
import { fail } from '../../http/fault.ts'
import { type Answer, type Call, header } from '../../http/speak.ts'
import { undoHeader } from './wire.ts'

/**
 * Requests that can be sent again without being done again (IETF draft-ietf-httpapi-idempotency-key-header). The answer is kept in
 * the transaction of the write itself, so either both are there or neither; a request that comes while the first is at work
 * waits for it. What was refused left no trace, so it is not kept and can be tried again with the same key.
 */
export async function once<C extends Call>(
  call: C,
  handler: (call: C) => Promise<Answer>,
  kept: (answer: Answer) => Answer = (answer) => answer,
): Promise<Answer> {
  const key = keyOf(call.req)
  if (key === undefined) return handler(call)
  return atomically(call.scope, async (scope) => {
    // Of this user alone: nobody reads another's answer by guessing a key.
    const name = `native:${scope.user.id}:${key}`
    const fingerprint = fingerprintOf(call.req)
    const earlier = await scope.store.answers.get(name)
    if (earlier) {
      if (earlier.fingerprint !== fingerprint) conflict('idempotency_key_reused')
      const { status, body, firstEvent } = earlier
      const headers = { 'idempotency-replayed': 'true', ...undoHeader(firstEvent) }
      return { status, ...(body === '' ? {} : { body }), headers }
    }
    const answer = await handler({ ...call, scope })
    const { status, body } = kept(answer)
    await scope.store.answers.keep(name, {
      fingerprint,
      status,
      body: body === undefined ? '' : JSON.stringify(body),
      at: scope.now(),
      firstEvent: scope.batch?.first ?? null,
    })
    return answer
  })
}

/** The draft writes the key as a quoted string; many clients send it bare. */
function keyOf(req: FastifyRequest): string | undefined {
  const value = header(req, 'idempotency-key')?.trim()
  if (value === undefined) return undefined
  const [, quoted, bare] = /^(?:"([\x20-\x21\x23-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/.exec(value) ?? []
  return quoted ?? bare ?? fail({ kind: 'bad_header', header: 'Idempotency-Key' })
}

/** The same method, path and document. */
const fingerprintOf = (req: FastifyRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([req.method, req.url, req.body ?? null]))
    .digest('hex')
