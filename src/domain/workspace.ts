import { invalid } from './errors.ts'
import { requireCurrency } from './money.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import { given, requireName } from './text.ts'
import { type Instant, isTimeZone } from './time.ts'

/** A team and everything it owns. No row is ever seen from outside its workspace. */
export interface Workspace {
  readonly id: number
  readonly uuid: string
  readonly name: string
  /** The host label that names it in URLs: `acme` in acme.example.com. Unique in the whole store. */
  readonly subdomain: string
  /** ISO 4217; what new deals are counted in. */
  readonly currency: string
  /** IANA name; decides which day a moment falls on. */
  readonly timeZone: string
  /** BCP 47 */
  readonly locale: string
  readonly features: Features
  /** What one unit of a currency is worth in the workspace's currency. A currency that is not here is never converted. */
  readonly rates: Readonly<Record<string, number>>
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

export interface Features {
  /** Off: no dialect weighs deals by probability, and those that show the feature hide it. */
  readonly probability: boolean
}

export interface WorkspacePatch {
  name?: string | undefined
  currency?: string | undefined
  timeZone?: string | undefined
  locale?: string | undefined
  features?: { probability?: boolean | undefined } | undefined
  /** Replaces the table of rates. */
  rates?: Readonly<Record<string, number>> | undefined
}

export const requireSubdomain = (label: string): string =>
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label) ? label : invalid('subdomain', 'format')

const minRate = 1e-9
const maxRate = 1e9

function requireRates(rates: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  for (const [code, rate] of Object.entries(rates)) {
    requireCurrency(code, `rates.${code}`)
    if (!(rate >= minRate && rate <= maxRate)) invalid(`rates.${code}`, 'range', { min: minRate, max: maxRate })
  }
  return rates
}

/** Changes the caller's own workspace. Admins only. */
export async function changeWorkspace(scope: Scope, patch: WorkspacePatch): Promise<Workspace> {
  requireRole(scope, 'admin')
  const { features, ...fields } = given(patch)
  if (fields.name !== undefined) requireName(fields.name)
  if (fields.currency !== undefined) requireCurrency(fields.currency)
  requirePlace(fields)
  if (fields.rates !== undefined) requireRates(fields.rates)
  return atomically(scope, async ({ store, now }) => {
    const before = await store.workspace.get()
    const after: Workspace = {
      ...before,
      ...fields,
      features: { ...before.features, ...given(features ?? {}) },
      updatedAt: now(),
    }
    await store.workspace.save(after)
    return after
  })
}

/** Asks for a time zone and a locale that days and numbers can be written in. */
export function requirePlace({ timeZone, locale }: { timeZone?: string | undefined; locale?: string | undefined }): void {
  if (timeZone !== undefined && !isTimeZone(timeZone)) invalid('timeZone', 'unknown')
  if (locale !== undefined && !isLocale(locale)) invalid('locale', 'unknown')
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
