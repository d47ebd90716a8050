import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { request } from '../support/app.ts'
import { crmux, type Served, scratch, serve, start } from '../support/cli.ts'

/** What becomes of a store in a file when its disk is full, fails, or may only be read. */

// Real processes: quick by themselves, slow on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 120_000 })

const files = scratch()
afterAll(() => files.remove())

/** Runs a command where a file system of its own is mounted at a directory; it and its mount are gone with the process. */
const mounted = (mount: string): readonly string[] => [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  `${mount} && exec "$@"`,
  'sh',
]
const small = (directory: string) => mounted(`mount -t tmpfs -o size=12m none '${directory}'`)
const readOnly = (directory: string) =>
  mounted(`mount --bind '${directory}' '${directory}' && mount -o remount,bind,ro '${directory}'`)

const works = ([command = '', ...words]: readonly string[]) => spawnSync(command, [...words, 'true']).status === 0
const canMount = works(small(files.path('.')))
const canLimit = works(['prlimit', '--fsize=1000000'])

const token = randomBytes(32).toString('hex')
const headers = { authorization: `Bearer ${token}` }

interface Deals {
  titles(): Promise<string[]>
  add(title: string): Promise<number>
}

const dealsOf = ({ origin }: Served): Deals => ({
  titles: async () => {
    const titles: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const { status, body } = await request(`${origin}/api/v1/deals?limit=200${next && `&cursor=${encodeURIComponent(next)}`}`, {
        headers,
      })
      expect(status).toBe(200)
      const page = body as { data: { title: string }[]; next: string | null }
      titles.push(...page.data.map(({ title }) => title))
      next = page.next
    }
    return titles.sort()
  },
  add: async (title) => (await request(`${origin}/api/v1/deals`, { method: 'POST', headers, body: { title } })).status,
})

/** Writes until the store refuses; what was taken. Each is large, so that the room that a store keeps for itself does not last long. */
async function writeUntilRefused({ add }: Deals, taken: string[]): Promise<void> {
  for (let n = 0; n < 5000; n++) {
    const title = `Deal ${taken.length} ${'x'.repeat(200)}`
    const status = await add(title)
    if (status !== 201) return expect(status).toBe(503)
    taken.push(title)
  }
  expect.fail('nothing was refused')
}

/** Every dialect says it in its own words, whether it is asked by one or by many; reads go on, and nothing is left of what was refused. */
async function expectRefusals(served: Served, taken: readonly string[]): Promise<void> {
  const { origin } = served
  const native = await request(`${origin}/api/v1/deals`, { method: 'POST', headers, body: { title: 'Refused' } })
  expect(native).toMatchObject({ status: 503, body: { status: 503, title: 'Unavailable' } })
  expect(native.headers.get('content-type')).toContain('application/problem+json')
  expect(native.headers.get('retry-after')).toBe('1')
  const sell = await request(`${origin}/sell/v2/contacts`, { method: 'POST', headers, body: { data: { last_name: 'Refused' } } })
  expect(sell).toMatchObject({ status: 503, body: { errors: [{ error: { code: 'temporarily_unavailable' } }] } })
  const pipedrive = await request(`${origin}/pipedrive/api/v2/deals`, {
    method: 'POST',
    headers: { 'x-api-token': token },
    body: { title: 'Refused' },
  })
  expect(pipedrive).toMatchObject({ status: 503, body: { success: false } })
  const many = await Promise.all(Array.from({ length: 20 }, (_, n) => dealsOf(served).add(`Refused ${n} ${'x'.repeat(200)}`)))
  expect(new Set(many)).toEqual(new Set([503]))
  expect(await dealsOf(served).titles()).toEqual(taken.toSorted())
  expect((await request(`${origin}/readyz`)).status).toBe(200)
}

/** Written to again without being told, and in order. */
async function expectRecovery(
  served: Served,
  taken: readonly string[],
  data: string,
  through: readonly string[] = [],
): Promise<void> {
  const { add, titles } = dealsOf(served)
  await vi.waitFor(async () => expect(await add('Afterwards')).toBe(201), { timeout: 10_000, interval: 100 })
  expect(await titles()).toEqual([...taken, 'Afterwards'].sort())
  expect(await crmux(['doctor', '--data', data], {}, through)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('everything is as it should be'),
  })
  // Whoever runs it reads why.
  expect(served.stdout).toContain('the store could not do it')
  expect(served.stdout).not.toContain('a bug was answered')
  expect(await served.stop()).toMatchObject({ code: 0 })
}

