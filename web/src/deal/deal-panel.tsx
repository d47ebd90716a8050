import { useEffect, useRef } from 'react'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { Refused, sentence, write } from '../api.ts'
import { day, money, percent, typedDecimal } from '../format.ts'
import { isTyping } from '../keyboard.ts'
import { useStages, useUsers } from '../queries.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icons.tsx'
import { Menu } from '../ui/menu.tsx'
import { EmptyState, SkeletonLines } from '../ui/small.tsx'
import { toast, toastError } from '../ui/toast.tsx'
import { told } from '../undo.ts'
import { CustomValues } from './custom-values.tsx'
import { SelectInPlace, TextInPlace } from './in-place.tsx'
import { PartyPicker } from './party-picker.tsx'
import { StageBar } from './stage-bar.tsx'
import { Tags } from './tags.tsx'
import { Timeline } from './timeline.tsx'
import { type DealAccess, useDeal } from './use-deal.ts'
import './deal.css'

/** One deal, over the page that it was opened from. Its address shows the same to a colleague. */
export default function DealPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const access = useDeal(id)
  const { deal, error } = access
  const panel = useRef<HTMLElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another deal in the same panel is read from its beginning
  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus()
    panel.current?.scrollTo(0, 0)
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [id])
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isTyping(event.target)) onClose()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [onClose])

  return (
    <aside className="deal-panel" aria-label={deal?.title ?? 'Deal'} ref={panel} tabIndex={-1}>
      {deal ? (
        <Deal deal={deal} access={access} onClose={onClose} />
      ) : (
        <>
          <div className="deal-head">
            <Close onClose={onClose} />
          </div>
          {error ? (
            <EmptyState
              title={error instanceof Refused && error.status === 404 ? 'This deal is not there' : 'The deal cannot be read'}
            >
              {error instanceof Refused && error.status === 404 ? 'It was deleted, or never existed.' : sentence(error)}
            </EmptyState>
          ) : (
            <SkeletonLines lines={8} />
          )}
        </>
      )}
    </aside>
  )
}

const Close = ({ onClose }: { onClose: () => void }) => (
  <Button looks={['plain', 'icon']} aria-label="Close" onClick={onClose}>
    <Icon name="close" />
  </Button>
)

function Deal({ deal, access, onClose }: { deal: DealJson; access: DealAccess; onClose: () => void }) {
  const { can } = useSession()
  const readOnly = !can('member')
  const users = useUsers().data ?? []
  const stage = useStages().data?.find(({ id }) => id === deal.stageId)
  const { save } = access
  const faultOf = (field: string) => (access.conflict?.field === field ? access.conflict.said : undefined)
  const common = (field: string) => ({ readOnly, fault: faultOf(field) })

  const remove = async () => {
    try {
      const { undo } = await write('DELETE', `/deals/${deal.id}`)
      told(`${deal.title} deleted`, undo)
      onClose()
    } catch (error) {
      toastError(error)
    }
  }
  const copyLink = () =>
    void navigator.clipboard.writeText(`${location.origin}/deals/${deal.id}`).then(() => toast('Link copied'), toastError)

  return (
    <>
      <div className="deal-head">
        <div className="deal-title">
          <TextInPlace
            label="Title"
            value={deal.title}
            maxLength={255}
            {...common('title')}
            onSave={(title) => void save('title', { title }, `Renamed to ${title}`)}
          />
        </div>
        <Menu
          align="end"
          trigger={
            <Button looks={['plain', 'icon']} aria-label="What to do with this deal">
              <Icon name="more" />
            </Button>
          }
          items={[
            { label: 'Copy link', onClick: copyLink },
            ...(readOnly ? [] : (['line', { label: 'Delete', onClick: () => void remove(), danger: true }] as const)),
          ]}
        />
        <Close onClose={onClose} />
      </div>
      <StageBar deal={deal} access={access} readOnly={readOnly} />
      <div className="deal-fields">
        <TextInPlace
          label={`Amount, ${deal.currency}`}
          value={deal.value.replace(/\.0+$/, '')}
          shown={money(deal.value, deal.currency)}
          inputMode="decimal"
          {...common('value')}
          onSave={(text) => void save('value', { value: typedDecimal(text) || '0' }, 'Amount changed')}
        />
        <PartyPicker
          kind="company"
          id={deal.companyId}
          {...common('companyId')}
          onSave={(company) =>
            void save(
              'companyId',
              { companyId: company?.id ?? null },
              company ? `Company is ${company.name}` : 'Company taken away',
            )
          }
        />
        <PartyPicker
          kind="contact"
          id={deal.contactId}
          {...common('contactId')}
          onSave={(contact) =>
            void save(
              'contactId',
              { contactId: contact?.id ?? null },
              contact ? `Contact is ${contact.name}` : 'Contact taken away',
            )
          }
        />
        <SelectInPlace
          label="Owner"
          value={String(deal.ownerId)}
          options={users
            .filter(({ id, isActive }) => isActive || id === deal.ownerId)
            .map(({ id, name }) => ({ value: String(id), label: name }))}
          {...common('ownerId')}
          onSave={(id) => {
            const owner = users.find((user) => user.id === Number(id))
            void save('ownerId', { ownerId: Number(id) }, `Assigned to ${owner?.name}`)
          }}
        />
        <TextInPlace
          label="Close date"
          type="date"
          value={deal.expectedCloseDate ?? ''}
          {...common('expectedCloseDate')}
          onSave={(date) =>
            void save(
              'expectedCloseDate',
              { expectedCloseDate: date || null },
              date ? `Expected to close on ${day(date)}` : 'Close date taken away',
            )
          }
        />
        <TextInPlace
          label="Probability, %"
          inputMode="numeric"
          value={deal.probability === null ? '' : String(deal.probability)}
          placeholder={stage?.probability == null ? 'None' : `${percent(stage.probability / 100)}, as its stage`}
          {...common('probability')}
          onSave={(text) => void save('probability', { probability: text === '' ? null : Number(text) }, 'Probability changed')}
        />
        <Tags tags={deal.tags} {...common('tags')} onSave={(tags, said) => void save('tags', { tags }, said)} />
        <CustomValues deal={deal} access={access} readOnly={readOnly} />
      </div>
      <Timeline id={deal.id} />
      <p className="secondary deal-foot">
        Deal {deal.id}
        {deal.externalId !== null && ` · ${deal.externalId} elsewhere`} · added {day(deal.createdAt)}
      </p>
    </>
  )
}
