import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** Generated deals, the same in every run: five pipelines, fifty owners, three thousand companies. */

export const pipelines = ['New business', 'Renewals', 'Partners', 'Services', 'Projects'] as const
export const openStages = ['Lead', 'Contacted', 'Demo', 'Offer', 'Negotiation'] as const
const stages = [...openStages, 'Won', 'Lost'] as const

const firsts =
  'Alpine Amber Arctic Atlas Aurora Basalt Birch Bold Bright Cedar Clear Cobalt Copper Coral Crest Crystal Delta Ember Fern Flint'
    .split(' ')
    .concat(
      'Forest Garnet Glacier Golden Granite Harbor Hazel Indigo Iron Ivory Jade Juniper Lunar Maple Marble Meadow Misty Noble North Oak'.split(
        ' ',
      ),
    )
    .concat(
      'Ocean Onyx Opal Orchard Pearl Pine Prairie Quartz Rapid River Ruby Sable Sierra Silver Solar Spruce Summit Timber Velvet Willow'.split(
        ' ',
      ),
    )
const seconds =
  'Analytics Bakery Brewing Cargo Ceramics Chemicals Clinics Coatings Components Consulting Couriers Dairy Design Dynamics Electric'
    .split(' ')
    .concat(
      'Energy Engineering Farms Fisheries Foods Freight Furniture Glass Holdings Instruments Labs Lighting Logistics Machines Markets'.split(
        ' ',
      ),
    )
    .concat(
      'Media Metals Mills Mining Motors Optics Paper Partners Pharma Plastics Power Print Robotics Security Shipping Software Steel Supply Textiles Tools'.split(
        ' ',
      ),
    )
const products = ['Basic', 'Plus', 'Pro', 'Renewal', 'Support', 'Training', 'Onboarding', 'Upgrade', 'Audit', 'Pilot'] as const

/** Companies whose deals a search can ask for. */
export const companyName = (n: number): string => `${firsts[n % 60]} ${seconds[Math.floor(n / 60) % 50]}`

/** A small generator of numbers that look random (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const dayMs = 86_400_000

/** Writes so many deals as a CSV that `crmux import deals` takes. */
export async function writeDeals(file: string, count: number): Promise<void> {
  const next = random(count)
  const below = (limit: number) => Math.floor(next() * limit)
  const out = createWriteStream(file)
  out.write('external_id,title,value,currency,pipeline,stage,owner,company,created_at,closed_at,expected_close_date,tags\n')
  const began = Date.UTC(2023, 0, 1)
  for (let n = 1; n <= count; ) {
    let lines = ''
    for (const end = Math.min(count, n + 999); n <= end; n++) {
      const company = companyName(below(3000))
      // Half of the deals are open, as in a team that tidies up now and then.
      const stage = stages[next() < 0.5 ? below(5) : 5 + below(2)] ?? 'Lead'
      const isClosed = stage === 'Won' || stage === 'Lost'
      const created = began + below(1000) * dayMs
      const closed = isClosed ? day(created + below(120) * dayMs) : ''
      const expected = isClosed ? '' : day(created + below(200) * dayMs)
      const tags = next() < 0.3 ? `tag ${below(20)}` : ''
      lines += `B${n},${company} ${products[below(10)]},${below(90_000) + 100}.${String(below(100)).padStart(2, '0')},USD,${pipelines[n % 5]},${stage},Owner ${below(50)},${company},${day(created)},${closed},${expected},${tags}\n`
    }
    if (!out.write(lines)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}
