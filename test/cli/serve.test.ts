import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { request } from '../support/app.ts'
import { crmux, type Served, scratch, serve, start } from '../support/cli.ts'

// Real processes: quick by themselves, slow on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 120_000 })

const files = scratch()
const running: Served[] = []
afterEach(async () => {
  for (const served of running.splice(0)) await served.stop()
})
afterAll(() => files.remove())

let count = 0
const fresh = () => files.path(`store${++count}`)
const serving = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
  const served = await serve(args, env)
  running.push(served)
  return served
}
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const tokenIn = (text: string) => /^│ +([0-9a-f]{64}) +│$/m.exec(text)?.[1] ?? ''

describe('starting', () => {
  test('an empty store gets a workspace, an admin and a token that is shown once', async () => {
    const data = fresh()
    const first = await serving(['--data', data])
    const token = tokenIn(first.stdout)
    expect((await request(`${first.origin}/api/v1/me`, bearer(token))).body).toMatchObject({
      user: { email: 'admin@example.com', role: 'admin' },
      workspace: { name: 'Main', subdomain: 'main', currency: 'USD' },
    })
    expect((await request(`${first.origin}/healthz`)).status).toBe(200)
    expect((await request(`${first.origin}/readyz`)).status).toBe(200)
    expect(await first.stop()).toMatchObject({ code: 0 })
    const second = await serving(['--data', data])
    expect(second.stdout).not.toMatch(/[0-9a-f]{64}/)
    expect((await request(`${second.origin}/api/v1/me`, bearer(token))).status).toBe(200)
  })

  test('a server whose log nobody reads any more still ends when it is told to', async () => {
    const served = await serving(['--data', fresh()])
    served.process.stdout?.destroy()
    expect(await served.stop()).toMatchObject({ code: 0 })
  })

  test('nothing of a locale is loaded by a server that idles: its tables and their code take 8 MB', async () => {
    const told = `for (const name of ['Collator', 'DateTimeFormat', 'DisplayNames', 'NumberFormat', 'PluralRules', 'RelativeTimeFormat']) {
      Intl[name] = new Proxy(Intl[name], { construct(...args) { process.stderr.write('Intl.' + name); return Reflect.construct(...args) } })
    }
    for (const { prototype } of [Number, Date, Array, BigInt]) {
      const format = prototype.toLocaleString
      prototype.toLocaleString = function (...args) { process.stderr.write('toLocaleString'); return format.apply(this, args) }
    }
    process.stderr.write('told')`
    const served = await serving(['--data', fresh()], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(told)}`,
    })
    expect((await request(`${served.origin}/readyz`)).status).toBe(200)
    expect((await served.stop()).stderr).toBe('told')
  })

  test('every flag is an environment variable, the flag wins, and what is empty is not set', async () => {
    const token = randomBytes(32).toString('hex')
    const data = fresh()
    const env = {
      CRMUX_TOKEN: token,
      CRMUX_DATA: data,
      CRMUX_TEMPLATE: 'pipedrive',
      CRMUX_LISTEN: 'sell=0,pipedrive=0',
      CRMUX_RATE_LIMITS: 'vendor',
      CRMUX_LOG_LEVEL: 'warn',
      CRMUX_TLS_CERT: '',
      DATABASE_URL: '',
    }
    const served = await serving(['--log-level', 'info'], env)
    expect(existsSync(join(data, 'crmux.db'))).toBe(true)
    expect(Object.keys(served.own).sort()).toEqual(['pipedrive', 'sell'])
    // A token that was given is known: it is not printed again, neither in a box nor in the log.
    expect((await request(`${served.origin}/api/v1/me`, bearer(token))).status).toBe(200)
    await request(`${served.origin}/pipedrive/v1/users/me?api_token=${token}`)
    expect(served.stdout + served.stderr).not.toContain(token)
    const { body } = await request(`http://127.0.0.1:${served.own.pipedrive}/api/v2/stages?api_token=${token}`)
    expect((body as { data: { name: string }[] }).data[0]?.name).toBe('Qualified')
  })

  test.each([
    ['a token that is none', [], { CRMUX_TOKEN: 'secret' }, 2, /CRMUX_TOKEN must be 64 hexadecimal characters/],
    ['a port that is none', [], { CRMUX_PORT: 'http' }, 2, /CRMUX_PORT|--port/],
    ['an unknown template', ['--template', 'nope'], {}, 2, /no template 'nope'. Choose one of sell, pipedrive/],
    ['an unknown dialect', ['--listen', 'nope=0'], {}, 2, /names the dialect 'nope'. Choose one of native, sell/],
    ['a certificate without its key', ['--tls-cert', 'x.pem'], {}, 2, /go together/],
    ['a certificate that is not there', ['--tls-cert', 'x.pem', '--tls-key', 'y.pem'], {}, 2, /x.pem cannot be read/],
    ['a certificate that is none', ['--tls-cert', 'package.json', '--tls-key', 'package.json'], {}, 2, /both must be PEM/],
    ['an address of another machine', ['--host', '203.0.113.7'], {}, 1, /does not have the address of --host/],
    ['a database that is not supported', ['--database-url', 'mysql://x'], {}, 2, /an address like postgres:/],
    [
      'a database that is down',
      ['--database-url', 'postgres://me:secret@127.0.0.1:1/x'],
      {},
      1,
      /PostgreSQL at 127\.0\.0\.1:1 does not answer/,
    ],
  ] as const)('%s: one clear sentence', async (_name, args, env, code, words) => {
    const outcome = await start('src/main.ts', ['--data', fresh(), ...args], env).ended
    expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(words) })
    expect(outcome.stderr).not.toMatch(/^\s+at /m)
  })

  test('a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const outcome = await start('src/main.ts', ['--data', fresh(), '--port', String(port)]).ended
    other.close()
    expect(outcome).toMatchObject({
      code: 1,
      stderr: `Port ${port} is in use. Stop what listens there, or choose another with --port (or CRMUX_PORT).\n`,
    })
  })

  test('a store that a newer crmux wrote is refused and left alone', async () => {
    const data = fresh()
    await crmux(['workspace', 'create', 'A', '--subdomain', 'a', '--data', data])
    const file = join(data, 'crmux.db')
    const db = new DatabaseSync(file)
    db.exec('pragma user_version = 4711; pragma wal_checkpoint(truncate); pragma journal_mode = delete')
    db.close()
    const before = readFileSync(file)
    for (const args of [['serve'], ['doctor'], ['token', 'list']]) {
      const outcome = await start('src/cli/index.ts', [...args, '--data', data]).ended
      expect(outcome).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^This store has schema version 4711.*Start the newer crmux.*\n$/),
      })
    }
    const after = new DatabaseSync(file, { readOnly: true })
    expect(after.prepare('pragma user_version').get()).toEqual({ user_version: 4711 })
    after.close()
    expect(readFileSync(file).length).toBe(before.length)
  })

  test.skipIf(process.getuid?.() === 0)('a directory that cannot be written to', async () => {
    const data = fresh()
    mkdirSync(data)
    chmodSync(data, 0o500)
    expect(await start('src/main.ts', ['--data', data]).ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The store cannot be opened.*\n$/),
    })
  })

  test('a data directory below a file', async () => {
    const data = join(files.path('package.json'), 'x')
    writeFileSync(files.path('package.json'), '')
    expect(await start('src/main.ts', ['--data', data]).ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not a directory.*\n$/),
    })
  })
})

