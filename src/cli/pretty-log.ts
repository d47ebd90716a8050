/** Log lines for people at a terminal: time, level where it matters, what happened, and what is known about it. */
export const prettyLog = (out: { write(text: string): unknown }) => ({
  write(line: string): void {
    const { level, time, msg, dialect, method, path, route, status, ms, ...rest } = JSON.parse(line)
    const what = method === undefined ? msg : `${method} ${path} ${status} ${ms} ms  ${dialect}`
    const more = Object.keys(rest).length === 0 || method !== undefined ? '' : `  ${JSON.stringify(rest)}`
    const mark = level === 'info' ? '' : `${String(level).toUpperCase()} `
    out.write(`${String(time).slice(11, 19)} ${mark}${what}${more}\n`)
  },
})
