import { z } from 'zod'
import { words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { whole } from './wire.ts'

export type ApiJson = z.output<typeof ApiJson>
export const ApiJson = z
  .object({
    name: words('As in `--listen NAME=PORT`, in `NAME.localhost` and in events.'),
    title: words('What it is called.'),
    prefix: z.string().meta({ description: 'Where it begins on this server’s main port.', example: '/pipedrive' }),
    hosts: z.array(z.string()).meta({ description: 'Hosts that name it without the prefix; `*.` stands for one label.' }),
    port: z.int().nullable().meta({ description: 'Its own port, where it begins without the prefix; null: it has none.' }),
    sample: z
      .object({
        path: words('Below the prefix.'),
        headers: z.record(z.string(), z.string()).meta({
          description:
            'What it needs. `{token}` stands for a token, `{workspace.id}` and `{workspace.uuid}` for the workspace’s.',
        }),
      })
      .meta({ description: 'A reading call to try it with.' }),
  })
  .meta({ id: 'Api', description: 'One of the APIs that this server speaks.' })

/** Which APIs are here, for people who connect something. */
export function apiRoutes(api: NativeSpeaker): void {
  api.get(
    '/apis',
    {
      about: {
        tag: 'Account',
        id: 'listApis',
        summary: 'The APIs of this server',
        description: 'Where each begins, and a call to try it with.',
        list: ApiJson,
      },
    },
    async ({ host }) =>
      whole(
        host.apis.map(
          ({ name, title, prefix, hosts, port, sample }): ApiJson => ({
            name,
            title,
            prefix,
            hosts: [...hosts],
            port,
            sample: { path: sample.path, headers: { ...sample.headers } },
          }),
        ),
      ),
  )
}