describe('serving', () => {
  test('a dialect by prefix, by Host and by a port of its own; the log has no secrets', async () => {
    const token = randomBytes(32).toString('hex')
    const served = await serving(['--data', fresh(), '--listen', 'sell=0', '--listen', 'pipedrive=0'], { CRMUX_TOKEN: token })
    const byPrefix = await request(`${served.origin}/sell/v2/stages`, bearer(token))
    const byPort = await request(`http://127.0.0.1:${served.own.sell}/v2/stages`, bearer(token))
    expect(byPrefix.status).toBe(200)
    expect(Object.keys(byPort.body as object)).toEqual(Object.keys(byPrefix.body as object))
    for (const [host, path] of [
      ['api.getbase.com', '/v2/stages'],
      ['sell.localhost', '/v2/stages'],
      ['acme.pipedrive.com', `/v1/stages?api_token=${token}`],
      ['pipedrive.localhost:8080', `/v1/stages?api_token=${token}`],
    ] as const) {
      const status = await new Promise((resolve) => {
        const { hostname, port } = new URL(served.origin)
        plainRequest(
          { hostname, port, path, headers: { host, 'user-agent': 'test', authorization: `Bearer ${token}` } },
          (answer) => resolve(answer.statusCode),
        ).end()
      })
      expect([host, status]).toEqual([host, 200])
    }
    // The log is written soon after the answers.
    await vi.waitFor(() => expect(served.stdout.match(/"msg":"request"/g)?.length).toBeGreaterThanOrEqual(6))
    expect(served.stdout).not.toContain(token)
    const logged = served.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(logged.find(({ dialect, method }) => dialect === 'pipedrive' && method === 'GET')).toMatchObject({
      path: '/v1/stages',
      status: 200,
    })
  })

  test('rate limits are shown, and enforced only where that is asked for', async () => {
    const token = randomBytes(32).toString('hex')
    const flood = async (origin: string) => {
      const statuses = await Promise.all(
        Array.from(
          { length: 120 },
          async () => (await request(`${origin}/pipedrive/v1/stages`, { headers: { 'x-api-token': token } })).status,
        ),
      )
      return statuses.includes(429)
    }
    const off = await serving(['--data', fresh()], { CRMUX_TOKEN: token })
    expect(await flood(off.origin)).toBe(false)
    const vendor = await serving(['--data', fresh(), '--rate-limits', 'vendor'], { CRMUX_TOKEN: token })
    expect(await flood(vendor.origin)).toBe(true)
  })

  test('proxies are believed where they are named', async () => {
    const served = await serving(['--data', fresh()], { CRMUX_TRUST_PROXY: '10.0.0.1,loopback' })
    await request(`${served.origin}/healthz`, { headers: { 'x-forwarded-for': '203.0.113.5' } })
    await vi.waitFor(() => expect(served.stdout).toContain('"address":"203.0.113.5","path":"/healthz"'))
  })

  test('TLS on every port', async () => {
    const [cert, key] = [files.path('cert.pem'), files.path('key.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
      ],
      { stdio: 'ignore' },
    )
    const served = await serving(['--data', fresh(), '--tls-cert', cert, '--tls-key', key, '--listen', 'sell=0'])
    expect(served.origin).toMatch(/^https:/)
    for (const port of [new URL(served.origin).port, String(served.own.sell)]) {
      const status = await new Promise((resolve, reject) => {
        tlsRequest(
          { hostname: '127.0.0.1', port, path: '/readyz', ca: readFileSync(cert), servername: 'localhost' },
          (answer) => {
            answer.resume()
            resolve(answer.statusCode)
          },
        )
          .on('error', reject)
          .end()
      })
      // The port of a dialect has only that dialect's paths.
      expect(status).toBe(port === String(served.own.sell) ? 404 : 200)
    }
  })

  test('--demo fills an empty store once and never touches one with deals', async () => {
    const token = randomBytes(32).toString('hex')
    const data = fresh()
    const total = async (served: Served) =>
      ((await request(`${served.origin}/api/v1/pipelines/1/totals`, bearer(token))).body ?? {}) as object
    const first = await serving(['--data', data, '--demo'], { CRMUX_TOKEN: token })
    expect(first.stdout).toContain('the demo is in the store')
    const before = JSON.stringify(await total(first))
    expect(before).toContain('EUR')
    await first.stop()
    const second = await serving(['--data', data, '--demo'], { CRMUX_TOKEN: token })
    expect(second.stdout).toContain('the demo leaves it alone')
    expect(JSON.stringify(await total(second))).toBe(before)
    expect(await crmux(['doctor', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringContaining('300 deals') })
  })
})

describe('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s lets running requests finish and ends with 0', async (signal) => {
    const token = randomBytes(32).toString('hex')
    const served = await serving(['--data', fresh()], { CRMUX_TOKEN: token })
    const { hostname, port } = new URL(served.origin)
    // A request whose body is still on its way when the signal comes.
    const answer = new Promise<number | undefined>((resolve, reject) => {
      const sent = plainRequest(
        {
          hostname,
          port,
          method: 'POST',
          path: '/api/v1/deals',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
      sent.on('error', reject)
      sent.write('{"title":')
      setTimeout(() => served.process.kill(signal), 200)
      setTimeout(() => sent.end('"finished after the signal"}'), 500)
    })
    expect(await answer).toBe(201)
    expect(await served.ended).toMatchObject({ code: 0 })
  })

  test('npm passes the signal on, and the server stops in order', async () => {
    const npm = spawn('npm', ['start', '--', '--port', '0', '--data', fresh()], {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    await new Promise<void>((resolve) => {
      npm.stdout.on('data', (text) => {
        said += text
        if (said.includes('crmux is ready')) resolve()
      })
    })
    npm.kill('SIGTERM')
    // npm's own exit code depends on whether the signal or the end of the server reaches it first.
    await new Promise((resolve) => npm.on('close', resolve))
    expect(said).toContain('"msg":"stopped"')
  })
})
