import { z } from 'zod'
import { fail } from '../../http/fault.ts'
import { type Host, header } from '../../http/speak.ts'
import { LiveFeed } from './live-feed.ts'
import { type Cursor, readCursor } from './live-page.ts'
import type { NativeSpeaker } from './speaker.ts'
import { wire } from './wire.ts'

const LiveQuery = z.strictObject({
  after: z
    .string()
    .optional()
    .meta({ description: 'From where on: the `id` of the last message heard. The header `Last-Event-ID` goes before it.' }),
})

const described = `Server-sent events. Every message has an \`id\` from which the stream can be resumed with \`Last-Event-ID\`, as browsers do by themselves:

- \`ready\`: you are connected, and hear of everything that is committed from here on. Read what you show after it.
- \`change\`: one event, as \`GET /events\` tells it.
- \`changed\`: something without a history has changed: \`{"noun"}\` is \`workspace\`, \`users\`, \`loss-reasons\`, \`custom-fields\` or \`views\`. Read it again.
- \`reset\`: you have missed too much to be told one by one. Read everything again.

A comment comes every 15 seconds. The stream ends soon after the token or session does, when the reader takes nothing for 30 seconds, and when
the server stops. Too many streams at once are answered 429.`

/** What happens in the workspace, told while it happens. */
export function liveRoutes(api: NativeSpeaker, host: Host): void {
  const feed = new LiveFeed(host)
  host.beforeClose(() => feed.close())

  api.get(
    '/live',
    {
      query: LiveQuery,
      about: {
        tag: 'Live',
        id: 'listen',
        summary: 'What happens, while it happens',
        description: 'For any member. Nothing of other workspaces is told.',
        text: { type: 'text/event-stream', description: described },
      },
    },
    async ({ scope: { workspace, user }, query, req }) => {
      const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no', connection: 'close' }
      if (req.method === 'HEAD') return { status: 200, headers }
      const from = cursorOf(header(req, 'last-event-id'), query.after)
      const isWelcome = async () => {
        const now = await wire.identify(req, host)
        return now?.workspace.id === workspace.id && now.user.id === user.id
      }
      const body = feed.open({ workspaceId: workspace.id, userId: user.id, from, isWelcome })
      return body ? { status: 200, headers, body } : fail({ kind: 'rate_limited', retryAfterSeconds: 10 })
    },
  )
}

const nowhere: Cursor = { event: Number.MAX_SAFE_INTEGER, revision: 0 }

function cursorOf(lastHeard: string | undefined, after: string | undefined): Cursor | undefined {
  // A browser that is refused does not come back, so one that has heard something else is told to begin anew.
  if (lastHeard) return readCursor(lastHeard) ?? nowhere
  if (after === undefined) return undefined
  const message = 'must be the `id` of a message of this stream'
  return readCursor(after) ?? fail({ kind: 'bad_input', where: 'query', issues: [{ path: ['after'], rule: 'format', message }] })
}
