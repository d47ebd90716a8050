import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Popover } from '../ui/popover.tsx'
import { StageDot } from '../ui/small.tsx'

/** Ten hues of one lightness, to be told apart on paper and on ink. */
const colours = [
  ['#5b7fd6', 'Blue'],
  ['#3f97b8', 'Cyan'],
  ['#2f9a8c', 'Teal'],
  ['#4f9a55', 'Green'],
  ['#8a9440', 'Olive'],
  ['#b98a2e', 'Amber'],
  ['#cc7440', 'Orange'],
  ['#cf6170', 'Red'],
  ['#b567b1', 'Pink'],
  ['#8a73d0', 'Violet'],
] as const

const isHex = (text: string | null): text is string => text !== null && /^#[0-9a-f]{6}$/i.test(text)

interface ColourChoiceProps {
  of: string
  color: string | null
  onChoose: (color: string | null) => void
}

/** The colour of a stage: the line over its column, and its dot elsewhere. */
export function ColourChoice({ of, color, onChoose }: ColourChoiceProps) {
  const [own, setOwn] = useState(isHex(color) ? color : '#5b7fd6')
  return (
    <Popover
      label={`Colour of ${of}`}
      trigger={
        <Button looks={['plain', 'icon']} aria-label={`Colour of ${of}`}>
          <StageDot color={color} />
        </Button>
      }
    >
      <div className="colours">
        {colours.map(([hex, name]) => (
          <button
            key={hex}
            type="button"
            className="colour"
            aria-label={name}
            aria-pressed={color?.toLowerCase() === hex}
            title={name}
            style={{ background: hex }}
            onClick={() => onChoose(hex)}
          />
        ))}
      </div>
      <div className="colour-own">
        <input type="color" aria-label="Another colour" value={own} onChange={(event) => setOwn(event.target.value)} />
        <Button disabled={own === color} onClick={() => onChoose(own)}>
          Use this one
        </Button>
        <Button looks="plain" disabled={color === null} onClick={() => onChoose(null)}>
          None
        </Button>
      </div>
    </Popover>
  )
}
