import {
  addLossReason,
  changeLossReason,
  deleteLossReason,
  findLossReason,
  type LossKind,
  listLossReasons,
} from '../../domain/loss-reason.ts'
import type { NameList } from './names.ts'

/** Sell keeps the reasons for losing and for not qualifying in two lists; ours are one, of two kinds. */
const reasonList = (path: string, type: NameList['type'], kind: LossKind): NameList => ({
  path,
  type,
  list: (scope) => listLossReasons(scope, kind),
  find: (scope, id) => findLossReason(scope, id, kind),
  add: (scope, { name }) => addLossReason(scope, { name, kind }),
  change: (scope, id, { name }) => changeLossReason(scope, id, { name }, kind),
  remove: (scope, id) => deleteLossReason(scope, id, kind),
})

export const lossReasons = reasonList('/v2/loss_reasons', 'loss_reason', 'lost')
export const unqualifiedReasons = reasonList('/v2/deal_unqualified_reasons', 'deal_unqualified_reason', 'unqualified')
