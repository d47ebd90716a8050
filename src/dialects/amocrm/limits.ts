import { RollingWindow } from '../../http/limits.ts'
import type { Wire } from '../../http/speak.ts'

/** How many pipelines an account may have: 10 in the page of 2017, 50 in later ones. The strict figure unless the environment says otherwise. */
export function maxPipelines(): number {
  const asked = Number(process.env.CRMUX_AMOCRM_MAX_PIPELINES ?? '')
  return Number.isInteger(asked) && asked > 0 ? asked : 10
}

/** Stages of one pipeline, the two closing ones and that of incoming leads included. */
export const maxStatuses = 100

/** Rows of one writing call. */
export const maxRows = { legacy: 500, v4: 250, complex: 50 } as const

/** So many calls over the limit within a minute, and the account is shut for as long. The vendor gives no figures for this. */
const maxOverruns = 100

/** Seven calls a second per integration and fifty per account; who goes on regardless is shut out. */
export function metering(): NonNullable<Wire['meter']> {
  const perToken = new RollingWindow(7, 1000)
  const perAccount = new RollingWindow(50, 1000)
  const overruns = new RollingWindow(maxOverruns, 60_000)
  return ({ credential, host }) => {
    if (!host.enforceLimits) return {}
    const at = host.now()
    const account = String(credential.workspace.id)
    const states = [perToken.take(String(credential.tokenId), at), perAccount.take(account, at)]
    if (states.every(({ remaining }) => remaining >= 0)) return {}
    const isShut = overruns.take(account, at).remaining < 0
    return { fault: isShut ? { kind: 'forbidden' } : { kind: 'rate_limited', retryAfterSeconds: 1 } }
  }
}
