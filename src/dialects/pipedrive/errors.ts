import type { FastifyRequest } from 'fastify'
import type { Fault } from '../../http/fault.ts'
import { type Answer, bearer } from '../../http/speak.ts'
import { isTokenCall } from './auth.ts'
import { problemV1 } from './v1/errors.ts'
import { problemV2 } from './v2/errors.ts'
import { versionOf } from './version.ts'
import { wholeRequest } from './words.ts'

/** The gateway in front of both versions answers these the same way, whichever version was called. */
const gateway = (status: number, error: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { success: false, error, errorCode: status, error_info: 'Please check developers.pipedrive.com' },
  headers,
})

/** Every fault in the vendor's words. The two versions differ in what they say about input and about things that are not there. */
export function render(fault: Fault, req: FastifyRequest): Answer {
  if (isTokenCall(req)) return renderOAuth(fault)
  switch (fault.kind) {
    case 'unauthenticated': {
      const error = refusedToken(req) ? 'Invalid token: access_token is invalid' : 'unauthorized access'
      return gateway(401, error, { 'x-401-by-gw': 'true' })
    }
    case 'bad_header':
      return gateway(400, 'Invalid request: malformed authorization header')
    case 'forbidden':
      // Our roles are what scopes are there: viewers have deals:read, members deals:full, managers admin.
      return gateway(403, 'Scope and URL mismatch')
    case 'rate_limited':
      return gateway(429, 'Request over limit', { 'retry-after': String(fault.retryAfterSeconds) })
    case 'not_found':
    case 'invalid':
    case 'bad_input':
    case 'conflict':
    case 'malformed':
    case 'no_route':
    case 'bad_method':
    case 'too_large':
    case 'media_type':
    case 'stale':
    case 'unavailable':
    case 'bug':
      return versionOf(req) === 2 ? problemV2(fault) : problemV1(fault, req.url)
  }
}

/** What the token endpoints answer, in the words of RFC 6749. */
function renderOAuth(fault: Fault): Answer {
  const answer = (status: number, error: string, headers: Record<string, string> = {}): Answer => ({
    status,
    body: { success: false, error },
    headers,
  })
  switch (fault.kind) {
    case 'unauthenticated':
    case 'bad_header':
      return answer(401, 'invalid_client', { 'www-authenticate': 'Basic realm="crmux"' })
    case 'bad_input':
      return answer(400, fault.issues.some(({ path }) => path[0] === 'grant_type') ? 'unsupported_grant_type' : 'invalid_request')
    case 'forbidden':
      return answer(403, 'access_denied')
    case 'not_found':
    case 'invalid':
    case 'conflict':
    case 'malformed':
      return answer(400, 'invalid_request')
    case 'no_route':
    case 'bad_method':
    case 'too_large':
    case 'media_type':
    case 'stale':
    case 'unavailable':
    case 'bug': {
      const whole = wholeRequest(fault)
      return answer(whole?.status ?? 500, whole?.error ?? '', whole?.headers)
    }
    case 'rate_limited':
      return answer(429, 'Request over limit', { 'retry-after': String(fault.retryAfterSeconds) })
  }
}

/** Whether it was an OAuth token that nobody knows, and not an API token. */
const refusedToken = (req: FastifyRequest): boolean =>
  bearer(req) !== undefined && !req.headers['x-api-token'] && !(req.query as { api_token?: unknown }).api_token
