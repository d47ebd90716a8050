import type { FastifyRequest } from 'fastify'
import type { Instant } from '../../domain/time.ts'
import type { Fault } from '../../http/fault.ts'
import type { Answer } from '../../http/speak.ts'
import { generationOf } from './generation.ts'
import { legacyProblem } from './legacy/errors.ts'
import { oauthProblem } from './oauth/errors.ts'
import { problem } from './v4/errors.ts'

/** Every fault as the generation that was called words it. v2 shares the first one's codes and their form. */
export function render(fault: Fault, req: FastifyRequest, now: Instant = Date.now()): Answer {
  switch (generationOf(req)) {
    case 'legacy':
    case 'v2':
      return legacyProblem(fault, now)
    case 'v4':
      return problem(fault, req.body)
    case 'oauth':
      return oauthProblem(fault)
  }
}
