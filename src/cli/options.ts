import { type Command, InvalidArgumentError, Option } from 'commander'

/** Where the store is: every command takes it as `serve` does. */
export interface StoreOptions {
  data: string
  databaseUrl: string | undefined
}

/** A command that works on a store. */
export const withStore = (command: Command): Command =>
  command
    .addOption(new Option('--data <dir>', 'directory of the SQLite store').env('CRMUX_DATA').default('./data'))
    .addOption(new Option('--database-url <url>', 'a PostgreSQL database instead').env('DATABASE_URL'))

/** A command that works in one workspace. */
export const withWorkspace = (command: Command): Command =>
  withStore(command).option('--workspace <subdomain>', 'whose; not needed while the store has only one')

/** Turns a reader that throws into a usage error that names the flag. */
export const reading =
  <T>(read: (text: string) => T) =>
  (text: string): T => {
    try {
      return read(text)
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
    }
  }

export const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`

/** `a=b,"c, d"=e,f` as pairs; what has no `=` has no second part. */
export function readPairs(text: string): [string, string | undefined][] {
  const pairs: [string, string | undefined][] = []
  for (const match of text.matchAll(/\s*(?:"([^"]*)"|([^=,]*))(?:=(?:"([^"]*)"|([^,]*)))?(?:,|$)/g)) {
    const [name, value] = [match[1] ?? match[2] ?? '', match[3] ?? match[4]].map((part) => part?.trim())
    if (name) pairs.push([name, value])
  }
  return pairs
}
