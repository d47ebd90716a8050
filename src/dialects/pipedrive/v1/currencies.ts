import { z } from 'zod'
import { currencyCodes, exponentOf } from '../../../domain/money.ts'
import type { Speaker } from '../../../http/speak.ts'
import { one } from '../wire.ts'
import { maybe, text } from './input.ts'

/** `$`, `€`, `kr`; the code itself where a currency has no sign. */
function symbolOf(code: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay: 'narrowSymbol' })
  return format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? code
}

function currencies() {
  const names = new Intl.DisplayNames('en', { type: 'currency' })
  return currencyCodes.map((code, index) => ({
    id: index + 1,
    code,
    name: names.of(code) ?? code,
    decimal_points: exponentOf(code),
    symbol: symbolOf(code),
    active_flag: true,
    is_custom_flag: false,
  }))
}

/** The list is the same for everybody and takes a while to make. */
let made: ReturnType<typeof currencies> | undefined

export function openCurrencies(v1: Speaker): void {
  v1.get('/currencies', { query: z.object({ term: maybe(text) }), cost: 20 }, async ({ query }) => {
    made ??= currencies()
    const term = query.term?.toLowerCase() ?? ''
    return one(made.filter(({ code, name }) => code.toLowerCase().includes(term) || name.toLowerCase().includes(term)))
  })
}
