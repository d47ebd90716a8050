import type { Deal } from '../../../domain/deal.ts'
import { addRecord, listRecords, saveRecord } from '../../../domain/record.ts'
import type { Scope } from '../../../domain/scope.ts'
import { seconds } from '../time.ts'

/** How many incoming leads of a pipeline have been sorted, and how long that took altogether. */
interface Sorted {
  accepted: number
  declined: number
  seconds: number
}

const collection = 'sorted'

export async function sortedOf(scope: Scope, pipelineId?: number): Promise<Sorted> {
  const key = pipelineId === undefined ? {} : { key: String(pipelineId) }
  // There are as many records as pipelines ever had incoming leads.
  const { items } = await listRecords(scope, collection, { ...key, limit: 1000 })
  const sum = (name: keyof Sorted) => items.reduce((total, { data }) => total + Number(data[name] ?? 0), 0)
  return { accepted: sum('accepted'), declined: sum('declined'), seconds: sum('seconds') }
}

/** Counts one lead that has just been sorted. */
export async function countSorted(scope: Scope, fate: 'accepted' | 'declined', lead: Deal): Promise<void> {
  const { items } = await listRecords(scope, collection, { key: String(lead.pipelineId), limit: 1 })
  const before = await sortedOf(scope, lead.pipelineId)
  const data = {
    ...before,
    [fate]: before[fate] + 1,
    seconds: before.seconds + Math.max(0, seconds(scope.now() - lead.createdAt)),
  }
  if (items[0]) await saveRecord(scope, collection, { ...items[0], data })
  else await addRecord(scope, collection, String(lead.pipelineId), data)
}
