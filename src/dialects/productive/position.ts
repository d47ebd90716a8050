import type { StagePlace } from '../../domain/stage.ts'
import type { Extras, JsonObject } from '../../domain/text.ts'

/**
 * Productive's positions are plain numbers or nothing; nobody renumbers them, and two stages may have the same. Ours are a strict order
 * that makes room where something comes between. So a record keeps what Productive was told beside the place it had at the time: as
 * long as it is still there, that is shown; once it has been moved through somebody else, its place is.
 */
interface Placed {
  readonly id: number
  readonly position: number
  readonly extras: Extras
}

export type Position = number | null

/** The position that one record shows. */
export function shownPosition({ position, extras }: Placed): Position {
  const said = extras.productive?.position as { is: Position; at: number } | undefined
  return said && said.at === position ? said.is : position
}

/** The positions that records in their order show. Told numbers that are no longer in order give way to the places. */
export function shownPositions(row: readonly Placed[]): ReadonlyMap<number, Position> {
  const shown = row.map((record) => ({ record, is: shownPosition(record) }))
  const numbers = shown.flatMap(({ is }) => is ?? [])
  const inOrder = numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? number))
  return new Map(shown.map(({ record, is }) => [record.id, is === null || inOrder ? is : record.position]))
}

/** Where among others in their order something belongs that shows this position: by number, without one at the end, and by id. */
export function placeAmong(
  others: readonly { id: number }[],
  shown: ReadonlyMap<number, Position>,
  id: number,
  is: Position,
): StagePlace | undefined {
  const keyOf = (position: Position) => position ?? Number.POSITIVE_INFINITY
  const next = others.find((other) => {
    const key = keyOf(shown.get(other.id) ?? null)
    return key > keyOf(is) || (key === keyOf(is) && other.id > id)
  })
  const last = others.at(-1)
  return next ? { before: next.id } : last && { after: last.id }
}

/** What to keep of a record so that it shows this position. */
export const keptPosition = ({ position }: Pick<Placed, 'position'>, is: Position): JsonObject => ({
  position: is === position ? null : { is, at: position },
})
