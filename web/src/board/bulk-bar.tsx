import { plural } from '../format.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import type { Deeds } from './use-deeds.ts'

/** What the bar offers; a board and a list do it each in its own way. */
export type BulkDeeds = Pick<Deeds, 'askMove' | 'askOwner' | 'askTag' | 'win' | 'askLoss' | 'askDelete' | 'clear'>

/** What can be done with the selected cards, all at once and with one way back. */
export function BulkBar({ n, ids, deeds }: { n: number; ids: readonly number[]; deeds: BulkDeeds }) {
  const { can } = useSession()
  return (
    <div className="bulk-bar" role="toolbar" aria-label="Selected deals">
      <span className="bulk-count">{plural(n, 'deal')} selected</span>
      {can('member') && (
        <>
          <Button onClick={() => deeds.askMove(ids)}>Move to…</Button>
          <Button onClick={() => deeds.askOwner(ids)}>Assign…</Button>
          <Button onClick={() => deeds.askTag(ids)}>Tag…</Button>
          <Button onClick={() => void deeds.win(ids)}>Won</Button>
          <Button onClick={() => deeds.askLoss(ids)}>Lost…</Button>
          <Button looks="danger" onClick={() => deeds.askDelete(ids)}>
            Delete…
          </Button>
        </>
      )}
      <Button looks="plain" onClick={deeds.clear}>
        Clear
      </Button>
    </div>
  )
}
