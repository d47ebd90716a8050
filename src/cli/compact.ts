import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Late enough that the first requests are not held up by it. */
const afterMs = 1500

/**
 * Gives the memory that loading modules took back to the system. It leaves tens of megabytes of garbage that V8, which is never told that a
 * server idles, would keep for good. `regular` takes some 30 ms, `last-resort` gives back more and takes five times that.
 */
export function compact(flavor: 'regular' | 'last-resort' = 'last-resort'): void {
  setFlagsFromString('--expose-gc')
  const collect: NodeJS.GCFunction = runInNewContext('gc')
  collect({ type: 'major', execution: 'sync', flavor })
}

/** The same once more when the server has come to rest. */
export function compactSoon(): void {
  setTimeout(() => compact(), afterMs).unref()
}
