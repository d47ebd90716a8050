import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  update(done: number, note?: string): void
  stop(): void
}

/** A bar on standard error; nothing at all where that is not a terminal. */
export function progressBar(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} }
  const bar = new SingleBar(
    {
      stream: process.stderr,
      format: `${what} {bar} {percentage}% {value}/{total} {note} {eta_formatted}`,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0, { note: '' })
  return {
    update: (done, note = '') => bar.update(done, { note }),
    stop: () => bar.stop(),
  }
}
