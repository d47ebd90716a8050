import { randomBytes } from 'node:crypto'
import { afterAll, expect, test, vi } from 'vitest'
import { request } from '../support/app.ts'
import { scratch, serve } from '../support/cli.ts'

vi.setConfig({ testTimeout: 120_000 })

const files = scratch()
afterAll(() => files.remove())

type Row = [name: string, kind: string, probability: number | null]
const open = (name: string, probability: number | null = null): Row => [name, 'open', probability]
const closed = (name: string, kind: string): Row => [name, kind, null]

/** What a new account of each vendor looks like, as its own pages or a recording of one show it. */
const accounts: Record<string, { pipeline: string; stages: Row[] }> = {
  sell: {
    pipeline: 'Sales Pipeline',
    stages: [
      open('Prospecting', 5),
      open('Qualified', 10),
      open('Quote', 20),
      open('Closure', 50),
      closed('Won', 'won'),
      closed('Unqualified', 'unqualified'),
      closed('Lost', 'lost'),
    ],
  },
  pipedrive: {
    pipeline: 'Pipeline',
    stages: [
      ...['Qualified', 'Contact Made', 'Prospect Qualified', 'Needs Defined', 'Proposal Made', 'Negotiations Started'].map(
        (name) => open(name),
      ),
      closed('Won', 'won'),
      closed('Lost', 'lost'),
    ],
  },
  pipeback: {
    pipeline: 'Sales Pipeline',
    stages: [open('Qualified', 100), open('Proposal', 100), closed('Won', 'won'), closed('Lost', 'lost')],
  },
  productive: {
    pipeline: 'Sales',
    stages: [
      open('Qualified Lead'),
      open('Needs Defined'),
      open('Proposal Sent'),
      closed('Won Deals', 'won'),
      closed('Lost Deals', 'lost'),
    ],
  },
  amocrm: {
    pipeline: 'Pipeline',
    stages: [
      ...['Initial contact', 'Negotiation', 'Decision making', 'Contract negotiation'].map((name) => open(name)),
      closed('Closed - won', 'won'),
      closed('Closed - lost', 'lost'),
    ],
  },
}

test.each(Object.entries(accounts))('--template %s begins with that vendor’s stages, ids from 1', async (template, account) => {
  const token = randomBytes(32).toString('hex')
  const served = await serve(['--data', files.path(template), '--template', template], { CRMUX_TOKEN: token })
  try {
    const read = async (path: string) => {
      const { body } = await request(`${served.origin}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } })
      return (body as { data: Record<string, unknown>[] }).data
    }
    expect((await read('pipelines')).map(({ id, name, isDefault }) => [id, name, isDefault])).toEqual([
      [1, account.pipeline, true],
    ])
    expect((await read('stages')).map(({ id, name, kind, probability }) => [id, name, kind, probability])).toEqual(
      account.stages.map((stage, index) => [index + 1, ...stage]),
    )
  } finally {
    await served.stop()
  }
})
