import { closedContribution, contribution } from '../domain/board.ts'
import { type Deal, facetsOf } from '../domain/deal.ts'
import type { Event, Subject } from '../domain/events.ts'
import { isCurrency, maxAmount } from '../domain/money.ts'
import { toDeal } from './deal-row.ts'
import { customText } from './deals.ts'
import { disagreements, nothing, replay } from './doctor/history.ts'
import { ledgerFaults, lifeFault } from './doctor/lives.ts'
import { rowsPerRule, rules } from './doctor/rules.ts'
import { differing, SearchWords } from './doctor/search-words.ts'
import * as read from './doctor/statements.ts'
import { Sums } from './doctor/sums.ts'
import type { Engine, Session } from './engine.ts'
import { toEvent } from './history.ts'
import type { DealRow } from './schema.ts'
import { toPipeline, toStage } from './structure.ts'

/** What the doctor has looked at. */
export interface Examination {
  workspaces: number
  deals: number
  events: number
  findings: number
}

export interface Doctor {
  /** Called for everything that is not as it should be, in plain words. */
  onFinding(finding: { workspace: string | null; check: string; words: string }): void
  onProgress?(done: number, total: number): void
}

/** Progress is told after so many rows. */
const reportEvery = 1000

/**
 * Looks at one moment of the whole store while others go on writing: the database's own integrity, every invariant of the model, totals
 * recomputed from the deals, deals rebuilt from their events, and the indexes made by hand. Rows are read one by one and forgotten.
 */
export const examine = (engine: Engine, doctor: Doctor): Promise<Examination> =>
  engine.snapshot(async (session) => {
    const seen: Examination = { workspaces: 0, deals: 0, events: 0, findings: 0 }
    const tell: Doctor['onFinding'] = (finding) => {
      seen.findings++
      doctor.onFinding(finding)
    }
    if (engine.kind === 'sqlite') await checkFile(session, tell)
    const names = new Map((await session.all(read.workspaces, {})).map(({ id, subdomain }) => [id, subdomain]))
    seen.workspaces = names.size
    for (const { name, broken, words } of rules) {
      const rows = await session.all(broken, {})
      for (const row of rows) tell({ workspace: row.workspace, check: name, words: words(row) })
      if (rows.length === rowsPerRule) tell({ workspace: null, check: name, words: 'there may be more of these' })
    }
    const nameOf = (id: number) => names.get(id) ?? null
    await checkRows({ session, nameOf, seen, tell, onProgress: doctor.onProgress ?? (() => {}) })
    return seen
  })

interface Round {
  session: Session
  nameOf(workspaceId: number): string | null
  seen: Examination
  tell: Doctor['onFinding']
  onProgress(done: number, total: number): void
}

/** Pages, checksums of the search index, unique and check constraints: what SQLite itself knows of its file. */
async function checkFile(session: Session, tell: Doctor['onFinding']): Promise<void> {
  for (const { integrity_check: answer } of await session.all(read.integrity, {})) {
    if (answer !== 'ok') tell({ workspace: null, check: 'integrity of the database', words: answer })
  }
}

/** Everything that has to be looked at row by row. */
async function checkRows(round: Round): Promise<void> {
  const { session } = round
  for await (const row of session.each(read.pipelines, {})) await checkHistory(round, 'pipeline', row, () => toPipeline(row))
  for await (const row of session.each(read.stages, {})) await checkHistory(round, 'stage', row, () => toStage(row))
  const total = (await session.one(read.countRows, {}))?.n ?? 0
  await checkDeals(round, total)
  await checkParties(round, total)
}