/** Takes what room there is; returns what gives it back. */
function fill(directory: string): () => void {
  const filler = join(directory, 'filler')
  const file = openSync(filler, 'w')
  try {
    for (const bytes of [Buffer.alloc(65_536), Buffer.alloc(4096)]) {
      const write = () => {
        try {
          return writeSync(file, bytes) > 0
        } catch {
          return false
        }
      }
      while (write());
    }
  } finally {
    closeSync(file)
  }
  return () => rmSync(filler)
}

// A user namespace of one's own, where mounting is allowed; some systems and containers forbid it.
describe.skipIf(!canMount)('a file system of its own (needs unshare and mount)', () => {
  test('a full disk: writes are refused and leave no trace, reads go on, and writes go on when there is room', async () => {
    const disk = files.path('full')
    mkdirSync(disk)
    const served = await serve(['--data', join(disk, 'store')], { CRMUX_TOKEN: token }, small(disk))
    const { pid } = served.process
    const deals = dealsOf(served)
    const taken: string[] = []
    for (let n = 0; n < 20; n++) {
      expect(await deals.add(`Before ${n}`)).toBe(201)
      taken.push(`Before ${n}`)
    }
    // The directory as its process sees it.
    const makeRoom = fill(`/proc/${pid}/root${disk}`)
    await writeUntilRefused(deals, taken)
    await expectRefusals(served, taken)
    makeRoom()
    const within = ['nsenter', '--target', String(pid), '--user', '--preserve-credentials', '--mount', '--wd']
    await expectRecovery(served, taken, join(disk, 'store'), within)
  })

  test('no room to begin with: the command says so, and ends with 1', async () => {
    const disk = files.path('tiny')
    mkdirSync(disk)
    const tiny = mounted(`mount -t tmpfs -o size=64k none '${disk}'`)
    const { code, stderr } = await start('src/main.ts', ['--port', '0', '--data', disk], { CRMUX_TOKEN: token }, tiny).ended
    expect([code, stderr]).toEqual([1, expect.stringContaining('The disk is full. Make room and run this again.')])
  })

  test('a file system that may only be read: a store that is there cannot be served, and none can be made', async () => {
    const disk = files.path('read-only')
    mkdirSync(disk)
    await (await serve(['--data', join(disk, 'store')], { CRMUX_TOKEN: token })).stop()
    const before = readdirSync(join(disk, 'store'))
    for (const [name, said] of [
      ['store', /The store cannot be (written to|opened)\./],
      ['another', /is on a file system that cannot be written to\./],
    ] as const) {
      const args = ['--port', '0', '--data', join(disk, name)]
      const { code, stderr } = await start('src/main.ts', args, { CRMUX_TOKEN: token }, readOnly(disk)).ended
      expect([code, stderr]).toEqual([1, expect.stringMatching(said)])
    }
    expect(readdirSync(join(disk, 'store'))).toEqual(before)
    expect(await crmux(['doctor', '--data', join(disk, 'store')])).toMatchObject({ code: 0 })
  })
})

// The limit on the size of files stands for a disk that takes no more writes, and it can be changed while the process runs.
test.skipIf(!canLimit)(
  'a disk that fails while it is served: writes are refused, and go on when it is well again (needs prlimit)',
  async () => {
    const data = files.path('failing')
    const served = await serve(['--data', data], { CRMUX_TOKEN: token })
    const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(served.process.pid), `--fsize=${bytes}:unlimited`])
    const deals = dealsOf(served)
    const taken: string[] = []
    for (let n = 0; n < 20; n++) {
      expect(await deals.add(`Before ${n}`)).toBe(201)
      taken.push(`Before ${n}`)
    }
    limit('0')
    await writeUntilRefused(deals, taken)
    expect(taken).toHaveLength(20)
    await expectRefusals(served, taken)
    limit('unlimited')
    await expectRecovery(served, taken, data)
  },
)

// The administrator may write everywhere, so somebody else has to try.
const isRoot = userInfo().uid === 0
const nobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
const canTry = !isRoot || works([...nobody, 'test', '-r', 'src/main.ts', '-a'])
test.skipIf(!canTry)('files that this user may not write: the command says so, and ends with 1', async () => {
  const outer = files.path('.')
  chmodSync(outer, 0o755)
  const data = files.path('theirs')
  await (await serve(['--data', data], { CRMUX_TOKEN: token })).stop()
  for (const name of readdirSync(data)) chmodSync(join(data, name), 0o444)
  chmodSync(data, 0o555)
  const { code, stderr } = await start('src/main.ts', ['--port', '0', '--data', data], { CRMUX_TOKEN: token }, nobody).ended
  expect([code, stderr]).toEqual([1, expect.stringMatching(/The store cannot be (written to|opened)\./)])
  chmodSync(data, 0o755)
})
