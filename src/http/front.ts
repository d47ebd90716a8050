import type { FastifyInstance } from 'fastify'
import type { Dialect } from '../dialects/dialect.ts'

/** The plain page at `/`, where no board was built: which APIs are here and where they begin. Its style serves other plain pages too. */
export function front(app: FastifyInstance, dialects: readonly Dialect[], isAtRoot: boolean): void {
  const rows = dialects.map(({ title, prefix }) => `<tr><td>${title}</td><td><code>${prefix}</code></td></tr>`).join('')
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>crmux</title>
<link rel="stylesheet" href="/front.css"></head>
<body><main><h1>crmux</h1>
<p>One sales pipeline that answers in several CRM dialects. Point an integration's base URL at one of these:</p>
<table><thead><tr><th>API</th><th>Begins at</th></tr></thead><tbody>${rows}</tbody></table>
<p><a href="/docs">API reference</a> · <a href="/healthz">Health</a> · <a href="/metrics">Metrics</a></p>
</main></body></html>`
  const style = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}main{max-width:40rem;margin:4rem auto;padding:0 1rem}
h1{font-size:20px}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem 0;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}`
  app.get('/front.css', async (_req, reply) => reply.type('text/css').send(style))
  if (!isAtRoot) return
  app.get('/', async (_req, reply) =>
    reply
      .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'self'" })
      .send(page),
  )
}
