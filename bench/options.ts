import { parseArgs } from 'node:util'

/** What is measured, and how long. */
export interface Options {
  engine: 'sqlite' | 'postgres'
  /** Where the stores are built; kept there if it was named, so that another run can begin with copies of them. */
  keep: string | undefined
  sizes: readonly number[]
  /** Only a check that everything can be measured: nothing is written down. */
  isQuick: boolean
  /** Seconds per measurement, and how often ours and the limit take turns. */
  seconds: number
  rounds: number
  /** Only operations whose name has this in it. */
  only: string | undefined
  /** Whether what is measured takes the place of what was found before. */
  amends: boolean
}

export const usage = `npm run bench -- [--quick] [--engine sqlite|postgres] [--sizes 10000,100000,1000000] [--keep DIR] [--only NAME] [--amend] [--seconds N] [--rounds N]

Measures a server against the bare machine and writes docs/performance.md. --quick: a smoke test on 2,000 deals that writes nothing.
--keep DIR: the stores that are built stay there, and the next run starts from copies of them.
--only NAME: only operations with this in their name; nothing is written down.
--amend: what was found before stays, but for the operations that are measured now; a size that was not there is added.`

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      engine: { type: 'string', default: 'sqlite' },
      keep: { type: 'string' },
      sizes: { type: 'string' },
      only: { type: 'string' },
      amend: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
    },
  })
  const { quick: isQuick, engine, keep, only, amend: amends } = values
  if (engine !== 'sqlite' && engine !== 'postgres') throw new Error(`--engine ${engine}: there are sqlite and postgres`)
  const sizes = (values.sizes ?? (isQuick ? '2000' : '10000,100000,1000000')).split(',').map(Number)
  return {
    engine,
    keep,
    only,
    amends,
    isQuick,
    sizes,
    seconds: Number(values.seconds ?? 1),
    rounds: Number(values.rounds ?? (isQuick ? 1 : 2)),
  }
}
