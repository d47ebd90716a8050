import { z } from 'zod'
import { fieldsOf } from '../../domain/custom-field.ts'
import { countDeals, countDealsWithin, findDeal, listDeals } from '../../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../domain/edit-deals.ts'
import { DealsQuery, readFilter } from './deal-list.ts'
import { DealBody, DealJson, DealPatchBody, readDeal, readNewDeal, shown, writeDeal } from './deals.ts'
import { ById, id, instant, mostParam } from './fields.ts'
import { insisted } from './match.ts'
import { LoseBody, MoveBody, readLoss, readMove } from './moves.ts'
import { pageOf, readSort, readWindow } from './paging.ts'
import type { NativeSpeaker } from './speaker.ts'
import { created, gone, ok } from './wire.ts'

const CountQuery = DealsQuery.omit({ sort: true, limit: true, skip: true, cursor: true }).extend({ most: mostParam })

export type CountJson = z.output<typeof CountJson>
const CountJson = z
  .object({ count: z.int().nullable().meta({ description: 'Null where that would take looking at more deals than `most`.' }) })
  .meta({ id: 'Count', description: 'How many deals a filter finds.' })

/** Deals: create, read, change, delete, list; and what happens to them: move, win, lose, reopen, restore. */
export function dealRoutes(api: NativeSpeaker): void {
  api.get(
    '/deals',
    {
      query: DealsQuery,
      about: {
        tag: 'Deals',
        id: 'listDeals',
        summary: 'List deals',
        description: 'Archived ones too, unless you say otherwise.',
        list: DealJson,
      },
    },
    async ({ scope, query: { sort: wanted, limit, skip, cursor, ...filter } }) => {
      const sort = readSort(wanted, 'id')
      const page = await listDeals(scope, {
        filter: await readFilter(scope, filter),
        sort: [sort],
        ...readWindow({ limit, cursor }, sort),
        offset: skip,
      })
      const fields = await fieldsOf(scope, 'deal', page.items)
      return pageOf(page, sort, (deal) => writeDeal(deal, fields))
    },
  )

  api.get(
    '/deals/count',
    {
      query: CountQuery,
      about: {
        tag: 'Deals',
        id: 'countDeals',
        summary: 'How many deals there are',
        description:
          'As many as `GET /deals` finds with the same filters. Of a stage, a pipeline or an outcome it is kept and costs nothing; others are counted.',
        one: CountJson,
      },
    },
    async ({ scope, query: { most, ...asked } }) => {
      const filter = await readFilter(scope, asked)
      return ok({ count: most === undefined ? await countDeals(scope, filter) : await countDealsWithin(scope, filter, most) })
    },
  )

  api.post(
    '/deals',
    {
      body: DealBody,
      about: {
        tag: 'Deals',
        id: 'createDeal',
        summary: 'Create a deal',
        description: 'In the stage or pipeline named, else where the default pipeline begins.',
        made: DealJson,
        role: 'member',
        problems: [409],
      },
    },
    async ({ scope, body }) => created(await shown(scope, await createDeal(scope, await readNewDeal(scope, body)))),
  )

  api.get(
    '/deals/:id',
    { params: ById, about: { tag: 'Deals', id: 'getDeal', summary: 'One deal', one: DealJson, tagged: true } },
    async ({ scope, params }) => ok(await shown(scope, await findDeal(scope, params.id))),
  )

  api.patch(
    '/deals/:id',
    {
      params: ById,
      body: DealPatchBody,
      about: {
        tag: 'Deals',
        id: 'changeDeal',
        summary: 'Change a deal',
        description: 'What is not named stays. A change that changes nothing leaves no trace.',
        one: DealJson,
        role: 'member',
        tagged: true,
        problems: [409],
      },
    },
    async ({ scope, params, body, req }) => {
      const patch = await readDeal(scope, body)
      return ok(await shown(scope, await changeDeal(scope, params.id, patch, await insisted({ scope, req }, params.id))))
    },
  )

  api.delete(
    '/deals/:id',
    {
      params: ById,
      about: {
        tag: 'Deals',
        id: 'deleteDeal',
        summary: 'Delete a deal',
        description: 'It can be restored.',
        role: 'member',
        tagged: true,
      },
    },
    async ({ scope, params, req }) => {
      await deleteDeal(scope, params.id, await insisted({ scope, req }, params.id))
      return gone
    },
  )

  api.post(
    '/deals/:id/restore',
    {
      params: ById,
      about: {
        tag: 'Deals',
        id: 'restoreDeal',
        summary: 'Bring a deleted deal back',
        description: 'To its stage, or where that is gone to the beginning of its pipeline, or of the default one.',
        one: DealJson,
        role: 'member',
        tagged: true,
        problems: [409],
      },
    },
    async ({ scope, params, req }) =>
      ok(await shown(scope, await restoreDeal(scope, params.id, await insisted({ scope, req }, params.id)))),
  )

  api.post(
    '/deals/:id/move',
    {
      params: ById,
      body: MoveBody,
      about: {
        tag: 'Deals',
        id: 'moveDeal',
        summary: 'Move a deal',
        description: 'To another stage, or to another place within its stage. Without a place it comes first.',
        one: DealJson,
        role: 'member',
        tagged: true,
        problems: [409],
      },
    },
    async ({ scope, params, body, req }) =>
      ok(await shown(scope, await changeDeal(scope, params.id, readMove(body), await insisted({ scope, req }, params.id)))),
  )

  api.post(
    '/deals/:id/win',
    {
      params: ById,
      body: z.strictObject({ closedAt: instant('When it was won, if not now.').optional() }).optional(),
      about: {
        tag: 'Deals',
        id: 'winDeal',
        summary: 'Win a deal',
        description: 'It goes to the first won stage of its pipeline.',
        one: DealJson,
        role: 'member',
        tagged: true,
      },
    },
    async ({ scope, params, body, req }) => {
      const patch = { outcome: 'won', closedAt: body?.closedAt } as const
      return ok(await shown(scope, await changeDeal(scope, params.id, patch, await insisted({ scope, req }, params.id))))
    },
  )

  api.post(
    '/deals/:id/lose',
    {
      params: ById,
      body: LoseBody.optional(),
      about: {
        tag: 'Deals',
        id: 'loseDeal',
        summary: 'Lose a deal',
        description:
          'It goes to the first lost stage of its pipeline, or to the first unqualified one where it has one and that is said.',
        one: DealJson,
        role: 'member',
        tagged: true,
      },
    },
    async ({ scope, params, body, req }) => {
      const patch = await readLoss(scope, body ?? {})
      return ok(await shown(scope, await changeDeal(scope, params.id, patch, await insisted({ scope, req }, params.id))))
    },
  )

  api.post(
    '/deals/:id/reopen',
    {
      params: ById,
      body: z.strictObject({ stageId: id('An open stage. Not given: the one that it was closed from.').optional() }).optional(),
      about: {
        tag: 'Deals',
        id: 'reopenDeal',
        summary: 'Reopen a deal',
        one: DealJson,
        role: 'member',
        tagged: true,
        problems: [409],
      },
    },
    async ({ scope, params, body, req }) => {
      const patch = { outcome: 'open', openStageId: body?.stageId } as const
      return ok(await shown(scope, await changeDeal(scope, params.id, patch, await insisted({ scope, req }, params.id))))
    },
  )
}
