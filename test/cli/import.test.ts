import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Deal } from '../../src/domain/deal.ts'
import { changeDeal, deleteDeal } from '../../src/domain/edit-deals.ts'
import type { Scope } from '../../src/domain/scope.ts'
import { openStore } from '../../src/serve.ts'
import { scratch, within } from '../support/cli.ts'

const files = scratch()
afterAll(() => files.remove())

let data = ''
let count = 0
beforeEach(() => {
  data = files.path(`store${++count}`)
})

const write = (content: string | Uint8Array, name = `rows${count}.csv`): string => {
  const file = files.path(name)
  writeFileSync(file, content)
  return file
}

const importing = (what: string, content: string | Uint8Array, ...flags: string[]) =>
  within(['import', what, write(content), '--data', data, ...flags])

/** Looks into the store that was imported into. */
async function look<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  const { engine, registry } = await openStore({ data, databaseUrl: undefined })
  try {
    const [workspace] = await registry.workspaces()
    if (!workspace) throw new Error('no workspace')
    const store = registry.of(workspace.id)
    const [user] = (await store.members.list({ limit: 1 })).items
    if (!user) throw new Error('no user')
    return await work({ workspace, user, via: 'test', store, now: Date.now })
  } finally {
    await engine.close()
  }
}

const deals = () => look(async ({ store }) => (await store.deals.list({ limit: 1000 })).items)

/** A deal with names instead of ids. */
const named = (title: string) =>
  look(async ({ store }) => {
    const deal = (await store.deals.list({ filter: { title }, limit: 1 })).items[0] as Deal
    const name = async (table: 'stages' | 'pipelines' | 'parties' | 'lossReasons', id: number | null) =>
      id === null ? null : (await store[table].get(id))?.name
    return {
      deal,
      stage: await name('stages', deal.stageId),
      openStage: await name('stages', deal.openStageId),
      pipeline: await name('pipelines', deal.pipelineId),
      company: await name('parties', deal.companyId),
      contact: await name('parties', deal.contactId),
      reason: await name('lossReasons', deal.lossReasonId),
      owner: await store.members.get(deal.ownerId),
    }
  })

const at = (text: string) => Date.parse(text)

describe('reading', () => {
  test('columns are known by their headings, everything missing is made, dates are found out', async () => {
    const { code, stdout, stderr } = await importing(
      'deals',
      'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n' +
        'A1,Moses Frase,GTX,Cancity,Won,10/20/2016,3/1/2017,1054\nA2,Ada Li,MG,,Engaging,2/3/2017,,\n',
      '--create',
    )
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('engage_date → created_at') })
    expect(stdout).toContain('2 created, 0 refused')
    expect(stdout).toContain('made on the way: 1 stage, 2 owners, 1 company, 1 field')
    const won = await named('Cancity – GTX')
    expect(won).toMatchObject({ stage: 'Won', company: 'Cancity', owner: { name: 'Moses Frase', role: 'member' } })
    expect(won.deal).toMatchObject({ externalId: 'A1', amount: 105_400, createdAt: at('2016-10-20'), closedAt: at('2017-03-01') })
    const open = await named('MG')
    expect(open).toMatchObject({ stage: 'Engaging', company: null })
    expect(open.deal).toMatchObject({ outcome: 'open', closedAt: null, createdAt: at('2017-02-03') })
  })

  test('what a heading does not say is said with --map, what is not wanted is left out', async () => {
    const { code, stderr } = await importing(
      'deals',
      'Nr;Was;"Wie viel";Wann;Notiz\n7;Pumpe;"1.234,50 €";1.3.2017;x\n',
      '--map',
      'Nr=external_id,Was=title,"Wie viel"=value',
      '--map',
      'Wann=created_at,Notiz=-',
      '--decimal',
      ',',
      '--date-format',
      'd.m.yyyy',
      '--currency',
      'eur',
    )
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Not imported') })
    const { deal } = await named('Pumpe')
    expect(deal).toMatchObject({ externalId: '7', amount: 123_450, currency: 'EUR', createdAt: at('2017-03-01') })
  })

  test.each([
    ['a column that is not there', ['--map', 'Nope=title'], /names the column 'Nope'. The file has: id, title/],
    ['a field that is not there', ['--map', 'id=price'], /does not know the field 'price'. There are: external_id, title/],
    ['a title of a column that is not there', ['--title', '{x}'], /--title names the column 'x'/],
    ['something that cannot be made', ['--create', 'ponies'], /'ponies' cannot be made/],
    ['an unknown encoding', ['--encoding', 'ebcdic'], /It takes a name such as utf-8/],
    ['an unknown date format', ['--date-format', 'whenever'], /It takes year, month and day/],
    ['an unknown currency', ['--currency', 'XYZ'], /currency is not known/],
  ])('%s is told before anything is written', async (_name, flags, words) => {
    const { code, stderr } = await importing('deals', 'id,title\n1,a\n', ...flags)
    expect(code).toBeGreaterThan(0)
    expect(stderr).toMatch(words)
    expect(existsSync(data) ? await deals() : []).toEqual([])
  })

  test('dates that could be read in two ways are asked for', async () => {
    const { code, stderr } = await importing('deals', 'id,title,created\n1,a,3/2/2017\n')
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('could be m/d/yyyy or d/m/yyyy') })
  })

  test('JSON lines: types are kept, fields become custom fields', async () => {
    const file = write('{"id":"x","title":"Pump","value":12.5,"tags":["a, b","c"],"size":3,"fast":true}\n', 'x.ndjson')
    expect(await within(['import', 'deals', file, '--data', data, '--create', 'fields'])).toMatchObject({ code: 0 })
    const { deal } = await named('Pump')
    expect(deal).toMatchObject({ amount: 1250, tags: ['a, b', 'c'] })
    expect(Object.values(deal.customFields)).toEqual([3, true])
  })
})

