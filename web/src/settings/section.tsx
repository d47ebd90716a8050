import type { ReactNode } from 'react'

interface SectionProps {
  title: string
  /** One or two sentences: what it is for. */
  about?: ReactNode
  /** What can be done with all of it. */
  actions?: ReactNode
  children: ReactNode
}

/** One subject of the settings. */
export const Section = ({ title, about, actions, children }: SectionProps) => (
  <section className="settings-section" aria-label={title}>
    <header>
      <div>
        <h2>{title}</h2>
        {about && <p className="secondary">{about}</p>}
      </div>
      {actions && <div className="actions">{actions}</div>}
    </header>
    {children}
  </section>
)

/** A table that is scrolled sideways where the screen is narrow, instead of the page. */
export const Table = ({ label, heads, children }: { label: string; heads: readonly string[]; children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <section className="settings-table" aria-label={`${label}, table`} tabIndex={0}>
    <table>
      <thead>
        <tr>
          {heads.map((head, nth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: heads stay as they are
            <th key={nth} scope="col">
              {head || <span className="out-of-sight">Actions</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </section>
)

/** Asked of the reader of a page who may look at it but not change it. */
export const ReadOnlyNote = ({ least }: { least: string }) => (
  <p className="secondary">You can look at this. Changing it takes the role of {least}.</p>
)
