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

/** The positions that records in their order show. Where what was told would put them in another order, all show their places. */
export function shownPositions(row: readonly Placed[]): ReadonlyMap<number, Position> {
  const told = row.map((record) => ({ id: record.id, is: shownPosition(record) }))
  const inOrder = told.every((one, index) => index === 0 || comesBefore(told[index - 1] ?? one, one))
  return new Map(row.map((record, index) => [record.id, inOrder ? (told[index]?.is ?? null) : record.position]))
}

/** By number, without one at the end, and where those are the same by id. */
function comesBefore(a: { id: number; is: Position }, b: { id: number; is: Position }): boolean {
  const [first, second] = [a.is ?? Number.POSITIVE_INFINITY, b.is ?? Number.POSITIVE_INFINITY]
  return first < second || (first === second && a.id < b.id)
}

/** Where among others in their order something belongs that shows this position. */
export function placeAmong(
  others: readonly { id: number }[],
  shown: ReadonlyMap<number, Position>,
  id: number,
  is: Position,
): StagePlace | undefined {
  const next = others.find((other) => comesBefore({ id, is }, { id: other.id, is: shown.get(other.id) ?? null }))
  const last = others.at(-1)
  return next ? { before: next.id } : last && { after: last.id }
}

/** What to keep of a record so that it shows this position. */
export const keptPosition = ({ position }: Pick<Placed, 'position'>, is: Position): JsonObject => ({
  position: is === position ? null : { is, at: position },
})
