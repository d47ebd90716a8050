import { Command, Option } from 'commander'
import { type Role, roles } from '../domain/user.ts'
import { chooseWorkspace, requireStore, withOpenStore } from './open.ts'
import { examples, reading, type StoreOptions, withWorkspace } from './options.ts'

interface InviteOptions extends StoreOptions {
  workspace: string | undefined
  email: string
  role: Role | undefined
  name: string | undefined
  url: string
}

export const inviteCommand = (): Command =>
  withWorkspace(
    new Command('invite').description(
      'Make a link with which somebody sets name and password and is signed in, and print it, and nothing else. ' +
        'It is good once, for 7 days; also for a member who has forgotten the password.',
    ),
  )
    .requiredOption('--email <address>', 'whom to invite')
    .addOption(
      new Option('--role <role>', 'what somebody new may do; member where not said, a member keeps theirs').choices(roles),
    )
    .option('--name <name>', 'what to call them until they say so themselves')
    .addOption(
      new Option('--url <origin>', 'where the board is reached')
        .env('CRMUX_URL')
        .default('http://127.0.0.1:8080')
        .argParser(reading(readOrigin)),
    )
    .addHelpText(
      'after',
      examples(
        'crmux invite --email admin@example.com   # a new link for the first admin',
        'crmux invite --workspace acme --email ada@acme.example --role manager --url https://crm.acme.example',
      ),
    )
    .action(run)

function readOrigin(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new Error(`it takes an address like https://crm.example, not '${text}'`)
  return new URL(text).origin
}

async function run({ email, role, name, url, ...options }: InviteOptions): Promise<void> {
  requireStore(options)
  const { inviteAsOperator } = await import('../domain/invitation.ts')
  await withOpenStore(options, async ({ registry }) => {
    const { id } = await chooseWorkspace(registry, options.workspace)
    const { secret } = await inviteAsOperator(registry.of(id), { email, role, name }, Date.now())
    process.stdout.write(`${url}/welcome#${secret}\n`)
  })
}
