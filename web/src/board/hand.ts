import type { MenuEntry } from '../ui/menu.tsx'
import type { Card } from './board.ts'

/** What cards and columns ask of the board. It stays the same object, so that a card is drawn again only when it has changed. */
export interface Hand {
  focused: (id: number) => void
  toggle: (id: number) => void
  dragBegins: (id: number) => void
  dragEnds: () => void
  menuOf: (card: Card) => readonly MenuEntry[]
  addIn: (stageId: number) => void
  see: (stageId: number, from: number, to: number) => void
}
