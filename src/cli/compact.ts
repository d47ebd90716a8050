import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Late enough that the first requests are not held up by it. */
const afterMs = 1500

/**
 * Gives the memory that loading modules took back to the system. It leaves tens of megabytes of garbage that V8, which is never told that a
 * server idles, would keep for good. Some 30 ms.
 */
export function compact(): void {
  setFlagsFromString('--expose-gc')
  const collect: NodeJS.GCFunction = runInNewContext('gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** The same once more when the server has come to rest. */
export function compactSoon(): void {
  setTimeout(compact, afterMs).unref()
}
