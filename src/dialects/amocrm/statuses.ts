import type { Deal } from '../../domain/deal.ts'
import type { Pipeline } from '../../domain/pipeline.ts'
import { firstOfKind, isLost, isOpen, type Stage, type StageDraft } from '../../domain/stage.ts'

/**
 * The vendor calls stages statuses. Every pipeline ends with the same two, by the same ids: 142 for won and 143 for lost; further won or
 * lost stages, which the vendor does not have, are shown as these. A pipeline may begin with a status for incoming leads.
 */
export const wonId = 142
export const lostId = 143

export const isSystemId = (id: number): boolean => id === wonId || id === lostId

/** One status as the vendor shows it. */
export interface Status {
  /** The vendor's; {@link wonId} and {@link lostId} in every pipeline. */
  id: number
  stage: Stage
  sort: number
  color: string
  /** 1 for the status of incoming leads. */
  type: 0 | 1
  isEditable: boolean
}

/** Whether it is the stage that a pipeline's switch for incoming leads has made. */
const isMadeForIncoming = (stage: Stage): boolean => isOpen(stage) && stage.extras.amocrm?.type === 1

/** Should another vendor's API have brought a second one here, it is a stage like others. */
export const incomingOf = (stages: readonly Stage[]): Stage | undefined => stages.find(isMadeForIncoming)

/** The stages between incoming leads and the end, in their order. */
export function normalOf(stages: readonly Stage[]): readonly Stage[] {
  const incoming = incomingOf(stages)
  return stages.filter((stage) => isOpen(stage) && stage !== incoming)
}

/** Where a lead begins that nobody names a status for: never among the incoming ones, if it can be helped. */
export function firstNormal(stages: readonly Stage[]): Stage | undefined {
  const normal = normalOf(stages)
  return normal.find((stage) => !stage.isArchived) ?? normal[0] ?? incomingOf(stages)
}

/** The statuses of a pipeline. The first generation knows none for incoming leads and counts from 10 without it. */
export function statusesOf(stages: readonly Stage[], { withIncoming }: { withIncoming: boolean }): Status[] {
  const incoming = withIncoming ? incomingOf(stages) : undefined
  const first = incoming ? 2 : 1
  const closing = (kind: 'won' | 'lost', id: number, sort: number, color: string): Status[] => {
    const stage = firstOfKind(stages, kind)
    return stage ? [{ id, stage, sort, color, type: 0, isEditable: false }] : []
  }
  return [
    ...(incoming ? [{ id: incoming.id, stage: incoming, sort: 10, color: '#c1c1c1', type: 1, isEditable: false } as const] : []),
    ...normalOf(stages).map(
      (stage, index): Status => ({
        id: stage.id,
        stage,
        sort: (first + index) * 10,
        color: colorOf(stage, index),
        type: 0,
        isEditable: true,
      }),
    ),
    ...closing('won', wonId, 10_000, '#CCFF66'),
    ...closing('lost', lostId, 11_000, '#D5D8DB'),
  ]
}

const hexColor = /^#[0-9a-f]{6}$/i

/** A stage without a colour, or with another vendor's name for one, shows what a new account's stage in its place has. */
const colorOf = ({ color }: Stage, index: number): string =>
  color !== null && hexColor.test(color) ? color : (defaultColors[index % defaultColors.length] ?? '')

const defaultColors = ['#99ccff', '#ffff99', '#ffcc66', '#ffcccc']

/** A colour that a caller sends, unless it is the one that is shown: another vendor's own name for it stays. */
export const newColor = ({ color }: Status, sent: string | undefined): string | undefined => (sent === color ? undefined : sent)

/** What a new account's pipeline looks like. */
export const defaultStages: readonly Omit<StageDraft, 'pipelineId'>[] = [
  ...['Initial contact', 'Negotiation', 'Decision making', 'Contract negotiation'].map((name, index) => ({
    name,
    color: defaultColors[index] ?? null,
  })),
  { name: 'Closed - won', kind: 'won', color: '#CCFF66' },
  { name: 'Closed - lost', kind: 'lost', color: '#D5D8DB' },
]

/** The status that a lead shows. */
export const statusIdOf = (deal: Pick<Deal, 'outcome' | 'stageId'>): number =>
  deal.outcome === 'won' ? wonId : isLost({ kind: deal.outcome }) ? lostId : deal.stageId

/** The stages whose leads show a status; in one pipeline, or wherever the id means something. */
export const stagesOfStatus = (stages: readonly Stage[], statusId: number, pipelineId?: number): readonly Stage[] =>
  stages.filter(
    (stage) =>
      (pipelineId === undefined || stage.pipelineId === pipelineId) &&
      (statusId === wonId ? stage.kind === 'won' : statusId === lostId ? isLost(stage) : isOpen(stage) && stage.id === statusId),
  )

/** One status of a pipeline by the vendor's id. */
export const findStatus = (stages: readonly Stage[], id: number): Status | undefined =>
  statusesOf(stages, { withIncoming: true }).find((status) => status.id === id)

/**
 * The order numbers of pipelines. The vendor keeps whatever number it was given, so that is kept; it is shown as long as it agrees
 * with the order that everybody else sees.
 */
export function sortsOf(pipelines: readonly Pipeline[]): ReadonlyMap<number, number> {
  const sorts = new Map<number, number>()
  let last = Number.NEGATIVE_INFINITY
  for (const { id, position, extras } of pipelines) {
    const said = extras.amocrm?.sort
    const sort = typeof said === 'number' ? said : position
    last = sort > last || (sort === last && sort === said) ? sort : last + 1
    sorts.set(id, last)
  }
  return sorts
}
