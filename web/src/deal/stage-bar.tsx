import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import type { StageTimesJson } from '../../../src/dialects/native/reports/stage-times.ts'
import { getData } from '../api.ts'
import { span } from '../format.ts'
import { keys, useLossReasons, useStages } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import type { DealAccess } from './use-deal.ts'

const Ask = lazy(() => import('../board/dialogs.tsx'))

/** Where the deal stands on its way, how long it was in each stage, and what ends it. */
export function StageBar({ deal, access, readOnly }: { deal: DealJson; access: DealAccess; readOnly: boolean }) {
  const stages = (useStages().data ?? []).filter((stage) => stage.pipelineId === deal.pipelineId && stage.kind === 'open')
  const times = useQuery({
    queryKey: keys.stageTimes(deal.id),
    queryFn: ({ signal }) => getData<StageTimesJson>(`/deals/${deal.id}/stage-times`, {}, signal),
  }).data
  const reasons = useLossReasons().data
  const [isLosing, setLosing] = useState(false)
  const isOpen = deal.outcome === 'open'
  const reason = reasons?.find(({ id }) => id === deal.lossReasonId)?.name
  const fault = access.conflict?.field === 'stage' ? access.conflict.said : undefined

  return (
    <section className="deal-stages" aria-label="Stage">
      <ol>
        {stages.map((stage) => {
          const spent = times?.stages.find(({ stageId }) => stageId === stage.id)
          const isHere = deal.stageId === stage.id
          return (
            <li key={stage.id}>
              <button
                type="button"
                className="deal-stage"
                aria-current={isHere ? 'step' : undefined}
                disabled={readOnly || isHere}
                data-been={spent !== undefined || undefined}
                title={stage.name}
                onClick={() => void access.act('move', { stageId: stage.id }, `${deal.title} moved to ${stage.name}`)}
              >
                <span className="ellipsis">{stage.name}</span>
                <span className="secondary">{spent ? span(spent.seconds * 1000) : '–'}</span>
              </button>
            </li>
          )
        })}
      </ol>
      <div className="deal-outcome">
        {!isOpen && (
          <span className={deal.outcome === 'won' ? 'meaning-won' : 'meaning-lost'}>
            {deal.outcome === 'won' ? 'Won' : deal.outcome === 'lost' ? 'Lost' : 'Not qualified'}
            {[reason, deal.lossComment].filter(Boolean).length > 0 &&
              `: ${[reason, deal.lossComment].filter(Boolean).join(', ')}`}
          </span>
        )}
        {!readOnly && isOpen && (
          <>
            <Button onClick={() => void access.act('win', {}, `${deal.title} won`)}>Mark as won</Button>
            <Button onClick={() => setLosing(true)}>Mark as lost…</Button>
          </>
        )}
        {!readOnly && !isOpen && <Button onClick={() => void access.act('reopen', {}, `${deal.title} reopened`)}>Reopen</Button>}
      </div>
      {fault && (
        <p className="deal-fault" role="alert">
          {fault}
        </p>
      )}
      {isLosing && (
        <Suspense fallback={null}>
          <Ask
            asking={{
              kind: 'lose',
              onSaid: ({ reasonId, comment }) =>
                void access.act(
                  'lose',
                  { ...(reasonId === undefined ? {} : { reason: reasonId }), ...(comment ? { comment } : {}) },
                  `${deal.title} lost`,
                ),
            }}
            about={deal.title}
            pipelineId={deal.pipelineId}
            onClose={() => setLosing(false)}
          />
        </Suspense>
      )}
    </section>
  )
}
