import { Command, Option } from 'commander'
import { type Role, roles } from '../domain/user.ts'
import { Failure } from './failure.ts'
import { nameOf } from './names.ts'
import { adminScope, chooseWorkspace, requireStore, withOpenStore } from './open.ts'
import { examples, reading, type StoreOptions, withStore, withWorkspace } from './options.ts'

interface WorkspaceOptions extends StoreOptions {
  workspace: string | undefined
}

interface CreateOptions extends WorkspaceOptions {
  email: string
  role: Role | undefined
  expires: number | undefined
  name: string | undefined
  label: string
}

export const tokenCommand = (): Command =>
  new Command('token')
    .description('Make, list and revoke the tokens that let people and integrations in.')
    .addCommand(
      withWorkspace(new Command('create').description('Make a token and print it, and nothing else. Its user is made where new.'))
        .requiredOption('--email <address>', 'whose token')
        .addOption(new Option('--role <role>', 'what a new user may do; admin where not said').choices(roles))
        .option('--name <name>', "a new user's name; made from the address where not said")
        .option('--expires <duration>', 'when it ends: 12h, 30d, 8w; never where not said', reading(readDuration))
        .option('--label <text>', 'what it is for, as token list shows it', 'command line')
        .addHelpText(
          'after',
          examples(
            'crmux token create --workspace main --email ada@example.com',
            'crmux token create --workspace main --email zapier@example.com --role member --expires 30d --label Zapier',
          ),
        )
        .action(create),
    )
    .addCommand(
      withWorkspace(
        new Command('list').description(
          'List tokens: id, user, role, label, last use, end. The secrets are not kept and cannot be shown.',
        ),
      )
        .option('--json', 'a JSON object a line')
        .addHelpText('after', examples('crmux token list', 'crmux token list --workspace main --json'))
        .action(list),
    )
    .addCommand(
      withStore(new Command('revoke').description('End a token at once, also on a running server.'))
        .argument('<token>', 'its id from token list, or the token itself')
        .addHelpText('after', examples('crmux token revoke 7'))
        .action(revoke),
    )

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `30d` in milliseconds. */
function readDuration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  const ms = Number(count) * (units[unit] ?? Number.NaN)
  if (!(ms > 0)) throw new Error('It takes a number and m, h, d or w, for example 30d.')
  return ms
}

async function create(options: CreateOptions): Promise<void> {
  requireStore(options)
  const { createToken, addMember, requireEmail } = await import('../domain/user.ts')
  await withOpenStore(options, async ({ registry }) => {
    const workspace = await chooseWorkspace(registry, options.workspace)
    const email = requireEmail(options.email)
    const secret = await registry.transaction(async (tx) => {
      const scope = await adminScope(tx, workspace, 'native')
      const known = await scope.store.members.byEmail(email)
      if (known && options.role !== undefined && known.role !== options.role) {
        throw new Failure(
          `${email} is ${known.role} in '${workspace.subdomain}' already. Leave --role out, or give the token to another address.`,
        )
      }
      if (known && !known.isActive)
        throw new Failure(`${email} has left '${workspace.subdomain}'. Make the user active again, or give another address.`)
      const user =
        known ?? (await addMember(scope, { name: options.name ?? nameOf(email), email, role: options.role ?? 'admin' }))
      const expiresAt = options.expires === undefined ? null : scope.now() + options.expires
      return (await createToken(scope, { userId: user.id, label: options.label, expiresAt })).secret
    })
    process.stdout.write(`${secret}\n`)
  })
}

async function list(options: WorkspaceOptions & { json: boolean | undefined }): Promise<void> {
  requireStore(options)
  const { listTokens } = await import('../domain/user.ts')
  await withOpenStore(options, async ({ registry }) => {
    const all = await registry.workspaces()
    const workspaces = options.workspace === undefined ? all : [await chooseWorkspace(registry, options.workspace)]
    for (const workspace of workspaces) {
      const scope = await adminScope(registry, workspace, 'native')
      let after: { value: number; id: number } | undefined
      do {
        const page = await listTokens(scope, { limit: 500, after })
        for (const token of page.items) {
          const user = await scope.store.members.get(token.userId)
          const row = {
            id: token.id,
            workspace: workspace.subdomain,
            email: user?.email ?? '',
            role: user?.role ?? '',
            label: token.label,
            created: day(token.createdAt),
            lastUsed: day(token.lastUsedAt),
            expires: day(token.expiresAt),
            state: stateOf(token, scope.now()),
          }
          process.stdout.write(options.json ? `${JSON.stringify(row)}\n` : `${line(row)}\n`)
        }
        after = page.next === null ? undefined : { value: page.next.id, id: page.next.id }
      } while (after)
    }
  })
}

const day = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const stateOf = (token: { revokedAt: number | null; expiresAt: number | null }, now: number): string =>
  token.revokedAt !== null ? 'revoked' : token.expiresAt !== null && token.expiresAt <= now ? 'expired' : 'valid'

const line = (row: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(row)
    .map(([name, value]) => (name === 'id' ? String(value).padStart(5) : `${value ?? '-'}`.padEnd(name === 'email' ? 28 : 10)))
    .join('  ')
    .trimEnd()

async function revoke(token: string, options: StoreOptions): Promise<void> {
  requireStore(options)
  const { revokeToken } = await import('../domain/user.ts')
  await withOpenStore(options, async ({ registry }) => {
    const credential = /^[0-9a-f]{64}$/i.test(token) ? await registry.authenticate(token.toLowerCase(), Date.now()) : undefined
    const id = credential?.tokenId ?? Number(token)
    for (const workspace of await registry.workspaces()) {
      const scope = await adminScope(registry, workspace, 'native')
      if (!Number.isSafeInteger(id) || !(await scope.store.tokens.get(id))) continue
      await revokeToken(scope, id)
      process.stdout.write(`Token ${id} of workspace '${workspace.subdomain}' is revoked.\n`)
      return
    }
    throw new Failure('There is no such token, or it has ended already. crmux token list shows those there are.')
  })
}
