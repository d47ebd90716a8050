import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { header } from './speak.ts'

/** Where the build of `web/` is: beside the server in the package, under `dist` in a checkout. Undefined where it was not built. */
export const builtWeb = (): string | undefined =>
  ['../web', '../../dist/web']
    .map((path) => join(import.meta.dirname, path))
    .find((directory) => existsSync(join(directory, 'index.html')))

/** Only what comes from here; no inline script and no inline style, so that text in a deal's title can never be either. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const guards = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Pictures and fonts are compressed already. */
const isCompressible = (type: string): boolean => /^text\/|json$|svg\+xml$/.test(type)

const encoders = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
}
type Encoding = keyof typeof encoders

interface File {
  bytes: Buffer
  type: string
  etag: string
  /** Made when a browser first asks. */
  encoded: Partial<Record<Encoding, Promise<Buffer>>>
}

/** Paths below which a page of the board can never be. */
const notPages = /^\/(?:api|assets)(?:\/|$)/

/**
 * The board: the files that Vite built, and its one page for every other path that a browser opens. The files are read once, at start:
 * a page that is already open keeps the scripts it belongs to while the next build is written. Returns what answers a path that is
 * nobody's: the page if a browser asks, otherwise undefined.
 */
export function web(app: FastifyInstance, directory: string) {
  const files = filesIn(directory)
  const page = files.get('/index.html')
  if (!page) throw new Error(`there is no index.html in ${directory}`)
  for (const [path, file] of files) {
    if (file !== page) app.get(path, (req, reply) => send(req, reply, file, cachingOf(path)))
  }
  app.get('/', (req, reply) => send(req, reply, page, 'no-cache'))

  return (req: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined => {
    const isOpened = (req.method === 'GET' || req.method === 'HEAD') && (header(req, 'accept') ?? '').includes('text/html')
    return isOpened && !notPages.test(req.url) ? send(req, reply, page, 'no-cache') : undefined
  }
}

/** Vite names what is in `assets` after its content. */
const cachingOf = (path: string): string =>
  path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'

function filesIn(directory: string): Map<string, File> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const bytes = readFileSync(path)
      const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
      const type = types[extname(path)] ?? 'application/octet-stream'
      return [`/${relative(directory, path).replaceAll(sep, '/')}`, { bytes, type, etag, encoded: {} }]
    }),
  )
}

async function send(req: FastifyRequest, reply: FastifyReply, file: File, caching: string): Promise<FastifyReply> {
  const encoding = isCompressible(file.type) ? encodingFor(header(req, 'accept-encoding') ?? '') : undefined
  // The same file in another encoding is another answer, with a tag of its own.
  const etag = `"${file.etag}${encoding === undefined ? '' : `-${encoding}`}"`
  reply.headers({ ...guards, etag, 'cache-control': caching, vary: 'accept-encoding' })
  const known = header(req, 'if-none-match') ?? ''
  if (known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) return reply.code(304).send()
  reply.type(file.type)
  if (encoding === undefined) return reply.send(file.bytes)
  file.encoded[encoding] ??= encoders[encoding](file.bytes)
  return reply.header('content-encoding', encoding).send(await file.encoded[encoding])
}

/** The best encoding that the browser takes: `gzip, deflate, br;q=1.0`. One with a weight of zero is refused. */
function encodingFor(accepted: string): Encoding | undefined {
  const taken = accepted
    .toLowerCase()
    .split(',')
    .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
    .map((part) => part.split(';')[0]?.trim())
  return (['br', 'gzip'] as const).find((encoding) => taken.includes(encoding))
}
