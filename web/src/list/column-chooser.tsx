import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icons.tsx'
import { Popover } from '../ui/popover.tsx'
import { type Column, isUsual, withColumn, withColumnMoved } from './columns.ts'

interface ColumnChooserProps {
  columns: readonly Column[]
  choice: readonly string[]
  /** Undefined: as it is for everybody who has not chosen. */
  onChoose: (choice: readonly string[] | undefined) => void
}

/** Which columns a list shows, and in which order. */
export function ColumnChooser({ columns, choice, onChoose }: ColumnChooserProps) {
  const shown = choice.flatMap((id) => columns.find((column) => column.id === id) ?? [])
  const hidden = columns.filter(({ id }) => !choice.includes(id))
  return (
    <Popover label="Columns" align="end" trigger={<Button>Columns</Button>}>
      <ul className="chooser" aria-label="Columns">
        {[...shown, ...hidden].map((column) => {
          const at = choice.indexOf(column.id)
          return (
            <li key={column.id}>
              <label className="check">
                <input
                  type="checkbox"
                  checked={at >= 0}
                  disabled={at === 0}
                  onChange={(event) => onChoose(withColumn(choice, column.id, event.target.checked))}
                />
                {column.label}
              </label>
              {at > 0 && (
                <span>
                  <Button
                    looks={['plain', 'icon']}
                    aria-label={`Move ${column.label} to the left`}
                    disabled={at === 1}
                    onClick={() => onChoose(withColumnMoved(choice, column.id, -1))}
                  >
                    <Icon name="up" />
                  </Button>
                  <Button
                    looks={['plain', 'icon']}
                    aria-label={`Move ${column.label} to the right`}
                    disabled={at === choice.length - 1}
                    onClick={() => onChoose(withColumnMoved(choice, column.id, 1))}
                  >
                    <Icon name="down" />
                  </Button>
                </span>
              )}
            </li>
          )
        })}
      </ul>
      <Button disabled={isUsual(choice)} onClick={() => onChoose(undefined)}>
        As usual
      </Button>
    </Popover>
  )
}
