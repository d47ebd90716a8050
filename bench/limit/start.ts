import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Call } from '../measure.ts'
import { cpuOf, stopped } from '../processes.ts'
import type { Learn } from './main.ts'

export interface Limit {
  origin: string
  /** Teaches it what these requests come to; returns the requests that ask for the same. */
  learn(calls: readonly Call[]): Promise<readonly Call[]>
  /** Seconds of CPU that it has used. */
  cpu(): number
  stop(): Promise<void>
}

type Told = { port?: number; learnt?: number; failed?: string }

export async function startLimit(store: readonly string[]): Promise<Limit> {
  const child = fork('bench/limit/main.ts', [...store], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const hear = async (): Promise<Told> => {
    const [told] = (await once(child, 'message')) as [Told]
    if (told.failed !== undefined) throw new Error(`the limit: ${told.failed}`)
    return told
  }
  const { port } = await hear()
  return {
    origin: `http://127.0.0.1:${port}`,
    learn: async (calls) => {
      const message: Learn = { calls }
      child.send(message)
      await hear()
      return calls.map(({ method, body }, index) => ({ method, path: `/${index}`, ...(body === undefined ? {} : { body }) }))
    },
    cpu: () => cpuOf(child.pid),
    stop: () => stopped(child),
  }
}
