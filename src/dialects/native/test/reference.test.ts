import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, request, type TestApp } from '../../../../test/support/app.ts'
import { coverage } from '../coverage.ts'
import type { Body } from './client.ts'

let app: TestApp
let document: Body
beforeAll(async () => {
  app = await openTestApp({ own: ['native'] })
  document = (await request(`${app.origin}/api/v1/openapi.json`)).body
})
afterAll(() => app.close())

interface Operation {
  method: string
  path: string
  about: Body
}

const operations = (): Operation[] =>
  Object.entries<Body>(document.paths).flatMap(([path, item]) =>
    Object.entries<Body>(item).map(([method, about]) => ({ method: method.toUpperCase(), path, about })),
  )

const routes = () => app.server.routes.filter(({ dialect }) => dialect === 'native').map(({ method, url }) => `${method} ${url}`)

describe('native: the OpenAPI document', () => {
  test('needs no token and is valid OpenAPI 3.1', async () => {
    const { status, headers } = await request(`${app.origin}/api/v1/openapi.json`)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
    const result = await new Validator().validate(structuredClone(document))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
    expect(document.openapi).toBe('3.1.0')
  })

  test('has an operation for every route and a route for every operation, and so has the coverage', () => {
    const told = operations().map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`)
    expect(told.sort()).toEqual(routes().sort())
    expect(coverage.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(routes().sort())
  })

  test('names every operation once, sums it up, tags it and says how it is refused', () => {
    const ids = operations().map(({ about }) => about.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = document.tags.map(({ name }: Body) => name)
    for (const { method, path, about } of operations()) {
      const where = `${method} ${path}`
      expect(about.summary, where).toMatch(/^[A-Z]/)
      expect(about.tags, where).toHaveLength(1)
      expect(tags, where).toContain(about.tags[0])
      // Who has an invitation needs nothing else.
      if (path !== '/openapi.json' && !path.startsWith('/welcome')) expect(about.responses, where).toHaveProperty('401')
      for (const [status, answer] of Object.entries<Body>(about.responses).filter(([status]) => Number(status) >= 400))
        expect(answer.content['application/problem+json'].example.status, where).toBe(Number(status))
    }
  })

  test('describes every parameter and every field', () => {
    const missing = new Set<string>()
    const look = (where: string, schema: Body): void => {
      for (const [name, field] of Object.entries<Body>(schema?.properties ?? {})) {
        if (!(field.description ?? field.$ref ?? field.items?.$ref)) missing.add(`${where}.${name}`)
        look(`${where}.${name}`, field)
        look(`${where}.${name}`, field.items)
      }
    }
    for (const { method, path, about } of operations()) {
      for (const { name, description } of about.parameters ?? []) if (!description) missing.add(`${method} ${path} ?${name}`)
      look(`${method} ${path}`, about.requestBody?.content['application/json'].schema)
    }
    for (const [name, schema] of Object.entries<Body>(document.components.schemas)) look(name, schema)
    expect([...missing]).toEqual([])
  })

  test('says where it is served: under the prefix, or at the root of its own port', async () => {
    expect(document.servers).toEqual([{ url: '/api/v1' }])
    const own = (await request(`http://127.0.0.1:${app.own.native}/openapi.json`)).body as Body
    expect(own.servers).toEqual([{ url: '/' }])
  })

  test('an answer is as its schema says', async () => {
    const { z } = await import('zod')
    const { DealJson } = await import('../deals.ts')
    const { BoardJson } = await import('../board.ts')
    const ws = await app.workspace()
    const headers = { authorization: `Bearer ${ws.token}` }
    const get = async (path: string) => (await request(`${app.origin}/api/v1${path}`, { headers })).body as Body
    await request(`${app.origin}/api/v1/deals`, { method: 'POST', headers, body: { title: 'Deal', tags: ['a'] } })
    const [deal] = (await get('/deals')).data
    expect(z.strictObject(DealJson.shape).safeParse(deal).error).toBeUndefined()
    expect(BoardJson.safeParse((await get(`/pipelines/${deal.pipelineId}/board`)).data).error).toBeUndefined()
  })
})
