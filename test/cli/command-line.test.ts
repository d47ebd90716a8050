import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { everyCommand, program } from '../../src/cli/program.ts'

const intro = `# The command line

In a checkout \`npm run -s crmux -- COMMAND …\`, where the package is installed \`crmux COMMAND …\`; \`npm start -- …\` is \`crmux serve …\`. Every command works while
servers run on the same store, and they see its effect at once. Answers go to standard output, complaints and progress to standard error.

This page is the help of the commands themselves; a test keeps it so (\`npm test -- test/cli/command-line.test.ts -u\` writes it anew).
`

const anchor = (name: string) => name.replaceAll(' ', '-')

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
}

/** A command's help as it is printed, to a width that a page can hold. */
function helpOf(command: Command): string {
  let text = ''
  command
    .configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 118, getOutHasColors: () => false })
    .outputHelp()
  return text
}

test('docs/command-line.md is the help of every command', async () => {
  const commands = everyCommand(program()).filter((command) => command.commands.length === 0)
  const contents = commands.map((command) => `- [\`${nameOf(command)}\`](#${anchor(nameOf(command))})`).join('\n')
  const sections = commands.map((command) => `## ${nameOf(command)}\n\n\`\`\`text\n${helpOf(command).trim()}\n\`\`\`\n`)
  await expect([intro, `${contents}\n`, ...sections].join('\n')).toMatchFileSnapshot(
    join(import.meta.dirname, '../../docs/command-line.md'),
  )
})
