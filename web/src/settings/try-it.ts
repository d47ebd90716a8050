import type { ApiJson } from '../../../src/dialects/native/apis.ts'
import type { NewTokenJson } from '../../../src/dialects/native/tokens.ts'
import { Refused, write } from '../api.ts'
import { headersOf } from './curl.ts'

/** What an API answered, as it came. */
export interface Tried {
  status: number
  path: string
  contentType: string
  ms: number
  text: string
}

const minutes = 60_000

/**
 * Calls an API as an integration would: with a token made for this one call, which ends by itself in five minutes and is revoked as soon
 * as the answer is there. The session's cookie stays at home.
 */
export async function tryApi(api: ApiJson, workspace: { id: number; uuid: string }): Promise<Tried> {
  const expiresAt = new Date(Date.now() + 5 * minutes).toISOString()
  const { data: token } = await write<NewTokenJson>('POST', '/tokens', { label: `Trying ${api.title}`, expiresAt })
  try {
    const path = `${api.prefix}${api.sample.path}`
    const begun = performance.now()
    const headers = headersOf(api, { token: token.secret ?? '', workspace })
    const response = await fetch(path, { headers, credentials: 'omit', cache: 'no-store' }).catch(() => {
      throw new Refused('The server cannot be reached. Check the connection and try again.', 0)
    })
    const text = await response.text()
    const contentType = response.headers.get('content-type') ?? 'no content type'
    return { status: response.status, path, contentType, ms: Math.round(performance.now() - begun), text: readable(text) }
  } finally {
    await write('DELETE', `/tokens/${token.id}`)
  }
}

/** JSON line by line; anything else as it came. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
