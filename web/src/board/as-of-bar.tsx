import { dayInMs, day as dayText, today } from '../format.ts'
import { Button } from '../ui/button.tsx'
import './as-of.css'

/** So far back the slider reaches; the field beside it reaches any day. */
const reach = 365

const daysBefore = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - days * dayInMs).toISOString().slice(0, 10)
const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / dayInMs)

export const isDay = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

/** Where in time the board is looked at. */
export function AsOfBar({ day, onDay }: { day: string; onDay: (day: string | undefined) => void }) {
  const now = today()
  const back = Math.min(reach, Math.max(0, daysBetween(day, now)))
  return (
    <fieldset className="as-of-bar">
      <legend className="out-of-sight">The board as it was</legend>
      <input
        type="range"
        min={0}
        max={reach}
        value={reach - back}
        aria-label="Days back"
        aria-valuetext={dayText(day)}
        onChange={(event) => onDay(daysBefore(now, reach - Number(event.target.value)))}
      />
      <input
        className="input"
        type="date"
        aria-label="As of"
        value={day}
        max={now}
        onChange={(event) => event.target.value && onDay(event.target.value)}
      />
      <Button onClick={() => onDay(undefined)}>Back to now</Button>
    </fieldset>
  )
}

/** Yesterday: where a look back begins. */
export const yesterday = (): string => daysBefore(today(), 1)
