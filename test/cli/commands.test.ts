import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { everyCommand, program } from '../../src/cli/program.ts'
import { openTestApp } from '../support/app.ts'
import { crmux, scratch, within } from '../support/cli.ts'

const files = scratch()
afterAll(() => files.remove())

const lines = (text: string) => text.trim().split('\n')
const me = async (origin: string, token: string) => {
  const response = await fetch(`${origin}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, body: (await response.json()) as { user: { role: string } } }
}

describe('help and usage', () => {
  const names = everyCommand(program())
    .filter((command) => command.commands.length === 0)
    .map((command) => [command.name(), command.parent?.name()].filter((name) => name !== 'crmux').toReversed())

  test.each(names)('%s %s has help with examples', async (...name) => {
    const { code, stdout } = await within([...name.filter((part) => part !== undefined), '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('Examples:')
    // Every command says which store; copy has two of them.
    expect(stdout).toContain(name[0] === 'copy' ? '--from <dir|url>' : '--data <dir>')
  })

  test('exit codes are part of the help', async () => {
    expect((await within(['--help'])).stdout).toContain('Exit codes: 0 done')
  })

  test.each([
    ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'/],
    ['an unknown flag', ['serve', '--prot', '1'], /unknown option '--prot'/],
    ['a flag without its value', ['serve', '--port'], /argument missing/],
    ['a port that is none', ['serve', '--port', '70000'], /0 to 65535, not '70000'/],
    ['a listener that is none', ['serve', '--listen', 'sell'], /DIALECT=PORT/],
    ['a proxy that is no address', ['serve', '--trust-proxy', 'true'], /addresses and networks/],
    ['a level that is none', ['serve', '--log-level', 'loud'], /Allowed choices are fatal, error/],
    ['a role that is none', ['token', 'create', '--email', 'a@b.c', '--role', 'king'], /Allowed choices are admin/],
    ['an end that is none', ['token', 'create', '--email', 'a@b.c', '--expires', 'soon'], /for example 30d/],
    ['a missing argument', ['backup'], /missing required argument 'file'/],
    ['too many arguments', ['doctor', 'now'], /too many arguments/],
    ['nothing at all', [], /Usage: crmux/],
  ])('%s is a usage error', async (_name, args, words) => {
    const { code, stderr } = await within(args)
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(words) })
  })
})

describe('what cannot work is said in one sentence', () => {
  test.each([
    [['token', 'list']],
    [['token', 'create', '--email', 'a@b.c']],
    [['token', 'revoke', '1']],
    [['doctor']],
    [['export', 'deals']],
    [['backup', '/tmp/never.db']],
  ])('%j on no store', async (args) => {
    const data = files.path('nothing')
    const { code, stderr } = await within([...args, '--data', data])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^There is no store in .*npm start.*\n$/) })
    expect(existsSync(data)).toBe(false)
  })

  test('a file that is no store', async () => {
    const data = files.path('other')
    mkdirSync(data)
    writeFileSync(
      files.path('other/crmux.db'),
      'This is not a database, but it is long enough to be looked at as one.'.repeat(20),
    )
    expect(await within(['doctor', '--data', data])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The file crmux.db .* is not a crmux store.*\n$/),
    })
  })

  test('a directory that is a file', async () => {
    const data = files.path('plain')
    writeFileSync(data, '')
    expect(await within(['workspace', 'create', 'A', '--subdomain', 'a', '--data', data])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not a directory.*\n$/),
    })
  })

  test('a PostgreSQL address', async () => {
    const outcome = await within(['token', 'list', '--database-url', 'postgres://me:secret@127.0.0.1:1/x'])
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('PostgreSQL at 127.0.0.1:1 does not answer') })
    expect(outcome.stderr).not.toContain('secret')
  })
})

describe('workspaces and tokens, while a server runs on the same store', () => {
  test('a new workspace and a new token work at once, a revoked one stops at once', async () => {
    const app = await openTestApp()
    try {
      const data = ['--data', app.directory]
      const made = await within([
        'workspace',
        'create',
        'Acme Ltd',
        '--subdomain',
        'acme',
        '--currency',
        'EUR',
        '--template',
        'pipedrive',
        ...data,
      ])
      expect(made.code).toBe(0)
      const workspace = JSON.parse(made.stdout)
      expect(workspace).toMatchObject({
        name: 'Acme Ltd',
        subdomain: 'acme',
        currency: 'EUR',
        id: expect.any(Number),
        uuid: expect.any(String),
      })

      const created = await within([
        'token',
        'create',
        '--workspace',
        'acme',
        '--email',
        'Ada.Lovelace@Example.com',
        '--role',
        'viewer',
        ...data,
      ])
      expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/), stderr: '' })
      const token = created.stdout.trim()
      expect(await me(app.origin, token)).toMatchObject({
        status: 200,
        body: {
          user: { email: 'ada.lovelace@example.com', name: 'Ada Lovelace', role: 'viewer' },
          workspace: { id: workspace.id, subdomain: 'acme', currency: 'EUR' },
        },
      })

      // A second token of the same person, who stays as they are.
      const second = await within(['token', 'create', '--workspace', 'acme', '--email', 'ada.lovelace@example.com', ...data])
      expect((await me(app.origin, second.stdout.trim())).body.user.role).toBe('viewer')
      expect(
        await within([
          'token',
          'create',
          '--workspace',
          'acme',
          '--email',
          'ada.lovelace@example.com',
          '--role',
          'admin',
          ...data,
        ]),
      ).toMatchObject({ code: 1, stderr: expect.stringContaining("is viewer in 'acme' already") })

      // Who is new and given no role runs the place: it is the operator who asks.
      const admin = await within(['token', 'create', '--workspace', 'acme', '--email', 'ops@example.com', ...data])
      expect((await me(app.origin, admin.stdout.trim())).body.user.role).toBe('admin')

      const listed = lines((await within(['token', 'list', '--workspace', 'acme', '--json', ...data])).stdout).map((line) =>
        JSON.parse(line),
      )
      expect(listed.map(({ email, role, state }) => [email, role, state])).toEqual([
        ['ada.lovelace@example.com', 'viewer', 'valid'],
        ['ada.lovelace@example.com', 'viewer', 'valid'],
        ['ops@example.com', 'admin', 'valid'],
      ])
      expect(JSON.stringify(listed)).not.toContain(token)

      expect(await within(['token', 'revoke', String(listed[0].id), ...data])).toMatchObject({ code: 0 })
      expect((await me(app.origin, token)).status).toBe(401)
      expect(await within(['token', 'revoke', second.stdout.trim(), ...data])).toMatchObject({ code: 0 })
      expect((await me(app.origin, second.stdout.trim())).status).toBe(401)
      expect(await within(['token', 'revoke', '4711', ...data])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no such token'),
      })
    } finally {
      await app.close()
    }
  })

  test('which workspace is asked for only where there are several', async () => {
    const data = ['--data', files.path('one')]
    await within(['workspace', 'create', 'A', '--subdomain', 'a', ...data])
    expect((await within(['token', 'create', '--email', 'x@y.z', ...data])).code).toBe(0)
    await within(['workspace', 'create', 'B', '--subdomain', 'b', ...data])
    expect((await within(['token', 'create', '--email', 'x@y.z', ...data])).stderr).toContain('Say which with --workspace: a, b.')
    expect((await within(['token', 'create', '--email', 'x@y.z', '--workspace', 'c', ...data])).stderr).toContain(
      "no workspace 'c'. Choose one of a, b.",
    )
    expect((await within(['workspace', 'create', 'A', '--subdomain', 'a', ...data])).stderr).toContain('subdomain is taken')
    expect((await within(['workspace', 'create', 'A', '--subdomain', 'A_B', ...data])).stderr).toContain(
      'subdomain cannot be read',
    )
    expect((await within(['workspace', 'create', 'A', '--subdomain', 'x', '--template', 'nope', ...data])).stderr).toMatch(
      /no template 'nope'. Choose one of/,
    )
  })

  test('an end that has come is one', async () => {
    const data = ['--data', files.path('ends')]
    await within(['workspace', 'create', 'A', '--subdomain', 'a', ...data])
    const before = Date.now()
    await within(['token', 'create', '--email', 'x@y.z', '--expires', '30d', ...data])
    const [token] = lines((await within(['token', 'list', '--json', ...data])).stdout).map((line) => JSON.parse(line))
    expect(Date.parse(token.expires) - before).toBeGreaterThanOrEqual(30 * 86_400_000)
    expect(Date.parse(token.expires) - before).toBeLessThan(30 * 86_400_000 + 60_000)
  })
})

test('as a process of its own: answers on standard output, complaints on standard error, the exit code', async () => {
  const data = ['--data', files.path('own')]
  expect(await crmux(['workspace', 'create', 'Own', '--subdomain', 'own', ...data])).toMatchObject({ code: 0, stderr: '' })
  expect(await crmux(['doctor'], { CRMUX_DATA: files.path('own') })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Looked at 1 workspace, 0 deals and \d+ events in .*: everything is as it should be\.\n$/),
    stderr: '',
  })
  expect(await crmux(['token', 'list', '--nope'])).toMatchObject({ code: 2, stdout: '' })
})
