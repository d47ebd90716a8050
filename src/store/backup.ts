import { renameSync, rmSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'

/** Pages per step: small enough to report on, large enough not to be felt. */
const pagesPerStep = 2000

/**
 * Copies a SQLite store while others read and write it. The copy is of one moment, is checked, and takes its name only when it is whole,
 * so that what bears the name can be relied on. Returns its size in bytes.
 */
export async function backupStore(
  file: string,
  target: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<number> {
  const partial = `${target}.partial`
  const source = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    // An open read holds the moment. Without it every commit of a running server would begin the copy anew.
    source.exec('begin')
    source.prepare('select count(*) from sqlite_schema').get()
    rmSync(partial, { force: true })
    await backup(source, partial, {
      rate: pagesPerStep,
      progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
    })
    const size = checked(partial)
    renameSync(partial, target)
    return size
  } finally {
    source.close()
    rmSync(partial, { force: true })
  }
}

/** Asks that the copy is sound and makes it one file, which needs nothing beside it. */
function checked(file: string): number {
  const copy = new DatabaseSync(file)
  try {
    copy.exec('pragma journal_mode = delete')
    const answer = copy.prepare('pragma quick_check(1)').get()?.quick_check
    if (answer !== 'ok') throw new Error(`the copy is damaged: ${answer}`)
    const row = copy.prepare('select page_count * page_size as bytes from pragma_page_count, pragma_page_size').get()
    return Number(row?.bytes)
  } finally {
    copy.close()
  }
}
