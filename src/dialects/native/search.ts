import { z } from 'zod'
import { listDeals } from '../../domain/deal.ts'
import { listParties, type PartyKind } from '../../domain/party.ts'
import { listPipelines } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { partyNames } from './deal-names.ts'
import { Outcome } from './deals.ts'
import { countParam, id, words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { ok } from './wire.ts'

const SearchQuery = z.strictObject({
  text: z
    .string()
    .min(1)
    .meta({ description: 'Words, each the beginning of a word of a name, in any case and without accents.' }),
  limit: countParam('How many of each sort at most.', 10, 5),
})

const PartyHit = z.object({ id: id('Its id.'), name: words('The name.') })

export type SearchJson = z.output<typeof SearchJson>
export const SearchJson = z
  .object({
    deals: z
      .array(
        z.object({
          id: id('Its id.'),
          title: words('What it is called.'),
          amount: z.int().meta({ description: 'In minor units of `currency`.' }),
          currency: words('ISO 4217.'),
          pipelineId: id('The pipeline of its stage.'),
          stageId: id('The stage that it stands in.'),
          outcome: Outcome,
          companyName: words('What the company is called.').nullable(),
          contactName: words('What the contact is called.').nullable(),
        }),
      )
      .meta({ description: 'By title and custom texts; archived ones left out, the newest first.' }),
    contacts: z.array(PartyHit).meta({ description: 'By name.' }),
    companies: z.array(PartyHit).meta({ description: 'By name.' }),
    pipelines: z.array(PartyHit).meta({ description: 'By any part of the name.' }),
  })
  .meta({ id: 'Search', description: 'The best of each sort that a text finds.' })

async function dealsOf(scope: Scope, text: string, limit: number): Promise<SearchJson['deals']> {
  const sort = [{ by: 'id', direction: 'desc' }] as const
  const { items } = await listDeals(scope, { filter: { text, isArchived: false }, sort, limit })
  const names = await partyNames(scope, items)
  return items.map(({ id, title, amount, currency, pipelineId, stageId, outcome, companyId, contactId }) => ({
    id,
    title,
    amount,
    currency,
    pipelineId,
    stageId,
    outcome,
    companyName: names.get(companyId ?? 0) ?? null,
    contactName: names.get(contactId ?? 0) ?? null,
  }))
}

const partiesOf = async (scope: Scope, kind: PartyKind, text: string, limit: number) =>
  (await listParties(scope, { kind, text, limit })).items.map(({ id, name }) => ({ id, name }))

async function pipelinesOf(scope: Scope, text: string, limit: number) {
  const wanted = text.toLocaleLowerCase()
  const found = (await listPipelines(scope)).filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
  return found.slice(0, limit).map(({ id, name }) => ({ id, name }))
}

/** One search over everything that has a name: for a box that goes anywhere. */
export function searchRoute(api: NativeSpeaker): void {
  api.get(
    '/search',
    {
      query: SearchQuery,
      about: { tag: 'Deals', id: 'search', summary: 'Find anything by name', one: SearchJson },
    },
    async ({ scope, query: { text, limit = 5 } }) => {
      const data: SearchJson = {
        deals: await dealsOf(scope, text, limit),
        contacts: await partiesOf(scope, 'person', text, limit),
        companies: await partiesOf(scope, 'company', text, limit),
        pipelines: await pipelinesOf(scope, text, limit),
      }
      return ok(data)
    },
  )
}
