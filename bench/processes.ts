import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Child processes, begun as users begin them: with the very commands of package.json. */

const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts

const begin = (script: string, args: readonly string[], env: Record<string, string>): ChildProcess =>
  spawn('sh', ['-c', `${scripts[script]} "$@"`, 'crmux', ...args], {
    env: { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** A port that is free now. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address()
        server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
      })
  })

export interface Serving {
  origin: string
  /** From the start of the process to the first good answer of `/readyz`. */
  readyMs: number
  /** Resident memory in bytes. */
  resident(): number
  /** Seconds of CPU that it has used. */
  cpu(): number
  stop(): Promise<void>
}

/** Starts `npm start` on a store and waits until it is ready. Its log is read and thrown away. */
export async function startServer(store: readonly string[]): Promise<Serving> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const began = performance.now()
  const child = begin('start', [...store, '--port', String(port)], { CRMUX_WEBHOOK_ALLOW_PRIVATE: '1' })
  let said = ''
  child.stdout?.resume()
  child.stderr?.on('data', (bytes) => {
    said = (said + bytes).slice(-2000)
  })
  const isOver = () => child.exitCode !== null
  while (!(await isReady(origin))) {
    if (isOver() || performance.now() - began > 60_000) throw new Error(`the server did not start: ${said}`)
    await delay(5)
  }
  return {
    origin,
    readyMs: performance.now() - began,
    resident: () => residentOf(child.pid),
    cpu: () => cpuOf(child.pid),
    stop: () => stopped(child),
  }
}

const isReady = async (origin: string): Promise<boolean> =>
  fetch(`${origin}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  )

function residentOf(pid: number | undefined): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1]) * 1024
}

/** User and system time of a process in seconds; Linux counts them in hundredths. */
export function cpuOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

export function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    if (child.exitCode === null) child.kill('SIGTERM')
    else resolve()
  })
}

/** Runs a `crmux` command to its end and returns what it printed. */
export function crmux(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const child = begin('crmux', args, env)
  let [out, err] = ['', '']
  child.stdout?.on('data', (bytes) => {
    out += bytes
  })
  child.stderr?.on('data', (bytes) => {
    err = (err + bytes).slice(-4000)
  })
  return new Promise((resolve, reject) =>
    child.once('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`crmux ${args.join(' ')}: ${err}`)))),
  )
}
