/**
 * No browser draws an element of any height: Firefox ends at 17.8 million pixels, Chromium at 33.5 million. A list that is longer is wound
 * onto less: near both ends, where most people are, a pixel is a pixel; in between the bar goes faster than the list.
 */
export const mostHeight = 8_000_000

/** So much at either end is not wound. */
const end = 2_000_000

/** How high a list of this length is drawn. */
export const heightOf = (length: number): number => Math.min(length, mostHeight)

/** How far into the list somebody is who has scrolled so far. */
export function offsetAt(scrolled: number, length: number): number {
  if (length <= mostHeight || scrolled <= end) return scrolled
  if (scrolled >= mostHeight - end) return length - mostHeight + scrolled
  return end + ((scrolled - end) * (length - 2 * end)) / (mostHeight - 2 * end)
}

/** How far one has scrolled to be so far into the list. */
export function scrolledAt(offset: number, length: number): number {
  if (length <= mostHeight || offset <= end) return offset
  if (offset >= length - end) return offset - length + mostHeight
  return end + ((offset - end) * (mostHeight - 2 * end)) / (length - 2 * end)
}
