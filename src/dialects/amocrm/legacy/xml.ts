/** A JSON document as the first generation writes XML: members are elements, and the rows of `accounts` are each an `account`. */
export const xml = (root: string, value: object): string => `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, value)}\n`

function element(name: string, value: unknown): string {
  if (Array.isArray(value)) return `<${name}>${value.map((row) => element(name.replace(/s$/, ''), row)).join('')}</${name}>`
  if (typeof value === 'object' && value !== null)
    return `<${name}>${Object.entries(value)
      .map(([key, inner]) => element(key, inner))
      .join('')}</${name}>`
  return `<${name}>${escaped(String(value ?? ''))}</${name}>`
}

/** Characters that XML 1.0 cannot hold at all are left out. */
const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
