import { type Deal, findDeal } from '../../../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal } from '../../../domain/edit-deals.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import { fail } from '../../../http/fault.ts'
import { readExtras } from '../deals.ts'

/** What the vendor alone knows about a deal and its copy shares with it. */
const ownExtras = (deal: Deal) => deal.extras.pipedrive ?? {}

/** Who or what the deal belongs to, as far as a new deal can belong to it: not to those who have left or been deleted. */
async function livingTies({ store, user }: Scope, { ownerId, contactId, companyId }: Deal) {
  const living = async (id: number | null) => (id !== null && (await store.parties.get(id))?.deletedAt === null ? id : null)
  return {
    ownerId: (await store.members.get(ownerId))?.isActive ? ownerId : user.id,
    contactId: await living(contactId),
    companyId: await living(companyId),
  }
}

/** An open deal like this one, in the same stage. */
export const duplicateDeal = (scope: Scope, id: number): Promise<Deal> =>
  atomically(scope, async (scope) => {
    const deal = await findDeal(scope, id)
    return createDeal(scope, {
      title: deal.title,
      amount: deal.amount,
      currency: deal.currency,
      pipelineId: deal.pipelineId,
      openStageId: deal.openStageId ?? undefined,
      ...(await livingTies(scope, deal)),
      probability: deal.probability,
      expectedCloseDate: deal.expectedCloseDate,
      tags: deal.tags,
      customFields: deal.customFields,
      extras: { ...ownExtras(deal), ...readExtras({ origin: 'API', origin_id: null }) },
    })
  })

/** Values by key of which only those that are missing are taken. */
const missingIn = <T>(kept: { readonly [key: string]: T }, other: { readonly [key: string]: T }): { [key: string]: T } =>
  Object.fromEntries(Object.entries(other).filter(([key]) => kept[key] === undefined))

/**
 * Merges a deal into another, which stays and takes over what it lacks itself: the reference lets the other one's data win wherever
 * both have some. The first is deleted.
 */
export const mergeDeals = (scope: Scope, id: number, intoId: number): Promise<Deal> =>
  atomically(scope, async (scope) => {
    const deal = await findDeal(scope, id)
    if (id === intoId) {
      const message = 'a deal cannot be merged with itself'
      fail({ kind: 'bad_input', where: 'body', issues: [{ path: ['merge_with_id'], rule: 'not_allowed', message }] })
    }
    const kept = await findDeal(scope, intoId)
    const ties = await livingTies(scope, deal)
    const takesValue = kept.amount === 0 && deal.amount !== 0
    const merged = await changeDeal(scope, intoId, {
      ...(takesValue ? { amount: deal.amount, currency: deal.currency } : {}),
      contactId: kept.contactId ?? ties.contactId,
      companyId: kept.companyId ?? ties.companyId,
      probability: kept.probability ?? deal.probability,
      expectedCloseDate: kept.expectedCloseDate ?? deal.expectedCloseDate,
      tags: [...new Set([...kept.tags, ...deal.tags])].slice(0, 100),
      customFields: missingIn(kept.customFields, deal.customFields),
      extras: missingIn(ownExtras(kept), labelsOf(deal)),
    })
    await deleteDeal(scope, id)
    return merged
  })

/** Of what the vendor alone knows only the labels are worth keeping: where a deal came from stays its own. */
function labelsOf(deal: Deal) {
  const { label_ids } = ownExtras(deal)
  return label_ids === undefined ? {} : { label_ids }
}
