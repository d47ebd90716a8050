import type { ReactNode } from 'react'
import { moment, money, when } from '../format.ts'

/** The shape of what comes. Widths differ, as words do. */
export const Skeleton = ({ width = '100%', height }: { width?: string; height?: number }) => (
  <span className="skeleton" style={{ width, ...(height === undefined ? {} : { height }) }} />
)

/** So many lines of what comes, told once to those who listen. */
export const SkeletonLines = ({ lines = 3 }: { lines?: number }) => (
  <div role="status" aria-label="Loading" style={{ display: 'grid', gap: 12 }}>
    {Array.from({ length: lines }, (_, nth) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines have nothing else that tells them apart, and never change
      <Skeleton key={nth} width={`${90 - ((nth * 23) % 50)}%`} />
    ))}
  </div>
)

/** Says what a place is for while nothing is in it, and what to do. */
export const EmptyState = ({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) => (
  <div className="empty">
    <h2>{title}</h2>
    {children && <p>{children}</p>}
    {actions && <div className="actions">{actions}</div>}
  </div>
)

export const Money = ({ value, currency }: { value: string; currency: string }) => (
  <span className="number">{money(value, currency)}</span>
)

/** A moment as people say it, with the whole of it on hover. */
export const When = ({ at }: { at: string }) => (
  <time dateTime={at} title={moment(at)}>
    {when(at)}
  </time>
)

/** Two letters for a name: `Ada Lovelace` is `AL`. */
export const initials = (name: string): string => {
  const words = name.split(/[\s@._-]+/).filter(Boolean)
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : undefined]
  return `${[...first][0] ?? '?'}${[...last][0] ?? ''}`.toUpperCase()
}

export const Avatar = ({ name }: { name: string }) => (
  <span className="avatar" role="img" aria-label={name} title={name}>
    {initials(name)}
  </span>
)

/** The first colour that a browser understands is the stage's own; names of other vendors mean nothing to it and stay grey. */
export const StageDot = ({ color }: { color: string | null }) => (
  <span className="dot" style={color === null ? {} : { background: color }} />
)

export const FaultBox = ({ children }: { children: ReactNode }) => (
  <div className="fault-box" role="alert">
    {children}
  </div>
)