describe('refusing', () => {
  const rows = [
    'id,title,value,owner,stage,created,probability',
    '1,good,10,,,2017-03-01,',
    '2,too few',
    '3,bad value,ten,,,,',
    '4,bad day,1,,,2017-02-30,',
    '5,no owner,1,Nobody,,,',
    '6,no stage,1,,Nowhere,,',
    '7,bad percent,1,,,,101',
    '8,,1,,,,',
    '9,"good\ntoo",1e3,,,,',
    '10,last,7,,,,',
  ].join('\n')

  test('a row that cannot be taken is told with its line and reason, the others go in', async () => {
    const rejects = files.path('refused.csv')
    const { code, stdout, stderr } = await importing('deals', rows, '--rejects', rejects)
    expect(code).toBe(1)
    expect(stdout).toContain('2 created, 8 refused')
    expect((await deals()).map(({ title }) => title)).toEqual(['good', 'last'])
    const lines = readFileSync(rejects, 'utf8')
    for (const [line, reason] of [
      [3, 'has 2 columns where the header has 7; the file may be cut off here'],
      [4, "value 'ten' is not a number"],
      [5, "created_at '2017-02-30' is not a date like yyyy-mm-dd"],
      [6, "there is no user 'Nobody'; --create owners makes what is missing"],
      [7, "has no stage 'Nowhere'; --create stages makes what is missing"],
      [8, 'probability is not between 0 and 100'],
      [9, 'title is empty'],
      [10, "value '1e3' is not a number"],
    ] as const) {
      expect(stderr).toContain(`line ${line}: `)
      expect(stderr).toContain(reason)
      expect(lines).toMatch(new RegExp(`^${line},`, 'm'))
    }
    expect(lines.split('\n')[0]).toBe('rejected_line,rejected_because,id,title,value,owner,stage,created,probability')
  })

  test('the reject file can be put right and imported', async () => {
    const rejects = files.path('to-mend.csv')
    await importing('deals', 'id,title,value\n1,a,x\n2,b,5\n', '--rejects', rejects)
    const mended = readFileSync(rejects, 'utf8').replace(/,x$/m, ',9')
    expect(await importing('deals', mended)).toMatchObject({ code: 0, stdout: expect.stringContaining('1 created, 0 refused') })
    expect((await deals()).map(({ title, amount }) => [title, amount])).toEqual([
      ['b', 500],
      ['a', 900],
    ])
  })

  test('a reject file that cannot be written, or is the file itself, is told before anything is imported', async () => {
    expect(await importing('deals', 'id,title\n1,a\n', '--rejects', files.path('no/such.csv'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no'),
    })
    const file = write('id,title\n1,a\n', 'precious.csv')
    expect(await within(['import', 'deals', file, '--rejects', file, '--data', data])).toMatchObject({ code: 2 })
    expect(readFileSync(file, 'utf8')).toBe('id,title\n1,a\n')
    expect(await deals()).toEqual([])
  })

  test('a refused row leaves no trace of what was made for it', async () => {
    const { stdout } = await importing('deals', 'id,title,value,company,owner\n1,a,bad,Acme,Ann\n2,b,1,Bolt,Bob\n', '--create')
    expect(stdout).toContain('made on the way: 1 owner, 1 company')
    const names = await look(async ({ store }) => [
      (await store.parties.list({ limit: 10 })).items.map(({ name }) => name),
      (await store.members.list({ limit: 10 })).items.map(({ name }) => name),
    ])
    expect(names).toEqual([['Bolt'], ['Admin', 'Bob']])
  })

  test.each([
    ['a quote that is never closed', 'id,title\n1,good\n2,"bad\n3,more\n', /begins on line 3 has a quote that is never closed/],
    ['text behind a closing quote', 'id,title\n1,good\n2,"b"ad\n', /on line 3 has text behind a closing quote/],
    ['another encoding', Buffer.from('id,title\n1,good\n2,M\xfcller\n', 'latin1'), /is not utf-8.*--encoding windows-1252/],
    ['an empty file', '', /is empty/],
    ['a file of zeros', Buffer.alloc(5000), /NUL bytes/],
  ])('%s writes nothing at all', async (_name, content, words) => {
    const { code, stderr } = await importing('deals', content)
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(words) })
    expect(existsSync(data)).toBe(false)
  })

  test('a file that is not there, a directory, a file of the wrong sort', async () => {
    expect(await within(['import', 'deals', files.path('nope.csv'), '--data', data])).toMatchObject({
      code: 1,
      stderr: /There is no .*nope.csv/,
    })
    expect(await within(['import', 'deals', files.path('.'), '--data', data])).toMatchObject({
      code: 1,
      stderr: /is a directory/,
    })
    expect((await within(['import', 'deals', write('{"a":1}\nnonsense\n[1,2\n', 'y.ndjson'), '--data', data])).code).toBe(2)
  })
})

