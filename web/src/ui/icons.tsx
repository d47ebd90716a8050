/** The few pictures that are shorter than their word. Drawn on a 16 px grid in the ink of what is around them. */
const paths = {
  plus: 'M8 3v10M3 8h10',
  more: 'M3.500 8h.01M8 8h.01M12.500 8h.01',
  close: 'M4 4l8 8M12 4l-8 8',
  down: 'M4 6l4 4 4-4',
  left: 'M10 4L6 8l4 4',
  right: 'M6 4l4 4-4 4',
  up: 'M4 10l4-4 4 4',
  filter: 'M2.500 4h11M4.500 8h7M6.500 12h3',
  search: 'M7 11.500a4.500 4.500 0 100-9 4.500 4.500 0 000 9zM10.500 10.500L14 14',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  grip: 'M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01',
  menu: 'M2.500 4h11M2.500 8h11M2.500 12h11',
  clock: 'M8 14A6 6 0 108 2a6 6 0 000 12zM8 5v3l2 1.500',
  copy: 'M6 6V3h7v7h-3M3 6h7v7H3z',
} as const

export type IconName = keyof typeof paths

export const Icon = ({ name }: { name: IconName }) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' || name === 'grip' ? 2 : 1.5}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={paths[name]} />
  </svg>
)
