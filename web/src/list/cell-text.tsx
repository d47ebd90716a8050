import type { ReactNode } from 'react'
import type { CustomFieldJson } from '../../../src/dialects/native/custom-fields.ts'
import type { LossReasonJson } from '../../../src/dialects/native/loss-reasons.ts'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import type { UserJson } from '../../../src/dialects/native/users.ts'
import { day, money, percent } from '../format.ts'
import { StageDot, When } from '../ui/small.tsx'
import { fieldOf } from './edits.ts'
import type { Row } from './use-rows.ts'

/** What the ids of a row stand for. */
export interface Lookups {
  stages: ReadonlyMap<number, StageJson>
  users: ReadonlyMap<number, UserJson>
  reasons: ReadonlyMap<number, LossReasonJson>
  fields: readonly CustomFieldJson[]
  /** Days before it are over. */
  today: string
}

const outcomes = {
  open: <>Open</>,
  won: <span className="meaning-won">Won</span>,
  lost: <span className="meaning-lost">Lost</span>,
  unqualified: <span className="meaning-lost">Unqualified</span>,
}

const numberFormat = new Intl.NumberFormat(undefined, { maximumFractionDigits: 10 })

const time = (at: string | null): ReactNode => at && <When at={at} />

const shows: Readonly<Record<string, (deal: Row, lookups: Lookups) => ReactNode>> = {
  title: ({ title }) => title,
  value: ({ value, currency }) => money(value, currency),
  stage: ({ stageId }, { stages }) => {
    const stage = stages.get(stageId)
    return (
      <>
        <StageDot color={stage?.color ?? null} /> {stage?.name}
      </>
    )
  },
  outcome: ({ outcome }) => outcomes[outcome],
  owner: ({ ownerId }, { users }) => users.get(ownerId)?.name,
  company: ({ companyName }) => companyName,
  contact: ({ contactName }) => contactName,
  expectedCloseDate: ({ expectedCloseDate, outcome }, { today }) =>
    expectedCloseDate &&
    (outcome === 'open' && expectedCloseDate < today ? (
      <span className="meaning-lost" title="Overdue">
        {day(expectedCloseDate)}
      </span>
    ) : (
      day(expectedCloseDate)
    )),
  // Its own, or in lighter ink what it has from its stage.
  probability: ({ probability, stageId }, { stages }) => {
    const ofStage = stages.get(stageId)?.probability
    if (probability !== null) return percent(probability / 100)
    return ofStage == null ? null : <span className="secondary">{percent(ofStage / 100)}</span>
  },
  tags: ({ tags }) =>
    tags.map((tag) => (
      <span key={tag} className="tag">
        {tag}
      </span>
    )),
  stageChangedAt: ({ stageChangedAt, createdAt }) => time(stageChangedAt ?? createdAt),
  createdAt: ({ createdAt }) => time(createdAt),
  updatedAt: ({ updatedAt }) => time(updatedAt),
  closedAt: ({ closedAt }) => time(closedAt),
  lossReason: ({ lossReasonId, lossComment }, { reasons }) => reasons.get(lossReasonId ?? 0)?.name ?? lossComment,
  id: ({ id }) => String(id),
}

/** What a cell shows. */
export function cellText(columnId: string, deal: Row, lookups: Lookups): ReactNode {
  const show = shows[columnId]
  if (show) return show(deal, lookups)
  const field = fieldOf(columnId, lookups.fields)
  const value = field && deal.customFields[field.id]
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  return field?.type === 'date' ? day(String(value)) : typeof value === 'number' ? numberFormat.format(value) : value
}