describe('again and again', () => {
  const first = 'id,title,value,stage,closed\n1,a,10,Won,2017-03-01\n2,b,20,Prospecting,\n'

  test('a second run doubles nothing and changes nothing', async () => {
    await importing('deals', first)
    const before = await deals()
    expect((await importing('deals', first)).stdout).toContain('0 created, 2 unchanged, 0 refused')
    expect(await deals()).toEqual(before)
  })

  test('a row that has changed brings its deal up to date; one without a cell leaves what is there', async () => {
    await importing('deals', first)
    const { stdout } = await importing('deals', 'id,title,value,stage,closed\n1,,11,,\n2,b,20,Lost,2018-01-01\n')
    expect(stdout).toContain('0 created, 2 updated, 0 refused')
    expect((await named('a')).deal).toMatchObject({ amount: 1100, outcome: 'won', closedAt: at('2017-03-01') })
    expect((await named('b')).deal).toMatchObject({ outcome: 'lost', closedAt: at('2018-01-01') })
  })

  test('--skip-existing leaves them alone, and what was deleted here stays deleted', async () => {
    await importing('deals', first)
    await look(async (scope) => {
      const [a, b] = (await scope.store.deals.list({ limit: 2 })).items as [Deal, Deal]
      await changeDeal(scope, a.id, { title: 'changed here' })
      await deleteDeal(scope, b.id)
    })
    expect((await importing('deals', first, '--skip-existing')).stdout).toContain('0 created, 2 skipped')
    expect((await importing('deals', first)).stdout).toContain('0 created, 1 updated, 1 skipped')
    expect((await deals()).map(({ title }) => title)).toEqual(['a'])
  })

  test('without an external id the file cannot be told apart from itself, and that is said', async () => {
    expect((await importing('deals', 'title\na\n')).stderr).toContain('running this again would make every deal a second time')
  })

  test('a dry run tells what would happen and does nothing', async () => {
    const rows = 'id,title,stage,company\n1,a,Fresh,Acme\n2,b,Fresh,Acme\n3,,,\n'
    const { code, stdout } = await importing('deals', rows, '--create', '--dry-run')
    expect(code).toBe(1)
    expect(stdout).toContain('all of it undone')
    expect(stdout).toContain('2 created, 1 refused')
    expect(stdout).toContain('made on the way: 1 stage, 1 company')
    const left = await look(async ({ store }) => [
      (await store.deals.list({ limit: 9 })).items.length,
      (await store.parties.list({ limit: 9 })).items.length,
      (await store.stages.live()).some(({ name }) => name === 'Fresh'),
    ])
    expect(left).toEqual([0, 0, false])
    expect(await within(['doctor', '--data', data])).toMatchObject({ code: 0 })
  })

  test('rows of a second batch find what the first has made', async () => {
    const rows = Array.from({ length: 1200 }, (_, n) => `${n},deal ${n},Company ${n % 7},Stage ${n % 3}`)
    const { code, stdout } = await importing('deals', ['id,title,company,stage', ...rows].join('\n'), '--create')
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('made on the way: 3 stages, 7 companies') })
    expect(await within(['doctor', '--data', data])).toMatchObject({ code: 0 })
  })
})

