import { Command } from 'commander'
import { nameOf } from './names.ts'
import { withOpenStore } from './open.ts'
import { examples, type StoreOptions, withStore } from './options.ts'

interface CreateOptions extends StoreOptions {
  subdomain: string
  template: string | undefined
  currency: string | undefined
  timeZone: string | undefined
  admin: string
}

export const workspaceCommand = (): Command =>
  new Command('workspace').description('Make workspaces.').addCommand(
    withStore(new Command('create').description('Make a workspace with its admin and first pipeline, and print it as JSON.'))
      .argument('<name>', 'what it is called')
      .requiredOption(
        '--subdomain <label>',
        'how it is named in addresses and by --workspace: lower-case letters, digits and hyphens',
      )
      .option('--template <dialect>', 'whose default pipeline it begins with (sell where not said)')
      .option('--currency <code>', 'ISO 4217 code of what its deals are counted in (USD where not said)')
      .option('--time-zone <name>', 'IANA name; decides which day a moment falls on (UTC where not said)')
      .option('--admin <email>', 'its first admin; somebody the store knows keeps their tokens elsewhere', 'admin@example.com')
      .addHelpText(
        'after',
        examples(
          "crmux workspace create 'Acme Ltd' --subdomain acme --currency EUR",
          'crmux workspace create Test --subdomain test --template pipedrive',
          'crmux token create --workspace acme --email ada@acme.example   # somebody to enter it',
        ),
      )
      .action(create),
  )

async function create(name: string, options: CreateOptions): Promise<void> {
  const [{ templateOf }, { createWorkspace }] = await Promise.all([import('../serve.ts'), import('../domain/template.ts')])
  const { subdomain, currency, timeZone, admin: email } = options
  await withOpenStore(options, async ({ registry }) => {
    const { workspace } = await createWorkspace(
      registry,
      { name, subdomain, currency, timeZone, template: templateOf(options.template), admin: { name: nameOf(email), email } },
      Date.now,
    )
    const shown = { ...workspace, createdAt: iso(workspace.createdAt), updatedAt: iso(workspace.updatedAt) }
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`)
  })
}

const iso = (at: number): string => new Date(at).toISOString()
