import type { Reachable } from '../../domain/party.ts'

/**
 * Sell has room for one e-mail address, one telephone and one mobile number; other APIs keep several. What is written here changes the
 * one that is shown, and leaves the others as they are.
 */

export const isMobile = ({ label }: Reachable): boolean => label === 'mobile'
export const isNoMobile = (entry: Reachable): boolean => !isMobile(entry)
export const isAny = (): boolean => true

type Sort = (entry: Reachable) => boolean

/** The one that is shown: of its sort the primary, or else the first. */
const shown = (list: readonly Reachable[], sort: Sort): Reachable | undefined =>
  list.find((entry) => sort(entry) && entry.primary) ?? list.find(sort)

export const shownValue = (list: readonly Reachable[], sort: Sort): string | null => shown(list, sort)?.value ?? null

/** The list with another value for the one that is shown. Without a value it goes, and the next of its sort is shown. */
export function withShown(list: readonly Reachable[], sort: Sort, value: string | null, label: string): readonly Reachable[] {
  const current = shown(list, sort)
  if ((current?.value ?? null) === value) return list
  if (value === null) return list.filter((entry) => entry !== current)
  if (current) return list.map((entry) => (entry === current ? { ...entry, value } : entry))
  return [...list, { value, label, primary: !list.some((entry) => entry.primary) }]
}
