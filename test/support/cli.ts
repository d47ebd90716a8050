import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../src/cli/program.ts'

const root = join(import.meta.dirname, '../..')

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Everything that a store or a flag could come from. */
const clean = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^CRMUX_|^DATABASE_URL$|^NODE_OPTIONS$/.test(name)))

export interface Child {
  process: ChildProcess
  stdout: string
  stderr: string
  /** Resolves when the process has ended. */
  ended: Promise<Outcome>
}

/** No process outlives the tests, not even one whose test has failed. */
const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/** Starts a command as a process of its own, as `npm start` and `npm run crmux` do. `through`: a command that runs it as its own last act. */
export function start(
  entry: 'src/main.ts' | 'src/cli/index.ts',
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  through: readonly string[] = [],
): Child {
  const own = ['--disable-warning=ExperimentalWarning', '--import', './src/compile-cache.js', entry, ...args]
  const [command = process.execPath, ...words] = [...through, process.execPath, ...own]
  const process_ = spawn(command, words, {
    cwd: root,
    env: { ...clean(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  alive.add(process_)
  process_.once('exit', () => alive.delete(process_))
  const child: Child = {
    process: process_,
    stdout: '',
    stderr: '',
    ended: new Promise((resolve) => {
      process_.on('close', (code) => resolve({ code, stdout: child.stdout, stderr: child.stderr }))
    }),
  }
  process_.stdout.setEncoding('utf8').on('data', (text) => {
    child.stdout += text
  })
  process_.stderr.setEncoding('utf8').on('data', (text) => {
    child.stderr += text
  })
  return child
}

/** One command in a process of its own. */
export const crmux = (args: readonly string[], env: NodeJS.ProcessEnv = {}, through: readonly string[] = []): Promise<Outcome> =>
  start('src/cli/index.ts', args, env, through).ended

export interface Served extends Child {
  /** `http://127.0.0.1:PORT` */
  origin: string
  own: Record<string, number>
  /** Ends it as an operator does, and tells how it ended. */
  stop(): Promise<Outcome>
}

/** A server in a process of its own on a free port. Resolves when it is ready; rejects with what it said if it ends instead. */
export async function serve(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  through: readonly string[] = [],
): Promise<Served> {
  const child = start('src/main.ts', ['--port', '0', ...args], env, through)
  const ready = await new Promise<{ url: string; own?: { dialect: string; port: number }[] }>((resolve, reject) => {
    const look = () => {
      const line = child.stdout.split('\n').find((text) => text.includes('crmux is ready on') && text.endsWith('}'))
      if (line === undefined) return
      // What it logs from here on need not be looked through.
      child.process.stdout?.off('data', look)
      resolve(JSON.parse(line))
    }
    child.process.stdout?.on('data', look)
    child.ended.then(({ code, stderr, stdout }) => reject(new Error(`the server ended with ${code}: ${stderr}${stdout}`)))
  })
  return Object.assign(child, {
    origin: ready.url,
    own: Object.fromEntries((ready.own ?? []).map(({ dialect, port }) => [dialect, port])),
    stop: () => {
      child.process.kill('SIGTERM')
      return child.ended
    },
  })
}

/** One command in this process, for what needs no process of its own: no start to wait for. */
export async function within(args: readonly string[]): Promise<Outcome> {
  const outcome = { stdout: '', stderr: '' }
  const [out, err] = [process.stdout.write, process.stderr.write]
  const listeners = process.stdout.listeners('error')
  const collect = (stream: 'stdout' | 'stderr') => (text: string | Uint8Array) => {
    outcome[stream] += String(text)
    return true
  }
  process.exitCode = 0
  Object.assign(process.stdout, { write: collect('stdout') })
  Object.assign(process.stderr, { write: collect('stderr') })
  try {
    await run(args)
    return { code: Number(process.exitCode ?? 0), ...outcome }
  } finally {
    Object.assign(process.stdout, { write: out })
    Object.assign(process.stderr, { write: err })
    for (const listener of process.stdout.listeners('error')) {
      if (!listeners.includes(listener)) process.stdout.off('error', listener as () => void)
    }
    process.exitCode = 0
  }
}

/** A directory that is gone after the tests. */
export function scratch(): { path(name: string): string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'crmux-cli-'))
  return { path: (name) => join(directory, name), remove: () => rmSync(directory, { recursive: true, force: true }) }
}