async function checkDeals(round: Round, total: number): Promise<void> {
  const { session, seen, tell, nameOf, onProgress } = round
  const sums = new Sums(contribution)
  const closedSums = new Sums(closedContribution)
  const facets = new Map<number, number>()
  const words = new SearchWords('deal')
  for await (const row of session.each(read.deals, {})) {
    if (++seen.deals % reportEvery === 0) onProgress(seen.deals, total)
    const checked = await checkHistory(round, 'deal', row, () => toDeal(row))
    if (!checked) continue
    const { record: deal, events } = checked
    const fault = await lifeFault(session, row, events)
    if (fault !== null) tell({ workspace: nameOf(row.workspace_id), check: 'lives', words: fault })
    sums.add(row.workspace_id, deal)
    closedSums.add(row.workspace_id, deal)
    words.expect(row, { title: deal.title, custom: customText(deal) })
    facets.set(row.workspace_id, (facets.get(row.workspace_id) ?? 0) + facetsOf(deal).length)
    for (const [check, words] of await dealFaults(session, row, deal)) tell({ workspace: nameOf(row.workspace_id), check, words })
  }
  for (const row of await session.all(read.totals, {})) sums.compare(row)
  for (const [workspaceId, words] of sums.differences()) tell({ workspace: nameOf(workspaceId), check: 'totals', words })
  for (const row of await session.all(read.closedTotals, {})) closedSums.compare(row)
  for (const [workspaceId, words] of closedSums.differences())
    tell({ workspace: nameOf(workspaceId), check: 'totals', words: `of deals closed from it, ${words}` })
  for await (const [workspaceId, words] of ledgerFaults(session))
    tell({ workspace: nameOf(workspaceId), check: 'ledgers', words })
  for (const { workspace_id: id, n } of await session.all(read.countFacets, {})) {
    if (n !== facets.get(id))
      await findStrayFacets(session, id, (words) => tell({ workspace: nameOf(id), check: 'facets', words }))
  }
  const mayDiffer = await words.compare(session)
  if (!mayDiffer) return
  const texts = (row: DealRow) => {
    const deal = readable(() => toDeal(row))
    return { title: row.title, custom: deal ? customText(deal) : '' }
  }
  for await (const id of differing(session, 'deal', session.each(read.deals, {}), mayDiffer, texts)) {
    tell({ workspace: null, check: 'search', words: `deal ${id} is not found by exactly the words of its texts` })
  }
}

async function checkParties({ session, seen, tell, onProgress }: Round, total: number): Promise<void> {
  const words = new SearchWords('party')
  let done = seen.deals
  for await (const row of session.each(read.parties, {})) {
    if (++done % reportEvery === 0) onProgress(done, total)
    words.expect(row, { name: row.name })
  }
  const mayDiffer = await words.compare(session)
  if (!mayDiffer) return
  for await (const id of differing(session, 'party', session.each(read.parties, {}), mayDiffer, ({ name }) => ({ name }))) {
    tell({ workspace: null, check: 'search', words: `contact or company ${id} is not found by exactly the words of its name` })
  }
}

/** What could be read; undefined where a document in it is no JSON. */
function readable<T>(reading: () => T): T | undefined {
  try {
    return reading()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Rebuilds a record from its events and compares: the log is complete, and nothing was changed past it. Returns the record and its events. */
async function checkHistory<T extends { id: number; version?: number }>(
  { session, nameOf, seen, tell }: Round,
  subject: Subject,
  row: { id: number; workspace_id: number },
  toRecord: () => T,
): Promise<{ record: T; events: readonly Event[] } | undefined> {
  const workspace = nameOf(row.workspace_id)
  const record = readable(toRecord)
  const rows = await session.all(read.eventsOf, { workspace: row.workspace_id, subject, id: row.id })
  const events = readable(() => rows.map(toEvent))
  if (!record || !events) {
    tell({ workspace, check: 'documents', words: `${subject} ${row.id} or one of its events holds a document that is no JSON` })
    return undefined
  }
  seen.events += events.length
  for (const words of disagreements(subject, record, events.reduce(replay, nothing))) tell({ workspace, check: 'history', words })
  return { record, events }
}

/** What is wrong with one deal by itself: check and words. */
async function dealFaults(session: Session, row: DealRow, deal: Deal): Promise<[string, string][]> {
  const faults: [string, string][] = []
  const { id, workspace_id: workspaceId } = row
  if (!isCurrency(deal.currency)) faults.push(['money', `deal ${id} is counted in '${deal.currency}', which is no currency`])
  if (!Number.isSafeInteger(deal.amount) || Math.abs(deal.amount) > maxAmount)
    faults.push(['money', `deal ${id} has an impossible amount`])
  for (const { name, value } of facetsOf(deal)) {
    if (await session.one(read.hasFacet, { workspace: workspaceId, name, value, id })) continue
    faults.push(['facets', `deal ${id} cannot be found by its ${name} '${value}'`])
  }
  return faults
}

async function findStrayFacets(session: Session, workspaceId: number, tell: (words: string) => void): Promise<void> {
  for await (const { name, value, deal_id: id } of session.each(read.facets, { workspace: workspaceId })) {
    const row = await session.one(read.dealById, { workspace: workspaceId, id })
    const deal = row && readable(() => toDeal(row))
    const own = deal ? facetsOf(deal) : []
    if (own.some((facet) => facet.name === name && facet.value === value)) continue
    tell(`deal ${id} is found by the ${name} '${value}', which it does not have`)
  }
}
