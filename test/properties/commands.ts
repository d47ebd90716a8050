import fc from 'fast-check'
import type { StageKind } from '../../src/domain/stage.ts'

/**
 * The commands that histories are made of. They name things by a number that picks one of those there are when the command runs, so
 * that a history stays meaningful while fast-check makes it shorter.
 */

const { nat, constantFrom, record, option, array, oneof, integer } = fc

const pick = nat(99)
const may = <T>(arbitrary: fc.Arbitrary<T>) => option(arbitrary, { nil: undefined, freq: 2 })

const title = oneof(
  { weight: 20, arbitrary: constantFrom('Acme', 'Übergröße', "O'Hara & Söhne", '京都', 'a'.repeat(255)) },
  { weight: 1, arbitrary: constantFrom('', ' \t', 'b'.repeat(256), 'half \ud800') },
)
const amount = oneof({ weight: 9, arbitrary: integer({ min: -5000, max: 9_999_999 }) }, constantFrom(1e15, 1e15 + 1, 0.5, -1e15))
const currency = oneof({ weight: 9, arbitrary: constantFrom('USD', 'EUR', 'JPY', 'KWD') }, constantFrom('XXQ', 'usd', ''))
const percent = oneof({ weight: 9, arbitrary: constantFrom(null, 0, 5, 50, 100) }, constantFrom(-1, 101, 0.5))
const tags = constantFrom([], ['hot'], ['hot', ' vip ', 'hot'])
const outcome = constantFrom<StageKind>('won', 'lost', 'open', 'unqualified')
const kind = oneof({ weight: 3, arbitrary: constantFrom<StageKind>('open') }, outcome)

const spot = oneof(
  record({ stage: pick }),
  record({ openStage: pick, outcome: may(outcome) }),
  record({ outcome }),
  record({ pipeline: pick, outcome: may(outcome) }),
  record({ stage: pick, outcome: may(outcome) }),
)
export type Spot = { stage?: number; openStage?: number; pipeline?: number; outcome?: StageKind | undefined }

const create = record({
  do: constantFrom('create' as const),
  title,
  amount,
  currency: may(currency),
  percent,
  tags,
  spot: may(spot),
})
const move = record({
  do: constantFrom('move' as const),
  deal: pick,
  spot,
  loss: may(constantFrom(null, '', 'Price', 'Too late', 'Nobody knows')),
})
const edit = record({
  do: constantFrom('edit' as const),
  deal: pick,
  title: may(title),
  amount: may(amount),
  currency: may(currency),
  percent: may(percent),
  tags: may(tags),
  isArchived: may(fc.boolean()),
  reason: may(pick),
})
const drop = record({ do: constantFrom('drop' as const), deal: pick })
const restore = record({ do: constantFrom('restore' as const), deal: pick })
const place = record({
  do: constantFrom('place' as const),
  deal: pick,
  how: constantFrom('before', 'after', 'first', 'last'),
  beside: pick,
})

const single = oneof(
  { weight: 4, arbitrary: create },
  { weight: 6, arbitrary: move },
  { weight: 3, arbitrary: edit },
  { weight: 1, arbitrary: drop },
  { weight: 1, arbitrary: restore },
  { weight: 2, arbitrary: place },
)
const others = oneof(
  { weight: 2, arbitrary: record({ do: constantFrom('bulk' as const), rows: array(single, { maxLength: 6 }) }) },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('addStage' as const),
      pipeline: pick,
      name: title,
      kind,
      percent,
      nth: may(integer({ min: -1, max: 9 })),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('changeStage' as const),
      stage: pick,
      name: may(title),
      kind: may(kind),
      percent: may(percent),
      isArchived: may(fc.boolean()),
    }),
  },
  {
    weight: 2,
    arbitrary: record({
      do: constantFrom('placeStage' as const),
      stage: pick,
      how: constantFrom('before', 'after', 'nth'),
      beside: pick,
    }),
  },
  { weight: 1, arbitrary: record({ do: constantFrom('transferStage' as const), stage: pick, pipeline: pick }) },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('deleteStage' as const),
      stage: pick,
      target: oneof(pick, constantFrom('neighbour' as const, undefined)),
    }),
  },
  { weight: 1, arbitrary: record({ do: constantFrom('mergeStages' as const), stage: pick, into: pick }) },
  {
    weight: 1,
    arbitrary: record({
      do: constantFrom('addPipeline' as const),
      name: title,
      kinds: array(kind, { maxLength: 4 }),
      isDefault: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: record({
      do: constantFrom('changePipeline' as const),
      pipeline: pick,
      name: may(title),
      isDefault: may(fc.boolean()),
      isDisabled: may(fc.boolean()),
      position: may(integer({ min: -1, max: 4 })),
    }),
  },
  { weight: 1, arbitrary: record({ do: constantFrom('deletePipeline' as const), pipeline: pick, target: may(pick) }) },
  {
    weight: 1,
    arbitrary: record({
      do: constantFrom('addReason' as const),
      name: constantFrom('Price', 'Too late', ''),
      kind: constantFrom('lost' as const, 'unqualified' as const),
    }),
  },
  { weight: 1, arbitrary: record({ do: constantFrom('deleteReason' as const), reason: pick }) },
)

export const command = oneof({ weight: 3, arbitrary: single }, { weight: 2, arbitrary: others })
export type Command = ReturnType<typeof command.generate>['value']

export const history = array(command, { minLength: 1, maxLength: 24, size: 'max' })
