import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import type { FastifyInstance } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'

const require = createRequire(import.meta.url)

/** Files of Swagger UI as its package ships them, streamed from there when a browser asks. */
const files = [
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
] as const

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>crmux API reference</title>
<link rel="icon" href="/docs/favicon-32x32.png"><link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="stylesheet" href="/docs/docs.css"></head>
<body><div id="reference"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`

const style = '.swagger-ui .info{margin:2rem 0 1rem}.swagger-ui .scheme-container{box-shadow:none;padding:0 0 1rem}'

/** Nothing from elsewhere, no inline script. Swagger UI's components set `style` attributes, and its icons are data URLs. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The reference at `/docs`: the OpenAPI document of the first dialect that has one, readable without a token. */
export function docs(app: FastifyInstance, dialects: readonly Dialect[]): void {
  const described = dialects.find(({ reference }) => reference !== undefined)
  if (!described) return
  const options = {
    url: described.prefix + described.reference,
    dom_id: '#reference',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    // The badge would send the document to a validator on the internet.
    validatorUrl: null,
  }
  app.get('/docs', async (_req, reply) =>
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).send(page),
  )
  app.get('/docs/start.js', async (_req, reply) =>
    reply.type('text/javascript; charset=utf-8').send(`SwaggerUIBundle(${JSON.stringify(options)})`),
  )
  app.get('/docs/docs.css', async (_req, reply) => reply.type('text/css; charset=utf-8').send(style))
  for (const [file, type] of files) {
    app.get(`/docs/${file}`, async (_req, reply) =>
      reply
        .headers({ 'content-type': type, 'cache-control': 'public, max-age=3600' })
        .send(createReadStream(require.resolve(`swagger-ui-dist/${file}`))),
    )
  }
}
