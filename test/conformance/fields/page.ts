import type { Standing } from './observe.ts'

export interface Table {
  title: string
  fields: readonly string[]
  columns: readonly { name: string; standings: ReadonlyMap<string, Standing> }[]
}

/** The page that shows what each dialect can say of each field. */
export const pageOf = (tables: readonly Table[]): string => `${[intro, ...tables.map(section)].join('\n\n')}\n`

const intro = `# Fields by dialect

What each dialect can say of each field of the model. This page is written by \`npm run docs\` from what the tests observe over the
wire (\`test/conformance/fields\`): a field is changed in the domain, and what then differs in a dialect’s answer shows it; each such
member is sent back through the dialect’s own write, and the record tells what it kept. In every one of these writes the fields that it
does not speak of stay as they are.

| Word | Meaning |
| --- | --- |
| stored | a write through the dialect sets the field exactly |
| rounded | a write sets it, but coarser than the model keeps it |
| derived | the dialect shows it, or something that follows from it; changing a record that is there does not set it |
| absent | the dialect has no word for it; what others wrote stays |

Ids are given by the system. Every dialect’s own extras (what only that vendor knows) are seen by none of the others.`

const section = ({ title, fields, columns }: Table): string => {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const lines = fields.map((field) => row([`\`${field}\``, ...columns.map(({ standings }) => standings.get(field) ?? '')]))
  return [
    `## ${title}\n`,
    row(['Field', ...columns.map(({ name }) => name)]),
    row(['---', ...columns.map(() => '---')]),
    ...lines,
  ].join('\n')
}
