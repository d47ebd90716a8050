import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type Query, sentence } from '../api.ts'
import { Button } from '../ui/button.tsx'
import { FaultBox, SkeletonLines } from '../ui/small.tsx'
import { csvAddress, type ReportName } from './use-reports.ts'

export interface Table {
  columns: readonly string[]
  /** Cells as they are shown; those of the first column name the row. */
  rows: readonly (readonly (string | number)[])[]
}

interface PanelProps<T> {
  title: string
  /** One sentence: what the picture says and how it is counted. */
  about: string
  name: ReportName
  query: Query
  report: UseQueryResult<T>
  /** Nothing to draw: what is said instead. */
  empty(data: T): string | undefined
  picture(data: T): ReactNode
  table(data: T): Table
  isWide?: boolean
}

/** A picture with the numbers behind it, as a table and as CSV. */
export function Panel<T>({ title, about, name, query, report, empty, picture, table, isWide }: PanelProps<T>) {
  const [asTable, setAsTable] = useState(false)
  const { data, error } = report
  const nothing = data === undefined ? undefined : empty(data)
  return (
    <section className="insight" data-wide={isWide ? '' : undefined} aria-label={title}>
      <header className="insight-head">
        <h2>{title}</h2>
        <span className="insight-space" />
        <Button aria-pressed={asTable} disabled={data === undefined} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Picture' : 'Table'}
        </Button>
        <a className="insight-csv" href={csvAddress(name, query)} download={`${name}.csv`}>
          CSV
        </a>
      </header>
      <p className="secondary insight-about">{about}</p>
      <div className="insight-body" data-stale={report.isPlaceholderData ? '' : undefined}>
        {data === undefined ? (
          error ? (
            <FaultBox>{sentence(error)}</FaultBox>
          ) : (
            <SkeletonLines lines={4} />
          )
        ) : nothing !== undefined ? (
          <p className="secondary insight-nothing">{nothing}</p>
        ) : asTable ? (
          <NumbersTable title={title} {...table(data)} />
        ) : (
          picture(data)
        )}
      </div>
    </section>
  )
}

const NumbersTable = ({ title, columns, rows }: Table & { title: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <div className="insight-table" tabIndex={0}>
    <table>
      <caption className="out-of-sight">{title}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.slice(0, 3).join(' ')}>
            {row.map((cell, index) =>
              index === 0 ? (
                <th key={columns[index]} scope="row">
                  {cell}
                </th>
              ) : (
                <td key={columns[index]}>{cell}</td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
