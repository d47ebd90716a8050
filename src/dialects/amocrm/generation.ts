import type { FastifyRequest } from 'fastify'

export type Generation = 'legacy' | 'v2' | 'v4' | 'oauth'

/** Which of the vendor's generations was called. A path that is nobody's is answered as the present one answers. */
export function generationOf(req: Pick<FastifyRequest, 'url'>): Generation {
  const [, part] = /^\/+amocrm\/+(private|api\/+v2|oauth2?)(?:[/?]|$)/.exec(req.url) ?? []
  if (part === undefined) return 'v4'
  return part === 'private' ? 'legacy' : part.startsWith('oauth') ? 'oauth' : 'v2'
}
