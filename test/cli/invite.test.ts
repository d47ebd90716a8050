import { afterAll, describe, expect, test } from 'vitest'
import { openTestApp, request } from '../support/app.ts'
import { scratch, serve, within } from '../support/cli.ts'

const files = scratch()
afterAll(() => files.remove())

const password = 'a quiet hill'
const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  request(url, { method: 'POST', body, headers }) as Promise<{
    status: number
    // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is what it is there to find out.
    body: any
    headers: Headers
  }>

describe('crmux invite', () => {
  test('prints a link, and nothing else, that works on a running server at once', async () => {
    const app = await openTestApp()
    const { workspace, admin } = await app.workspace()
    const at = ['--data', app.directory]
    try {
      const email = `bo@${workspace.subdomain}.example`
      const made = await within([
        'invite',
        ...at,
        '--email',
        email,
        '--role',
        'viewer',
        '--name',
        'Bo',
        '--url',
        `${app.origin}/x`,
      ])
      expect([made.code, made.stderr]).toEqual([0, ''])
      const [, secret] = /^http:\/\/127\.0\.0\.1:\d+\/welcome#([0-9a-z]{50})\n$/.exec(made.stdout) ?? []
      const entered = await post(`${app.origin}/api/v1/welcome`, { secret, password })
      expect([entered.status, entered.body.data.user]).toMatchObject([201, { name: 'Bo', email, role: 'viewer' }])

      // The admin, too, and again when the password is forgotten.
      for (const chosen of [password, 'a louder valley']) {
        const { stdout } = await within(['invite', ...at, '--email', admin.email])
        expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:8080\/welcome#/)
        const again = await post(`${app.origin}/api/v1/welcome`, { secret: stdout.trim().split('#')[1], password: chosen })
        expect([again.status, again.body.data.user.id]).toEqual([201, admin.id])
      }
      expect((await post(`${app.origin}/api/v1/session`, { email: admin.email, password })).status).toBe(401)
    } finally {
      await app.close()
    }
  })

  test.each([
    ['no address', ['--email', 'nobody'], 1, /Refused: email cannot be read/],
    ['an unknown workspace', ['--email', 'a@b.c', '--workspace', 'nowhere'], 1, /There is no workspace 'nowhere'/],
    ['a role that is none', ['--email', 'a@b.c', '--role', 'king'], 2, /Allowed choices are admin/],
    ['a page that is none', ['--email', 'a@b.c', '--url', 'crm.example'], 2, /https:\/\/crm\.example, not 'crm\.example'/],
    ['nobody', [], 2, /required option '--email/],
  ])('%s is said in one sentence', async (_name, args, code, words) => {
    const app = await openTestApp()
    try {
      await app.workspace()
      const outcome = await within(['invite', '--data', app.directory, ...args])
      expect([outcome.code, outcome.stdout]).toEqual([code, ''])
      expect(outcome.stderr).toMatch(words)
    } finally {
      await app.close()
    }
  })

  test('makes no store where there is none', async () => {
    const { code, stderr } = await within(['invite', '--data', files.path('nothing'), '--email', 'a@b.c'])
    expect([code, stderr]).toMatchObject([1, expect.stringMatching(/There is no store in/)])
  })
})

describe('the first start', () => {
  test('prints a link once, with which the admin sets name, address and password', async () => {
    const data = files.path('first')
    const first = await serve(['--data', data])
    const [link, secret] = /http:\/\/127\.0\.0\.1:\d+\/welcome#([0-9a-z]{50})/.exec(first.stdout) ?? []
    expect(link).toContain(first.origin)
    const check = await post(`${first.origin}/api/v1/welcome/check`, { secret })
    expect(check.body.data).toMatchObject({ email: 'admin@example.com', canChangeEmail: true, workspace: { name: 'Main' } })
    const email = 'ada@acme.example'
    const entered = await post(`${first.origin}/api/v1/welcome`, { secret, name: 'Ada', email, password })
    expect([entered.status, entered.body.data.user]).toMatchObject([201, { id: 1, name: 'Ada', email, role: 'admin' }])
    expect((await post(`${first.origin}/api/v1/welcome`, { secret, password })).status).toBe(404)
    expect(await first.stop()).toMatchObject({ code: 0, stderr: '' })
    const logged = first.stdout.split('\n').filter((line) => line.startsWith('{'))
    expect(logged.join()).not.toContain(secret)

    const second = await serve(['--data', data])
    expect((await post(`${second.origin}/api/v1/session`, { email, password })).status).toBe(201)
    await second.stop()
    expect(second.stdout + second.stderr).not.toContain('welcome#')
  })

  test('with a token of the operator’s own prints the link beside the log, and nothing of the token', async () => {
    const token = '5'.repeat(64)
    const served = await serve(['--data', files.path('given')], { CRMUX_TOKEN: token })
    await served.stop()
    for (const line of served.stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
    expect(served.stderr).toMatch(/\/welcome#[0-9a-z]{50}/)
    expect(served.stdout + served.stderr).not.toContain(token)
  })
})
