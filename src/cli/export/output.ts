import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'

/** Somewhere to write text to, no faster than it is taken. */
export interface Output {
  write(text: string): Promise<void>
}

/** Hands the work an output: standard output, or a file that takes its name only when it is whole. */
export async function toOutput(file: string | undefined, work: (out: Output) => Promise<void>): Promise<void> {
  if (file === undefined) return work(writerOf(process.stdout))
  const partial = `${file}.partial`
  const stream = createWriteStream(partial)
  const done = finished(stream)
  done.catch(() => {})
  try {
    await work(writerOf(stream))
    stream.end()
    await done
    await rename(partial, file)
  } catch (error) {
    stream.destroy()
    await rm(partial, { force: true })
    throw error
  }
}

const writerOf = (stream: Writable): Output => ({
  write: async (text) => {
    if (stream.errored) throw stream.errored
    if (!stream.write(text)) await once(stream, 'drain')
  },
})
