import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { ZodOpenApiObject, ZodOpenApiOperationObject, ZodOpenApiParameters, ZodOpenApiResponsesObject } from 'zod-openapi'
import type { Fault } from '../../http/fault.ts'
import { type Host, originOf, type Route } from '../../http/speak.ts'
import { DealJson } from './deals.ts'
import { problemOf } from './problem.ts'
import { ProblemJson } from './problem-json.ts'
import { type About, type Spec, tags } from './speaker.ts'

/** The OpenAPI document, made from the routes and the very schemas that check their requests. */

interface NativeRoute extends Route {
  spec: Spec
}

/** Where the document is. It needs no token and is made when it is first asked for, once for each way of reaching it. */
export function referenceRoute(app: FastifyInstance, host: Host): void {
  const about: About = {
    tag: 'Account',
    id: 'getReference',
    summary: 'This document',
    answer: z.looseObject({ openapi: z.string() }),
    open: true,
  }
  host.routes.push({ dialect: 'native', method: 'GET', url: '/openapi.json', spec: { about } })
  const made = new Map<string, Buffer>()

  app.get('/openapi.json', async (req, reply) => {
    const server = new URL(originOf(req)).pathname
    let bytes = made.get(server)
    if (!bytes) {
      bytes = Buffer.from(JSON.stringify(await documentOf(host, server)))
      made.set(server, bytes)
    }
    return reply.headers({ 'content-type': 'application/json', 'cache-control': 'no-cache' }).send(bytes)
  })
}

async function documentOf(host: Host, server: string) {
  const { createDocument } = await import('zod-openapi')
  // Every route of this dialect was opened by `speakNative` or above, so it has an `about`.
  const routes = host.routes.filter(({ dialect }) => dialect === 'native') as NativeRoute[]
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const route of routes) {
    const path = route.url.replace(/:([A-Za-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'crmux',
      version: '1',
      description: introduction,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: server }],
    security: [{ token: [] }, { session: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of a member: 64 hexadecimal characters.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'crmux_session',
          description:
            'Somebody who signed in. Writes are only taken from the page of this server, by `Sec-Fetch-Site` or `Origin`.',
        },
      },
    },
  }
  return createDocument(document, { override: ({ jsonSchema }) => tidy(jsonSchema) })
}

/**
 * Zod bounds whole numbers to those that JavaScript counts exactly: true of every JSON number, and no news to a reader. And what is
 * said of a value is said of it when it may be null, too.
 */
function tidy(schema: { minimum?: unknown; maximum?: unknown; description?: string; anyOf?: unknown[] }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  const [first] = (schema.anyOf ?? []) as { description?: string }[]
  if (schema.description === undefined && first?.description !== undefined) {
    schema.description = first.description
    delete first.description
  }
}

const introduction = `One sales pipeline over HTTP, whole.

**Values.** Times are RFC 3339 in UTC with milliseconds, days are \`YYYY-MM-DD\`. Money is a whole number of minor units (\`amount\`: cents for USD,
yen for JPY) with an ISO 4217 \`currency\`; \`value\` says the same in major units as decimal text.

**Lists** answer \`{ "data": […], "next": … }\`. Send \`next\` back as \`cursor\` for the page that follows; null is the end. A parameter or field that
is not known is refused, never ignored.

**Roles.** Viewers read; members also write deals, contacts and companies; managers also pipelines, stages, loss reasons and custom fields;
admins everything.

**Errors** are problems (RFC 9457, \`application/problem+json\`): \`type\` for programs, \`detail\` for people, \`errors\` field by field,
and \`instance\` names the request in the server's log. Beside what each operation lists, any may be answered 413 or 414 (too large),
415 (not JSON) and 503 (the store cannot take it now; nothing was changed).

**Careful writes.** A deal's answers carry an \`ETag\`, its version. Send it as \`If-Match\` and the write is refused (412) if the deal has changed in the
meantime. Send an \`Idempotency-Key\` with a POST, and it can be sent again without being done again, for a day.`

function operationOf({ method, spec }: NativeRoute): ZodOpenApiOperationObject {
  const { about, params, query, body } = spec
  const described = about.body ?? body
  const role = about.role ? `Needs the role \`${about.role}\` or a higher one.` : undefined
  return {
    operationId: about.id,
    tags: [about.tag],
    summary: about.summary,
    description: [about.description, role].filter((part) => part !== undefined).join(' '),
    ...(about.open ? { security: [] } : {}),
    requestParams: {
      ...(params instanceof z.ZodObject ? { path: params } : {}),
      ...(query instanceof z.ZodObject ? { query } : {}),
      ...headersOf(method, about),
    } as ZodOpenApiParameters,
    ...(described === undefined
      ? {}
      : {
          requestBody: {
            required: !described.safeParse(undefined).success,
            content: { 'application/json': { schema: described } },
          },
        }),
    responses: answersOf(method, spec),
  }
}

