import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Late enough that the first requests are not held up by it. */
const afterMs = 1500

/**
 * Gives the memory that starting took back to the system, once. Loading modules leaves tens of megabytes of garbage that V8, which is
 * never told that a server idles, would keep for good.
 */
export function compact(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc')
    const collect: NodeJS.GCFunction = runInNewContext('gc')
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, afterMs).unref()
}
