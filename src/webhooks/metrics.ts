import { Counter, Gauge, type Registry } from 'prom-client'
import type { Outbox } from '../domain/outbox.ts'
import type { Means } from './lane.ts'

/** What `/metrics` shows of deliveries. Returns what counts attempts. */
export function countDeliveries(registry: Registry, outbox: Outbox, now: () => number): Means['onTried'] {
  const attempts = new Counter({
    name: 'crmux_webhook_attempts_total',
    help: 'Attempts to deliver by dialect and result: delivered, to be retried, or failed for good.',
    labelNames: ['dialect', 'result'],
    registers: [registry],
  })
  const age = new Gauge({
    name: 'crmux_webhook_backlog_age_seconds',
    help: 'How long the oldest delivery that is due has been waiting.',
    registers: [registry],
  })
  new Gauge({
    name: 'crmux_webhook_backlog',
    help: 'Deliveries that are not over.',
    registers: [registry],
    async collect() {
      const { pending, oldest } = await outbox.backlog(now())
      this.set(pending)
      age.set(oldest === null ? 0 : (now() - oldest) / 1000)
    },
  })
  return (dialect, result) => attempts.inc({ dialect, result })
}
