import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as ask } from 'node:http'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, request, type TestApp } from '../../test/support/app.ts'
import { quickDirectory } from '../../test/support/engine.ts'
import { dialects } from '../dialects/index.ts'

const page = '<!doctype html><title>board</title><script type="module" src="/assets/index-1a2b.js"></script>'
const script = 'console.log("a script that is long enough to be worth compressing")\n'.repeat(50)
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

let directory: string
let app: TestApp
beforeAll(async () => {
  directory = mkdtempSync(join(quickDirectory, 'crmux-web-'))
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'index.html'), page)
  writeFileSync(join(directory, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(directory, 'assets/index-1a2b.js'), script)
  writeFileSync(join(directory, 'assets/inter-9f.woff2'), 'font')
  app = await openTestApp({ web: directory, own: ['sell'] })
})
afterAll(async () => {
  await app.close()
  rmSync(directory, { recursive: true })
})

/** As it is on the wire: `fetch` would take the compression away. */
const raw = (path: string, headers: Record<string, string>, method = 'GET') =>
  new Promise<{ status: number; headers: Record<string, unknown>; bytes: Buffer }>((resolve, reject) => {
    const sent = ask(app.origin + path, { headers, method }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(parts) }))
    })
    sent.on('error', reject)
    sent.end()
  })

describe('the page', () => {
  test.each(['/', '/welcome', '/sign-in?to=/board', '/board/21', '/deals/5001', '/settings/people', '/board/a.b'])(
    'is at %s, always asked for anew, and guarded',
    async (path) => {
      const answer = await request(app.origin + path, { headers: browser })
      expect([answer.status, answer.text]).toEqual([200, page])
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
      const rules = (answer.headers.get('content-security-policy') ?? '').split('; ')
      expect(rules).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'"]))
      expect(rules).toEqual(expect.arrayContaining(["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]))
      expect(rules.join()).not.toContain('unsafe')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('x-frame-options')).toBe('DENY')
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    },
  )

  test('is for browsers: whoever asks for JSON, or writes, is told that the path is nobody’s', async () => {
    for (const [method, headers] of [
      ['GET', { accept: 'application/json' }],
      ['GET', { accept: '*/*' }],
      ['POST', browser],
      ['DELETE', browser],
    ] as const) {
      const answer = await request(`${app.origin}/board/21`, { method, headers })
      expect([method, answer.status, answer.body]).toEqual([method, 404, { error: 'no_route' }])
    }
  })

  test.each(['/assets/index-0000.js', '/api', '/api/v2', '/api/v2/deals', '/assets', '/assets/'])(
    'is not at %s',
    async (path) => {
      expect((await request(app.origin + path, { headers: browser })).body).toEqual({ error: 'no_route' })
    },
  )

  test.each(dialects.map(({ name, prefix }) => [name, prefix]))(
    'leaves %s what is below its prefix or host',
    async (name, prefix) => {
      const below = await request(`${app.origin}${prefix}/no/such/page`, { headers: browser })
      expect(below.status).toBeGreaterThanOrEqual(400)
      expect(below.text).not.toContain(page)
      const byHost = await raw('/board', { ...browser, host: `${name}.localhost` })
      expect(byHost.status).toBeGreaterThanOrEqual(400)
    },
  )

  test('is not on the port of one dialect', async () => {
    const answer = await request(`http://127.0.0.1:${app.own.sell}/`, { headers: browser })
    expect(answer.text).not.toContain('<title>board')
  })

  test('answers HEAD without a body', async () => {
    for (const path of ['/', '/board/21']) {
      const { status, headers, bytes } = await raw(path, browser, 'HEAD')
      expect([status, headers['content-type'], bytes.length]).toEqual([200, 'text/html; charset=utf-8', 0])
    }
  })

  test('leaves the host its own paths', async () => {
    expect((await request(`${app.origin}/healthz`, { headers: browser })).body).toEqual({ status: 'ok' })
    expect((await request(`${app.origin}/docs`, { headers: browser })).text).toContain('crmux API reference')
    expect((await request(`${app.origin}/front.css`)).headers.get('content-type')).toContain('text/css')
  })
})

describe('files', () => {
  test('are kept for good where their name says what is in them', async () => {
    const asset = await request(`${app.origin}/assets/index-1a2b.js`)
    expect([asset.status, asset.text]).toEqual([200, script])
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await request(`${app.origin}/favicon.svg`)).headers.get('cache-control')).toBe('public, max-age=3600')
  })

  test('come as small as the browser understands', async () => {
    const as = (encoding: string) => raw('/assets/index-1a2b.js', { 'accept-encoding': encoding })
    const brotli = await as('gzip, deflate, BR;q=0.5')
    expect(brotli.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(brotli.bytes).toString()).toBe(script)
    expect(brotli.bytes.length).toBeLessThan(script.length / 5)
    const gzip = await as('gzip, br;q=0')
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.bytes).toString()).toBe(script)
    for (const plain of [await as('identity'), await as('gzip;q=0.0'), await as('')]) {
      expect(plain.headers['content-encoding']).toBeUndefined()
      expect([plain.bytes.toString(), plain.headers.vary]).toEqual([script, 'accept-encoding'])
    }
    const font = await raw('/assets/inter-9f.woff2', { 'accept-encoding': 'br' })
    expect([font.headers['content-type'], font.headers['content-encoding']]).toEqual(['font/woff2', undefined])
  })

  test('are not sent again to whoever has them', async () => {
    for (const path of ['/', '/board/21', '/assets/index-1a2b.js']) {
      const first = await raw(path, { ...browser, 'accept-encoding': 'br' })
      const etag = String(first.headers.etag)
      const again = await raw(path, { ...browser, 'accept-encoding': 'br', 'if-none-match': `"other", W/${etag}` })
      expect([path, again.status, again.bytes.length, again.headers.etag]).toEqual([path, 304, 0, etag])
      const plain = await raw(path, { ...browser, 'if-none-match': etag })
      expect([path, plain.status]).toEqual([path, 200])
    }
  })

  test('are those that were there at the start: a build that is written meanwhile changes nothing', async () => {
    writeFileSync(join(directory, 'secret.txt'), 'later')
    expect((await request(`${app.origin}/secret.txt`)).status).toBe(404)
    rmSync(join(directory, 'assets/inter-9f.woff2'))
    expect((await request(`${app.origin}/assets/inter-9f.woff2`)).text).toBe('font')
  })

  test.each(['/../package.json', '/assets/..%2f..%2fpackage.json', '/assets/%2e%2e/%2e%2e/etc/passwd', '/..%5cpackage.json'])(
    'are no others: %s',
    async (path) => {
      const answer = await raw(path, {})
      expect([path, answer.status]).toEqual([path, 404])
    },
  )
})
