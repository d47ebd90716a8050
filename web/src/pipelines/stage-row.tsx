import { useRef } from 'react'
import type { PipelineJson } from '../../../src/dialects/native/pipelines.ts'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import { write } from '../api.ts'
import { count, percent, plural } from '../format.ts'
import { Icon } from '../ui/icons.tsx'
import type { MenuEntry } from '../ui/menu.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { NameInput } from '../ui/name-input.tsx'
import { Skeleton, StageDot } from '../ui/small.tsx'
import { useAct } from '../use-act.ts'
import { ColourChoice } from './colour-choice.tsx'
import { changes } from './data.ts'
import { type Kind, kindNames, kinds } from './kinds.ts'
import { NumberInput } from './number-input.tsx'
import { type Place, stepOf, whyStays } from './order.ts'
import { useRowDrag } from './row-drag.ts'

interface StageRowProps {
  stage: StageJson
  stages: readonly StageJson[]
  pipelines: readonly PipelineJson[]
  isWeighted: boolean
  deals: number | undefined
  mayChange: boolean
  onMove: (place: Place) => void
  onDelete: () => void
  onMerge: () => void
}

type Patch = Partial<Pick<StageJson, 'name' | 'kind' | 'probability' | 'rotAfterDays' | 'color' | 'isArchived' | 'pipelineId'>>

export function StageRow(props: StageRowProps) {
  const { stage, stages, pipelines, isWeighted, deals, mayChange, onMove, onDelete, onMerge } = props
  const row = useRef<HTMLTableRowElement>(null)
  const handle = useRef<HTMLButtonElement>(null)
  const { act, isBusy } = useAct()
  const { edge, isDragged } = useRowDrag({ row, handle, stage, stages, isEnabled: mayChange, onMove })
  const change = (patch: Patch, done: string) => act({ write: () => write('PATCH', `/stages/${stage.id}`, patch), changes, done })
  const isOpen = stage.kind === 'open'
  const whyKind = whyStays(stages, stage) ?? (deals ? 'The kind stays while deals are in the stage.' : undefined)
  const step = (by: -1 | 1) => {
    const place = stepOf(stages, stage.id, by)
    if (place) onMove(place)
  }
  const looks = { 'data-edge': edge, 'data-dragged': isDragged || undefined, 'data-archived': stage.isArchived || undefined }
  if (!mayChange)
    return (
      <tr {...looks}>
        <td>
          <StageDot color={stage.color} />
        </td>
        <td>
          {stage.name}
          {stage.isArchived && <span className="secondary"> Archived</span>}
        </td>
        <td>{kindNames[stage.kind]}</td>
        <td className="number">{stage.probability === null ? '' : percent(stage.probability / 100)}</td>
        <td className="number">{stage.rotAfterDays === null ? '' : plural(stage.rotAfterDays, 'day')}</td>
        <td className="number">{deals === undefined ? <Skeleton width="32px" /> : count(deals)}</td>
      </tr>
    )
  return (
    <tr ref={row} {...looks}>
      <td>
        <button
          ref={handle}
          type="button"
          className="stage-handle"
          aria-label={`Move ${stage.name}. Use the arrow keys up and down.`}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
            event.preventDefault()
            step(event.key === 'ArrowUp' ? -1 : 1)
          }}
        >
          <Icon name="grip" />
        </button>
      </td>
      <td>
        <ColourChoice of={stage.name} color={stage.color} onChoose={(color) => change({ color }, 'Colour changed.')} />
      </td>
      <td>
        <div className="stage-name">
          <NameInput label={`Name of ${stage.name}`} value={stage.name} onSave={(name) => change({ name }, 'Stage renamed.')} />
          {stage.isArchived && <span className="secondary">Archived</span>}
        </div>
      </td>
      <td>
        {whyKind === undefined ? (
          <select
            className="input"
            aria-label={`Kind of ${stage.name}`}
            value={stage.kind}
            disabled={isBusy}
            onChange={(event) => {
              const kind = kinds.find((one): one is Kind => one === event.target.value)
              if (kind) change({ kind }, `Deals in “${stage.name}” now count as ${kindNames[kind].toLowerCase()}.`)
            }}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {kindNames[kind]}
              </option>
            ))}
          </select>
        ) : (
          <span title={whyKind}>{kindNames[stage.kind]}</span>
        )}
      </td>
      <td className="number">
        {isOpen && (
          <NumberInput
            label={`Probability of ${stage.name} in percent`}
            unit="%"
            placeholder="–"
            max={100}
            value={stage.probability}
            isFaded={!isWeighted}
            onSave={(probability) => change({ probability }, 'Probability changed.')}
          />
        )}
      </td>
      <td className="number">
        {isOpen && (
          <NumberInput
            label={`Days after which deals in ${stage.name} rot`}
            unit="days"
            max={36_500}
            placeholder="never"
            value={stage.rotAfterDays}
            onSave={(rotAfterDays) => change({ rotAfterDays }, 'Rotting changed.')}
          />
        )}
      </td>
      <td className="number">{deals === undefined ? <Skeleton width="32px" /> : count(deals)}</td>
      <td>
        <MoreMenu of={stage.name} disabled={isBusy} items={entries()} />
      </td>
    </tr>
  )

  function entries(): MenuEntry[] {
    const stays = whyStays(stages, stage)
    const others = pipelines.filter(({ id, isDisabled }) => id !== stage.pipelineId && !isDisabled)
    return [
      { label: 'Move up', hint: '↑', disabled: !stepOf(stages, stage.id, -1), onClick: () => step(-1) },
      { label: 'Move down', hint: '↓', disabled: !stepOf(stages, stage.id, 1), onClick: () => step(1) },
      ...(others.length === 0
        ? []
        : [
            {
              group: 'Move with its deals to',
              items: others.map(({ id, name }) => ({
                label: name,
                disabled: stays !== undefined,
                onClick: () => change({ pipelineId: id }, `“${stage.name}” moved to “${name}”.`),
              })),
            },
          ]),
      'line',
      stage.isArchived
        ? { label: 'Take out of the archive', onClick: () => change({ isArchived: false }, `“${stage.name}” takes deals again.`) }
        : {
            label: 'Archive',
            onClick: () => change({ isArchived: true }, `“${stage.name}” archived. It keeps its deals and takes no new ones.`),
          },
      { label: 'Merge into…', disabled: stays !== undefined, onClick: onMerge },
      {
        label: 'Delete…',
        danger: true,
        disabled: stays !== undefined,
        hint: stays && `Last ${stage.kind} stage`,
        onClick: onDelete,
      },
    ]
  }
}