const ifMatch = z
  .string()
  .optional()
  .meta({ description: 'The entity tag that the deal must still have; otherwise 412.', example: '"7"' })
const ifNoneMatch = z.string().optional().meta({ description: 'The entity tag that is known already; then 304.', example: '"7"' })
const idempotencyKey = z.string().optional().meta({
  description: '1 to 255 characters of your choosing. The same request with the same key is done once and answered twice.',
})

function headersOf(method: string, { tagged, open, once }: About): { header?: z.ZodObject } {
  if (method === 'GET') return tagged && !open ? { header: z.object({ 'If-None-Match': ifNoneMatch }) } : {}
  const shape = {
    ...(tagged ? { 'If-Match': ifMatch } : {}),
    ...(method === 'POST' && !open && !once ? { 'Idempotency-Key': idempotencyKey } : {}),
  }
  return Object.keys(shape).length === 0 ? {} : { header: z.object(shape) }
}

/** A refusal of each status, as it is really answered. */
const refusals: Readonly<Record<number, { description: string; fault: Fault }>> = {
  400: {
    description: 'The request cannot be read, or a parameter is not as it should be.',
    fault: {
      kind: 'bad_input',
      where: 'query',
      issues: [{ path: ['limit'], rule: 'range', min: 1, max: 200, message: '' }],
    },
  },
  401: {
    description: 'Nobody is signed in, and there is no token that is known and has not ended.',
    fault: { kind: 'unauthenticated' },
  },
  403: { description: 'Your role does not allow it.', fault: { kind: 'forbidden' } },
  404: { description: 'There is no such record in your workspace.', fault: { kind: 'not_found', what: 'deal' } },
  409: {
    description: 'It would break a rule of the model; `type` says which.',
    fault: { kind: 'conflict', rule: 'stage_in_use' },
  },
  429: {
    description: 'Too many attempts failed; `Retry-After` says when the next is heard.',
    fault: { kind: 'rate_limited', retryAfterSeconds: 30 },
  },
  412: { description: 'The deal has changed in the meantime.', fault: { kind: 'stale', version: 8 } },
  422: {
    description: 'A field is not as it should be; `errors` says which.',
    fault: { kind: 'invalid', issues: [{ field: 'ownerId', rule: 'not_found' }] },
  },
}

function answersOf(method: string, { about, params, query, body }: Spec): ZodOpenApiResponsesObject {
  const hasParameters = query instanceof z.ZodObject && Object.keys(query.shape).length > 0
  const statuses = [
    ...(hasParameters || body ? [400] : []),
    ...(about.open ? [] : [401]),
    ...(about.role ? [403] : []),
    ...(params ? [404] : []),
    ...(method !== 'GET' && about.tagged ? [412] : []),
    ...(body ? [422] : []),
    ...(about.problems ?? []),
  ].sort()
  return { ...successOf(method, about), ...Object.fromEntries(statuses.map((status) => [status, refusal(status)])) }
}

function refusal(status: number) {
  const { description = 'Refused.', fault = { kind: 'bug' } as const } = refusals[status] ?? {}
  const example = { ...problemOf(fault), instance: 'urn:uuid:619cbcc4-a920-46d6-bba5-5e01cd17aaa7' }
  return { description, content: { 'application/problem+json': { schema: ProblemJson, example } } }
}

function successOf(method: string, { one, made, list, answer, begins, text, tagged }: About): ZodOpenApiResponsesObject {
  if (text) return { 200: { description: text.description, content: { [text.type]: { schema: { type: 'string' } } } } }
  const record = one ?? made
  const schema = answer ?? begins ?? (record && z.object({ data: record })) ?? (list && z.object({ data: z.array(list), next }))
  if (!schema) return { 204: { description: 'Done.' } }
  const isTagged = tagged || made === DealJson
  const content = {
    content: { 'application/json': { schema } },
    headers: { ...(isTagged ? { ETag: entityTag } : {}), ...(made ? { Location: location } : {}) },
  }
  if (made) return { 201: { description: 'Made.', ...content } }
  if (begins) return { 201: { description: 'Begun; `Set-Cookie` says so from now on.', ...content } }
  const known = method === 'GET' && tagged ? { 304: { description: 'It is as you know it.' } } : {}
  return { 200: { description: method === 'GET' ? 'Found.' : 'Done.', ...content }, ...known }
}

const next = z.string().nullable().meta({ description: 'The cursor of the next page; null at the end.' })
const entityTag = { description: 'The version, quoted.', example: '"7"', schema: { type: 'string' } } as const
const location = { description: 'Where it is found.', schema: { type: 'string', format: 'uri' } } as const
