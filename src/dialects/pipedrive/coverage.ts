import type { Coverage, Difference } from '../dialect.ts'
import { coverageV1, differencesV1 } from './v1/coverage.ts'
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

export const differences: readonly Difference[] = [
  {
    what: 'Deals of a deleted stage go to the stage before it, else to the one after; the last stage with deals is refused. The vendor documents neither.',
    test: 'the deals of a deleted stage go to the one before it, or the one after; the last stage with deals stays',
  },
  {
    what: 'Deals of a deleted pipeline go to the default one; a pipeline whose deals have nowhere to go is refused. The vendor documents neither.',
    test: 'the deals of a deleted pipeline go to the default one, which passes on when it goes itself',
  },
  {
    what: 'A deal that did not qualify, which other APIs can say, is `lost`.',
    test: 'a deal that did not qualify is lost here, and stays unqualified when it is said to be lost again',
  },
  {
    what: 'A `lost_reason` that is the name of a loss reason is that reason, for the other APIs too; any other text is a comment.',
    test: 'a reason is one thing with two faces: its name is that reason, any other text a comment',
  },
  {
    what: '`is_deal_probability_enabled` is false on every pipeline while the workspace’s own probability feature is off.',
    test: 'where the team weighs nothing by probability, no pipeline says that it does',
  },
  {
    what: '`origin` is `API` for deals made here and `ManuallyCreated` for all others; tags of other APIs are not labels.',
    test: 'deals that were made elsewhere are not of the API’s making',
  },
  {
    what: 'Fields of the vendor’s other products (`marketing_status`, `birthday`, …) are refused as unknown.',
    test: 'what only other products of the vendor have is refused',
  },
  {
    what: 'The consent page takes an API token, because nobody is signed in.',
    test: 'whoever allows is sent back with a code and the state, whoever denies with an error',
  },
  {
    what: 'The scopes of an access token are those of its user’s role.',
    test: 'scopes say what the user’s role allows',
  },
  {
    what: 'Budgets and bursts are counted and shown, but enforced only with `--rate-limits vendor`.',
    test: 'the budget is the company’s, begins anew at midnight, and is only shown where limits are off',
  },
  ...differencesV1,
]
