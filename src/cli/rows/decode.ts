import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Failure } from '../failure.ts'

/** Byte order marks, which say how a file is encoded whatever else is said. */
const marks: readonly [string, readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** What packed files are called beside what they hold. */
export const unpackedName = (file: string): string => file.replace(/\.gz$/i, '')

/** The bytes of a file, unpacked where it is packed. */
function bytesOf(file: string): Readable {
  const stream = createReadStream(file, { highWaterMark: 256 * 1024 })
  if (unpackedName(file) === file) return stream
  const unpacked = createGunzip()
  stream.on('error', (error) => unpacked.destroy(error))
  return stream.pipe(unpacked)
}

/** How a file is encoded: what its first bytes say, else what the caller says, else UTF-8. */
export async function encodingOf(file: string, said: string | undefined): Promise<string> {
  for await (const first of bytesOf(file) as AsyncIterable<Buffer>) {
    return marks.find(([, bytes]) => bytes.every((byte, at) => first[at] === byte))?.[0] ?? said ?? 'utf-8'
  }
  return said ?? 'utf-8'
}

/** The text of a file, piece by piece. Fails at the first byte that is not in the encoding: nothing is ever read as something else. */
export async function* decode(file: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let line = 1
  try {
    for await (const bytes of bytesOf(file) as AsyncIterable<Buffer>) {
      if (!encoding.startsWith('utf-16') && bytes.includes(0)) {
        throw new Failure(
          `${file} has NUL bytes near line ${line}, so it is not ${encoding}. If it is UTF-16, say --encoding utf-16le. Nothing was imported.`,
        )
      }
      const text = decoder.decode(bytes, { stream: true })
      yield text
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++
    }
    yield decoder.decode()
  } catch (error) {
    if (/^Z_|^ERR_ZLIB/.test((error as { code?: string }).code ?? ''))
      throw new Failure(`${file} cannot be unpacked: it is damaged, or no gzip file. What was taken in before it stays.`)
    if ((error as { code?: string }).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    throw new Failure(
      `${file} is not ${encoding}: there is a byte that cannot be read after line ${line}. Nothing was imported. If the file comes from Excel or an older system, try --encoding windows-1252.`,
    )
  }
}

/** Asks that the encoding is one that can be read. */
export function requireEncoding(name: string): string {
  try {
    return new TextDecoder(name).encoding
  } catch {
    throw new Error('It takes a name such as utf-8, windows-1252, latin1, utf-16le or shift_jis.')
  }
}
