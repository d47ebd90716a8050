import { writeSync } from 'node:fs'
import { type DestinationStream, pino } from 'pino'
import type { Config } from '../config.ts'
import { type FirstSecrets, type Serving, serve } from '../serve.ts'
import { compact, compactSoon } from './compact.ts'
import { prettyLog } from './pretty-log.ts'

/** How long running requests may take to finish before the process ends without them. */
const drainLimitMs = 10_000

/** How long a line of the log waits for others. */
const logDelayMs = 20

/** Serves until a signal says to stop; then lets running requests finish. */
export async function runServer(config: Config): Promise<void> {
  // Before the heap grows any further: a heap that never was large need not shrink.
  compact('regular')
  const logger = pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    process.stdout.isTTY ? prettyLog(process.stdout) : together(),
  )
  const serving = await serve(config, logger)
  const url = addressOf(config, serving)
  let stoppedAt: number | undefined
  const stop = async (signal: NodeJS.Signals) => {
    // npm passes Ctrl-C on although the terminal has sent it already: the same wish, not impatience.
    if (stoppedAt !== undefined) {
      if (Date.now() - stoppedAt > 1000) process.exit(130)
      return
    }
    stoppedAt = Date.now()
    logger.info({ signal }, 'stopping')
    setTimeout(() => {
      logger.warn({ afterMs: drainLimitMs }, 'requests that still ran were cut off')
      process.exit(0)
    }, drainLimitMs).unref()
    await serving.close()
    logger.info('stopped')
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)

  // Said last: whoever reads it may send a signal at once.
  // Where the token was given nobody may be reading: standard output stays the log alone.
  if (serving.first)
    (config.token === undefined ? process.stdout : process.stderr).write(welcome(url, serving.first, config.token))
  const own = serving.ports.flatMap(({ dialect, port }) => (dialect === null ? [] : [{ dialect, port }]))
  logger.info({ url, ...(own.length > 0 ? { own } : {}) }, `crmux is ready on ${url}`)
  compactSoon()
}

/**
 * Lines of the same few milliseconds are written together: a write for each costs more than the line. What is left at exit is written
 * then, unless nobody reads any more: Pino would try for ever.
 */
function together(): DestinationStream {
  let lines = ''
  let timer: NodeJS.Timeout | undefined
  // Before the destination's own, which runs after it.
  process.on('exit', () => {
    const bytes = Buffer.from(lines)
    try {
      const written = bytes.length === 0 ? 0 : writeSync(1, bytes)
      if (written < bytes.length) out.write(bytes.subarray(written).toString())
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') out.write(lines)
      else out.flushSync = () => {}
    }
  })
  const out = pino.destination({ dest: 1, sync: false })
  const flush = () => {
    timer = undefined
    const together = lines
    lines = ''
    out.write(together)
  }
  return {
    write: (line) => {
      lines += line
      if (timer === undefined) timer = setTimeout(flush, logDelayMs)
    },
  }
}

function addressOf({ host, tlsCert }: Config, { ports }: Serving): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `${tlsCert === undefined ? 'http' : 'https'}://${name}:${ports[0]?.port}`
}

/** What a new store tells, once. A token that was given is known already; only a new one has to be shown. */
function welcome(url: string, { token, invitation }: FirstSecrets, given: string | undefined): string {
  const link = `${url}/welcome#${invitation}`
  const board = ['Welcome to crmux. This store is new. Set your name and password, within 7 days:', '', `    ${link}`]
  const api = [
    '',
    'The token of its admin, admin@example.com:',
    '',
    `    ${token}`,
    '',
    'It works in every dialect. Both are shown this once; crmux invite and',
    'crmux token create make more.',
  ]
  const lines = given === undefined ? [...board, ...api] : [...board, '', 'It is shown this once; crmux invite makes another.']
  const width = Math.max(...lines.map((line) => line.length))
  const rule = '─'.repeat(width + 2)
  const box = [`┌${rule}┐`, ...lines.map((line) => `│ ${line.padEnd(width)} │`), `└${rule}┘`]
  const hints = [
    'Try it, and take in your own deals:',
    `  curl -H 'Authorization: Bearer ${token}' ${url}/api/v1/me`,
    '  npm run -s crmux -- import deals FILE.csv --create',
  ]
  return [...box, ...(given === undefined ? hints : []), ''].join('\n')
}
