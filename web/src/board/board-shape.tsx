import { useLocation } from 'wouter'
import { pages } from '../pages.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/small.tsx'
import { CardShape } from './card.tsx'

const columns = [6, 4, 5, 3, 2]

/** The shape of a board that is on its way. */
export const BoardShape = () => (
  <div className="board" role="status" aria-label="Loading the board">
    <div className="board-columns">
      {columns.map((cards, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the shapes have nothing else that tells them apart, and never change
        <div key={nth} className="column">
          <div className="column-head">
            <div className="column-line" />
            <span className="skeleton" />
          </div>
          <div className="column-list">
            {Array.from({ length: cards }, (_, nth) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <CardShape key={nth} />
            ))}
          </div>
        </div>
      ))}
    </div>
  </div>
)

/** A pipeline without a deal says how to get some. */
export function EmptyPipeline({ canAdd, onAdd }: { canAdd: boolean; onAdd: () => void }) {
  const [, navigate] = useLocation()
  const others = [
    { path: '/import', label: 'Import CSV' },
    { path: '/settings/apis', label: 'Connect an integration' },
  ].filter(({ path }) => pages.some(({ paths }) => paths.includes(path)))
  return (
    <div className="board-empty">
      <EmptyState
        title="No deals in this pipeline yet"
        actions={
          canAdd && (
            <>
              <Button looks="primary" onClick={onAdd}>
                Add deal
              </Button>
              {others.map(({ path, label }) => (
                <Button key={path} onClick={() => navigate(path)}>
                  {label}
                </Button>
              ))}
            </>
          )
        }
      >
        Add the first one here, or bring in those you have.
      </EmptyState>
    </div>
  )
}
