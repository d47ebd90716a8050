/** The periods that the page offers, as calendar days; what the address says is checked here. */

export interface Days {
  from: string
  to: string
}

export const presets = ['90 days', 'This month', 'Last month', 'This quarter', 'This year', 'Last year'] as const
export type Preset = (typeof presets)[number]

const text = (date: Date): string => date.toISOString().slice(0, 10)
const utc = (year: number, month: number, day: number): Date => new Date(Date.UTC(year, month, day))

/** The days of a preset, seen from a day. The last one is not after that day. */
export function daysOf(preset: Preset, today: string): Days {
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number)
  switch (preset) {
    case '90 days':
      return { from: text(utc(year, month - 1, day - 89)), to: today }
    case 'This month':
      return { from: text(utc(year, month - 1, 1)), to: today }
    case 'Last month':
      return { from: text(utc(year, month - 2, 1)), to: text(utc(year, month - 1, 0)) }
    case 'This quarter':
      return { from: text(utc(year, Math.floor((month - 1) / 3) * 3, 1)), to: today }
    case 'This year':
      return { from: text(utc(year, 0, 1)), to: today }
    case 'Last year':
      return { from: text(utc(year - 1, 0, 1)), to: text(utc(year - 1, 11, 31)) }
  }
}

const isDay = (day: string | undefined): day is string =>
  day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day))

/** What the address asks for: two days, or the first preset where it says nothing that can be read. */
export function daysIn({ from, to }: { from?: string | undefined; to?: string | undefined }, today: string): Days {
  return isDay(from) && isDay(to) && from <= to ? { from, to } : daysOf('90 days', today)
}

/** The preset that these days are, if they are one. */
export const presetOf = (days: Days, today: string): Preset | undefined =>
  presets.find((preset) => {
    const { from, to } = daysOf(preset, today)
    return from === days.from && to === days.to
  })

/** How a period is cut for a picture: so that there are neither too few bars nor too many. */
export function intervalOf({ from, to }: Days): 'day' | 'week' | 'month' | 'quarter' {
  const length = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
  return length <= 31 ? 'day' : length <= 120 ? 'week' : length <= 800 ? 'month' : 'quarter'
}
