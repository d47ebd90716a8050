import type { TestWorkspace } from './app.ts'

/**
 * What the conformance, agreement and law suites can ask of a dialect, in plain terms. Each dialect brings one as
 * `src/dialects/NAME/test/driver.ts`; it only speaks the dialect's own wire.
 */
export interface Driver {
  name: string
  /** Members that the vendor writes by another name than it reads them by: the ways within a record, with dots. */
  writtenAs?: Readonly<Record<string, string>>
  connect(options: { origin: string; workspace: TestWorkspace; token?: string }): DialectClient
}

export type Told<T> = { ok: true; value: T } | { ok: false; status: number; body: unknown }

/** A deal as any dialect can tell it. `undefined`: this vendor has no word for it. */
export interface DealFacts {
  id: number
  title: string
  /** Major units. */
  value: number
  /** How many decimals of the value the vendor can say, where that is fewer than currencies have. */
  places?: number
  currency: string | undefined
  /** The stage that the vendor says it is in; for vendors whose won deals stay in their stage, that stage. */
  stageId: number
  /** As the vendor can tell: `lost` for unqualified where it has no such word. */
  outcome: 'open' | 'won' | 'lost' | 'unqualified'
  ownerId: number
  expectedCloseDate?: string | null | undefined
  probability?: number | null | undefined
  lossReason?: string | null | undefined
  tags?: readonly string[] | undefined
}

export interface StageFacts {
  id: number
  name: string
  pipelineId: number
  kind: 'open' | 'won' | 'lost' | 'unqualified'
  /** The vendor's id stands for every stage of this kind, in this pipeline and in others. */
  isShared?: boolean
  probability?: number | null | undefined
  rotAfterDays?: number | null | undefined
}

export interface DealInput {
  title?: string
  /** Major units. */
  value?: number
  currency?: string
  stageId?: number
  expectedCloseDate?: string | null
  probability?: number | null
}

/** A dialect's wire as seen from outside. Methods that a vendor has no call for are left out; the suites skip and say so. */
export interface DialectClient {
  listStages(pipelineId?: number): Promise<StageFacts[]>
  listPipelines(): Promise<{ id: number; name: string }[]>
  /** Every live deal, page by page as the vendor pages. */
  listDeals(filter?: { stageId?: number; outcome?: 'open' | 'won' | 'lost' }): Promise<DealFacts[]>
  getDeal(id: number): Promise<Told<DealFacts>>
  /** Reads a deal with everything the vendor can be asked to show, where that is more than `getDeal` asks for. */
  showDeal?(id: number): Promise<unknown>
  createDeal?(input: DealInput & { title: string; contactId?: number }): Promise<Told<DealFacts>>
  changeDeal?(id: number, input: DealInput): Promise<Told<DealFacts>>
  moveDeal?(id: number, stageId: number): Promise<Told<DealFacts>>
  winDeal?(id: number): Promise<Told<DealFacts>>
  /** `reason`: the text or the name of a reason that exists. */
  loseDeal?(id: number, reason?: string): Promise<Told<DealFacts>>
  reopenDeal?(id: number): Promise<Told<DealFacts>>
  deleteDeal?(id: number): Promise<Told<void>>
  addStage?(input: { pipelineId: number; name: string }): Promise<Told<StageFacts>>
  renameStage?(id: number, name: string): Promise<Told<StageFacts>>
  deleteStage?(id: number): Promise<Told<void>>
  /** The vendor refuses to delete a stage that holds deals, where others move them. */
  keepsUsedStages?: boolean
  addPipeline?(name: string): Promise<Told<{ id: number; name: string }>>
  /** Every call that takes somebody's id, for the isolation law: each must answer a foreign id as it answers an unknown one. */
  withId(
    kind: 'deal' | 'stage' | 'pipeline' | 'contact' | 'company' | 'user' | 'loss_reason',
    id: number,
  ): { name: string; send(): Promise<{ status: number; body: unknown }> }[]
}
