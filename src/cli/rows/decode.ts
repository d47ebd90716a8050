import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Failure } from '../failure.ts'

/** Byte order marks, which say how a file is encoded whatever else is said. */
const marks: readonly [string, readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** How a file is encoded: what its first bytes say, else what the caller says, else UTF-8. */
export async function encodingOf(file: string, said: string | undefined): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(4) })
    const mark = marks.find(([, bytes]) => bytesRead >= bytes.length && bytes.every((byte, at) => buffer[at] === byte))
    return mark?.[0] ?? said ?? 'utf-8'
  } finally {
    await handle.close()
  }
}

/** The text of a file, piece by piece. Fails at the first byte that is not in the encoding: nothing is ever read as something else. */
export async function* decode(file: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let line = 1
  try {
    for await (const bytes of createReadStream(file, { highWaterMark: 256 * 1024 })) {
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
