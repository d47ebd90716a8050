import { randomBytes } from 'node:crypto'
import { seconds } from '../time.ts'

export interface Claims {
  clientId: string
  userId: number
  accountId: number
  /** Where the account is reached; the vendor's PHP library takes it from the token. */
  apiDomain: string
  /** The vendor's zone, or the same where there is none. */
  baseDomain: string
  issuedAt: number
  expiresAt: number
}

/**
 * An access token in the shape of a JWT: the PHP library decodes it to learn when it expires and where its account is. Nobody ever
 * verifies a signature: the whole token is a secret whose hash is looked up, and the last part holds its 256 random bits.
 */
export function makeAccessToken({ clientId, userId, accountId, apiDomain, baseDomain, issuedAt, expiresAt }: Claims): string {
  const jti = randomBytes(20).toString('hex')
  const parts = [
    { typ: 'JWT', alg: 'HS256', jti },
    {
      aud: clientId,
      jti,
      iat: seconds(issuedAt),
      nbf: seconds(issuedAt),
      exp: seconds(expiresAt),
      sub: String(userId),
      grant_type: '',
      account_id: accountId,
      base_domain: baseDomain,
      version: 2,
      scopes: ['crm'],
      api_domain: apiDomain,
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  return `${parts.join('.')}.${randomBytes(32).toString('base64url')}`
}
