import { isUtf8 } from 'node:buffer'
import secureJson from 'secure-json-parse'
import { fail } from './fault.ts'

/** Objects and arrays inside one another: more than any vendor's documents have, less than hurts anybody. */
const maxDepth = 32

/** Bytes of a body as text. Anything that is not UTF-8 is refused, as is a NUL that no database keeps. */
export function readText(bytes: Buffer): string {
  if (!isUtf8(bytes)) fail({ kind: 'malformed', what: 'utf8' })
  return bytes.toString('utf8')
}

/** A JSON document from untrusted bytes. No body at all is undefined. */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  const text = readText(bytes)
  if (depthOf(bytes) > maxDepth) fail({ kind: 'malformed', what: 'depth' })
  try {
    return secureJson.parse(text, undefined, { protoAction: 'error', constructorAction: 'error' })
  } catch {
    return fail({ kind: 'malformed', what: 'json' })
  }
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]

/** How deep brackets are nested, strings left out, without building anything. */
function depthOf(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (inString) {
      if (byte === backslash) i++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === openBrace || byte === openBracket) deepest = Math.max(deepest, ++depth)
    else if (byte === closeBrace || byte === closeBracket) depth--
  }
  return deepest
}
