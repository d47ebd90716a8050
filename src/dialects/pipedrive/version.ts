import type { FastifyRequest } from 'fastify'

/** v2 is only ever below `/api/v2`; everything else is v1's. Doubled slashes are what a client with a trailing slash in its base path sends. */
export const versionOf = (req: Pick<FastifyRequest, 'url'>): 1 | 2 => (/^\/+pipedrive\/+api\/+v2(?:[/?]|$)/.test(req.url) ? 2 : 1)
