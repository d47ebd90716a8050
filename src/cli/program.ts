import { Command, CommanderError } from 'commander'
import { backupCommand } from './backup.ts'
import { copyCommand } from './copy.ts'
import { doctorCommand } from './doctor.ts'
import { exportCommand } from './export.ts'
import { exitCodes, explain } from './failure.ts'
import { importCommand } from './import.ts'
import { inviteCommand } from './invite.ts'
import { serveCommand } from './serve.ts'
import { tokenCommand } from './token.ts'
import { undoCommand } from './undo.ts'
import { workspaceCommand } from './workspace.ts'

/** Every command with its flags. What a command does is loaded only when it runs, so that help and a server come up at once. */
export function program(): Command {
  const crmux = new Command('crmux')
    .description('One sales pipeline that answers in five CRM dialects.')
    .addHelpText('after', `\n${exitCodes}\nEach command has its own help with examples: crmux COMMAND --help`)
    .showHelpAfterError('(add --help for what can be said here)')
  const commands = [
    serveCommand,
    workspaceCommand,
    tokenCommand,
    inviteCommand,
    importCommand,
    exportCommand,
    undoCommand,
    doctorCommand,
    backupCommand,
    copyCommand,
  ]
  for (const command of commands) crmux.addCommand(command())
  for (const command of everyCommand(crmux)) {
    command.exitOverride().helpOption('--help', 'what can be said here').helpCommand(false).copyInheritedSettings(crmux)
  }
  return crmux
}

/** The command and all below it. */
export const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)]

/** Runs one command line and sets the exit code. */
export async function run(args: readonly string[]): Promise<void> {
  // A variable that is set to nothing, as in `CRMUX_TOKEN=` of an .env file, is one that is not set.
  for (const [name, value] of Object.entries(process.env)) {
    if (value === '' && /^CRMUX_|^DATABASE_URL$/.test(name)) delete process.env[name]
  }
  // Whoever reads may have seen enough, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  try {
    await program().parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2
      return
    }
    const { message, exitCode } = explain(error)
    process.stderr.write(`${message}\n`)
    process.exitCode = exitCode
  }
}