describe('where deals stand', () => {
  test('--stages gives the order and says what each is here', async () => {
    await importing(
      'deals',
      'id,title,stage\n1,a,Done\n2,b,Offer\n3,c,Gone\n4,d,Lead\n',
      '--stages',
      'Lead,Offer,Done=won,Gone=lost',
      '--pipeline',
      'Machines',
      '--create',
      'pipelines,stages',
    )
    const stages = await look(async ({ store }) => {
      const pipeline = (await store.pipelines.live()).find(({ name }) => name === 'Machines')
      return (await store.stages.live(pipeline?.id)).map(({ name, kind }) => [name, kind])
    })
    expect(stages).toEqual([
      ['Lead', 'open'],
      ['Offer', 'open'],
      ['Won', 'won'],
      ['Lost', 'lost'],
    ])
    expect(await named('a')).toMatchObject({ pipeline: 'Machines', stage: 'Won', deal: { outcome: 'won' } })
    expect(await named('c')).toMatchObject({ stage: 'Lost' })
  })

  test('systems that leave a won deal in its stage say won beside it', async () => {
    await importing(
      'deals',
      'id,title,stage,status,close date\n1,a,Quote,Won,2017-03-01\n2,b,Quote,Open,2027-03-01\n3,c,,lost,\n',
    )
    expect(await named('a')).toMatchObject({ stage: 'Won', openStage: 'Quote', deal: { closedAt: at('2017-03-01') } })
    expect(await named('b')).toMatchObject({ stage: 'Quote', deal: { closedAt: null, expectedCloseDate: '2027-03-01' } })
    expect(await named('c')).toMatchObject({ stage: 'Lost' })
  })

  test('a stage and an outcome that contradict each other are refused', async () => {
    const { stderr } = await importing('deals', 'id,title,stage,outcome\n1,a,Won,lost\n2,b,Won,nonsense\n')
    expect(stderr).toContain("stage 'Won' is won, but the outcome says lost")
    expect(stderr).toContain("outcome 'nonsense' is none of open, won, lost and unqualified")
  })

  test('reasons are made where they may be, else they are kept as the comment', async () => {
    const rows = 'id,title,stage,loss_reason\n1,a,Lost,Too dear\n'
    await importing('deals', rows)
    expect(await named('a')).toMatchObject({ reason: null, deal: { lossComment: 'Too dear' } })
    await importing('deals', 'id,title,stage,loss_reason\n2,b,Lost,Too dear\n', '--create', 'reasons')
    expect(await named('b')).toMatchObject({ reason: 'Too dear', deal: { lossComment: null } })
  })
})

test('companies and contacts: made once, brought up to date, deals find them', async () => {
  const accounts = 'account,sector,office_location\nAcme Corporation,technolgy,United States\nBetatech,medical,Kenya\n'
  expect((await importing('companies', accounts, '--create', 'fields')).stdout).toContain('2 created, 0 refused')
  expect((await importing('companies', accounts)).stdout).toContain('2 unchanged')
  expect((await importing('companies', 'name,country\nBetatech,Uganda\n')).stdout).toContain('1 updated')
  const people =
    'first name,last name,email,company\nAda,Lovelace,ada@acme.example,Acme Corporation\nAda,Lovelace,other@acme.example,Acme Corporation\n'
  expect((await importing('contacts', people)).stdout).toContain('2 created, 0 refused')
  expect((await importing('contacts', people)).stdout).toContain('2 unchanged')
  await importing('deals', 'id,title,company,contact,contact_email\n1,a,Acme Corporation,Ada Lovelace,other@acme.example\n')
  expect(await named('a')).toMatchObject({ company: 'Acme Corporation', contact: 'Ada Lovelace' })
  const parties = await look(async ({ store }) => (await store.parties.list({ limit: 9 })).items)
  expect(parties.map(({ name, address, emails }) => [name, address.country, emails[0]?.value])).toEqual([
    ['Acme Corporation', 'United States', undefined],
    ['Betatech', 'Uganda', undefined],
    ['Ada Lovelace', undefined, 'ada@acme.example'],
    ['Ada Lovelace', undefined, 'other@acme.example'],
  ])
})
