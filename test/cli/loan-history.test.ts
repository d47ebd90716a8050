import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Body, type Client, clientOf } from '../../src/dialects/native/test/client.ts'
import { openTestApp, type TestApp, type TestWorkspace } from '../support/app.ts'
import { within } from '../support/cli.ts'

// Half a minute by itself, more on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const file = join(import.meta.dirname, '../../../shared/data/loan-history/applications.csv.gz')
const isThere = existsSync(file)
if (!isThere) console.warn(`The real history of loans is not at ${file}, so its import is not tested here.`)

const won = ['APPROVED', 'REGISTERED', 'ACTIVATED']
const lost = ['DECLINED', 'CANCELLED']

/** What the file says, worked out without any of our code. */
interface Step {
  stage: string
  at: number
}
interface Application {
  amount: number
  steps: Step[]
}

function read(): Map<string, Application> {
  const applications = new Map<string, Application>()
  const [, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split(/\r?\n/)
  for (const line of lines) {
    const [id = '', amount, stage = '', enteredAt = ''] = line.split(',')
    const one = applications.get(id) ?? { amount: Number(amount), steps: [] }
    one.steps.push({ stage, at: Date.parse(enteredAt) })
    applications.set(id, one)
  }
  return applications
}

const fate = (stage: string) => (won.includes(stage) ? 'won' : lost.includes(stage) ? 'lost' : 'open')
const nearest = (values: number[], percent: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1]
const add = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

/** A bank’s applications of half a year: a funnel whose numbers are known. */
describe.skipIf(!isThere)('the real history of loans', () => {
  const applications = isThere ? read() : new Map<string, Application>()
  const all = [...applications.values()]
  let app: TestApp
  let ws: TestWorkspace
  let api: Client
  let pipelineId = 0
  let stdout = ''
  const importing = (...more: string[]) =>
    within([
      ...[
        'import',
        'history',
        file,
        '--pipeline',
        'Loans',
        '--won',
        won.join(),
        '--lost',
        lost.join(),
        '--create',
        '--currency',
        'EUR',
      ],
      ...['--data', app.directory, '--workspace', ws.workspace.subdomain, ...more],
    ])

  beforeAll(async () => {
    app = await openTestApp()
    ws = await app.workspace()
    api = clientOf({ origin: app.origin, token: ws.token })
    const outcome = await importing()
    expect(outcome).toMatchObject({ code: 0 })
    stdout = outcome.stdout
    pipelineId = (await api.all('/pipelines')).find(({ name }) => name === 'Loans').id
  })
  afterAll(() => app?.close())

  const report = async (name: string, query: string): Promise<Body> =>
    (await api.get(`/reports/${name}?pipelineId=${pipelineId}&${query}`)).body.data

  test('goes in whole', () => {
    expect([all.length, add(all.map(({ steps }) => steps.length)), add(all.map(({ amount }) => amount))]).toEqual([
      13_087, 60_849, 177_634_511,
    ])
    expect(stdout).toContain('13,087 created, 47,762 updated, 0 refused')
  })

  test('as many have entered each stage as are known to have', async () => {
    const { stages } = await report('movement', 'from=2011-09-30&to=2012-03-31')
    const entered = Object.fromEntries(stages.map(({ name, firsts, entered }: Body) => [name, [firsts, entered.count]]))
    expect(entered).toEqual({
      ...Object.fromEntries(
        Object.entries({
          SUBMITTED: 13_087,
          PARTLYSUBMITTED: 13_087,
          PREACCEPTED: 7367,
          ACCEPTED: 5113,
          FINALIZED: 5015,
          APPROVED: 2246,
          REGISTERED: 2246,
          ACTIVATED: 2246,
          DECLINED: 7635,
          CANCELLED: 2807,
        }).map(([name, count]) => [name, [count, count]]),
      ),
      // Every pipeline has these two; nobody came there.
      Won: [0, 0],
      Lost: [0, 0],
    })
  })

  test.each([
    ['all of it', '2011-09-30', '2012-03-31'],
    ['two months', '2011-11-01', '2011-12-31'],
    ['one day', '2011-12-05', '2011-12-05'],
  ])('%s: times in stage, conversion, win rate and velocity are those of the file', async (_name, from, to) => {
    const [begin, end] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`) + 86_400_000]
    const inside = (at: number) => at >= begin && at < end
    const query = `from=${from}&to=${to}`
    const stays = all.flatMap(({ steps, amount }) =>
      steps.slice(1).map((next, index) => {
        const { stage = '', at = 0 } = steps[index] ?? {}
        return { stage, next: next.stage, left: next.at, stayed: next.at - at, age: next.at - (steps[0]?.at ?? 0), amount }
      }),
    )
    const { stages: times } = await report('time-in-stage', query)
    const { stages: rates, cohort } = await report('conversion', query)
    const order = times.map(({ name }: Body) => name) as string[]
    expect(order).toEqual(['SUBMITTED', 'PARTLYSUBMITTED', 'PREACCEPTED', 'ACCEPTED', 'FINALIZED'])
    for (const [index, stage] of order.entries()) {
      const own = stays.filter((stay) => stay.stage === stage && inside(stay.left))
      const lengths = own.map(({ stayed }) => stayed)
      const { count, mean, median, p90 } = times[index].ended
      expect([stage, count, median, p90]).toEqual([
        stage,
        own.length,
        ...[50, 90].map((percent) => (own.length === 0 ? null : (nearest(lengths, percent) ?? 0) / 1000)),
      ])
      if (own.length > 0) expect(Math.abs(mean - add(lengths) / own.length / 1000)).toBeLessThanOrEqual(0.0005)
      const went = (goes: (next: string) => boolean) => own.filter(({ next }) => goes(next)).length
      const forward = went((next) => fate(next) === 'won' || (fate(next) === 'open' && order.indexOf(next) > index))
      expect(rates[index]).toMatchObject({
        name: stage,
        left: own.length,
        forward,
        won: went((next) => fate(next) === 'won'),
        lost: went((next) => fate(next) === 'lost'),
        rate: own.length === 0 ? null : forward / own.length,
      })
    }

    const born = all.filter(({ steps }) => inside(steps[0]?.at ?? 0))
    const last = ({ steps }: Application) => fate(steps.at(-1)?.stage ?? '')
    expect(cohort).toMatchObject({
      deals: born.length,
      won: born.filter((one) => last(one) === 'won').length,
      lost: born.filter((one) => last(one) === 'lost').length,
    })
    const came = (one: Application, index: number) =>
      one.steps.some(({ stage }) => fate(stage) === 'won' || order.indexOf(stage) >= index)
    expect(cohort.steps.slice(0, 5).map(({ reached }: Body) => reached)).toEqual(
      order.map((_, index) => born.filter((one) => came(one, index)).length),
    )

    const decided = (how: string) =>
      stays.filter(({ next, stage, left }) => inside(left) && fate(next) === how && fate(stage) !== how)
    const [wins, losses] = [decided('won'), decided('lost')]
    const rate = await report('win-rate', query)
    expect([rate.won.count, rate.lost.count, rate.rate]).toEqual([
      wins.length,
      losses.length,
      wins.length / (wins.length + losses.length),
    ])
    expect(rate.won.totals[0].amount).toBe(add(wins.map(({ amount }) => amount)) * 100)

    const open = all.filter(({ steps }) => fate(steps.findLast(({ at }) => at < end)?.stage ?? 'DECLINED') === 'open').length
    const cycle = add(wins.map(({ age }) => age)) / wins.length
    const average = add(wins.map(({ amount }) => amount)) / wins.length
    const [velocity] = (await report('velocity', query)).currencies
    expect(velocity).toMatchObject({ currency: 'EUR', open, won: wins.length, lost: losses.length })
    expect(Math.abs(velocity.cycleSeconds - cycle / 1000)).toBeLessThan(1)
    const perDay = (open * (wins.length / (wins.length + losses.length)) * average) / (cycle / 86_400_000)
    expect(Math.abs(Number(velocity.valuePerDay) - perDay)).toBeLessThan(0.01)
  })

  test.each(['2012-01-01T00:00:00Z', '2011-10-01T00:38:44.880+02:00', '2011-12-24T17:03:00.001Z', '2012-03-31T00:00:00Z'])(
    'the board as of %s is that of the file, deal by deal',
    async (asOf) => {
      const at = Date.parse(asOf)
      const { columns } = await report('board', `asOf=${encodeURIComponent(asOf)}&limit=1`)
      const standing = [...applications].flatMap(([id, { amount, steps }]) => {
        const stage = steps.findLast((step) => step.at <= at)?.stage
        return stage === undefined ? [] : [{ id, amount, stage }]
      })
      for (const { stage, totals } of columns as Body[]) {
        const own = standing.filter((one) => one.stage === stage.name)
        const sum = add(own.map(({ amount }) => amount))
        expect([stage.name, ...totals.map((total: Body) => [total.currency, total.count, total.amount, total.value])]).toEqual([
          stage.name,
          ...(own.length === 0 ? [] : [['EUR', own.length, sum * 100, `${sum}.00`]]),
        ])
      }
      const column = (columns as Body[]).find(({ stage }) => stage.name === 'ACCEPTED')
      const cards = await api.all(`/reports/cards?stageId=${column.stage.id}&asOf=${encodeURIComponent(asOf)}&limit=200`)
      expect(cards.map(({ externalId }) => externalId).sort()).toEqual(
        standing
          .filter(({ stage }) => stage === 'ACCEPTED')
          .map(({ id }) => id)
          .sort(),
      )
    },
  )

  test('history tells the moments and the people of the file', async () => {
    const deal = await ws.scope.store.deals.byExternalId('173688')
    const events = await api.all(`/deals/${deal?.id}/events`)
    const steps = applications.get('173688')?.steps ?? []
    expect(events.map(({ at }) => Date.parse(at))).toEqual(steps.map(({ at }) => at))
    const users = await api.all('/users')
    expect(users.find(({ id }) => id === events[3].user)?.name).toBe('10862')
    expect(deal).toMatchObject({ outcome: fate(steps.at(-1)?.stage ?? ''), createdAt: steps[0]?.at })
  })

  test('the doctor agrees, and a second run changes nothing', async () => {
    expect(await within(['doctor', '--data', app.directory])).toMatchObject({ code: 0 })
    expect((await importing()).stdout).toContain('0 created, 60,849 unchanged, 0 refused')
  })
})
