import { useSyncExternalStore } from 'react'

const paper = matchMedia('print')
let isPrinting = paper.matches

/** Whether the page is on its way to paper, where nobody can scroll. */
export const usePrinting = (): boolean => useSyncExternalStore(subscribe, () => isPrinting)

function subscribe(changed: () => void): () => void {
  const now = (is: boolean) => () => {
    isPrinting = is
    changed()
  }
  const [begins, ends] = [now(true), now(false)]
  const media = ({ matches }: MediaQueryListEvent) => now(matches)()
  // Firefox tells before it lays the paper out by an event, others by the medium.
  addEventListener('beforeprint', begins)
  addEventListener('afterprint', ends)
  paper.addEventListener('change', media)
  return () => {
    removeEventListener('beforeprint', begins)
    removeEventListener('afterprint', ends)
    paper.removeEventListener('change', media)
  }
}
