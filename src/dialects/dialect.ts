import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Template } from '../domain/template.ts'
import type { Fault } from '../http/fault.ts'
import type { Answer, Host, Method } from '../http/speak.ts'
import type { Webhooks } from './webhooks.ts'

/** One vendor's way of speaking about the one pipeline. A dialect is one of these and its folder; nothing else knows it. */
export interface Dialect {
  /** In the path prefix, in `--listen NAME=PORT`, in `NAME.localhost`, and in every event that comes through it. */
  readonly name: string
  readonly title: string
  /** Where its own paths begin. */
  readonly prefix: string
  /** Hosts that name it, `*.` standing for one label. */
  readonly hosts: readonly string[]
  /** How a new account of this vendor looks; the name is also a `--template`. */
  readonly template?: Template
  /** A call that shows deals as this vendor does, for people who try whether it answers. */
  readonly sample: Sample
  /** Where its OpenAPI document is, below the prefix, if it has one: `/docs` shows it. */
  readonly reference?: string
  /** Every endpoint of the vendor that we know of. A test compares it with the routes that exist. */
  readonly coverage: readonly Coverage[]
  /** Where it knowingly answers otherwise than the vendor, or had to decide what the vendor's pages leave open. */
  readonly differences?: readonly Difference[]
  /** Changes the path of a request before it is routed, for vendors whose paths no router can hold. */
  rewrite?(url: string, raw: IncomingMessage): string
  /** An answer for what went wrong before a route was found. */
  render(fault: Fault, request: FastifyRequest): Answer
  /** How it tells subscribers of changes, if the vendor does. */
  readonly webhooks?: Webhooks
  /** Opens its routes. `app` already has the prefix. */
  mount(app: FastifyInstance, host: Host): void
}

/** A reading call. `{token}`, `{workspace.id}` and `{workspace.uuid}` stand in the headers for what the caller has. */
export interface Sample {
  /** Below the prefix. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** What became of one endpoint of a vendor. */
export interface Coverage {
  readonly method: Method
  /** As the vendor writes it, below the prefix, with `:name` for what varies. */
  readonly path: string
  /** `absent` is answered as the vendor answers an unknown path. */
  readonly status: 'full' | 'partial' | 'absent'
  /** Why it is not full, in one sentence. */
  readonly why?: string
}

/** One thing that an integration finds otherwise here than at the vendor. */
export interface Difference {
  /** In whole sentences. */
  readonly what: string
  /** The title of the test that shows it, in the dialect's folder. */
  readonly test: string
}
