import type { Coverage } from '../dialect.ts'
import { coverageV1 } from './v1/coverage.ts'
import { coverageV2 } from './v2/coverage.ts'

const below = (base: string, list: readonly Coverage[]): Coverage[] =>
  list.map((entry) => ({ ...entry, path: base + entry.path }))

/** Every endpoint that the vendor documents around deals, pipelines and stages, in both versions. */
export const coverage: readonly Coverage[] = [
  {
    method: 'GET',
    path: '/oauth/authorize',
    status: 'partial',
    why: 'Nobody is signed in here, so the page asks for an API token; an app is a user, and may ask for no narrower scope.',
  },
  { method: 'POST', path: '/oauth/token', status: 'full' },
  { method: 'POST', path: '/oauth/revoke', status: 'full' },
  ...below('/api/v2', coverageV2),
  ...below('/v1', coverageV1),
  ...below('/api/v1', coverageV1),
]
