import type { Coverage } from '../dialect.ts'

/** Our own API has no vendor to be measured by; this is its table of contents, and a test holds the routes to it. */
const operations = `
GET /openapi.json
GET /me
POST /me/password
POST /session
GET /session
PATCH /session
DELETE /session
GET /sessions
DELETE /sessions
DELETE /sessions/:id
POST /welcome/check
POST /welcome
GET /workspace
PATCH /workspace
GET /apis
GET /users
POST /users
GET /users/:id
PATCH /users/:id
GET /invitations
POST /invitations
GET /invitations/:id
DELETE /invitations/:id
GET /tokens
POST /tokens
GET /tokens/:id
DELETE /tokens/:id
GET /pipelines
POST /pipelines
GET /pipelines/:id
PATCH /pipelines/:id
DELETE /pipelines/:id
GET /pipelines/:id/stages
GET /pipelines/:id/board
GET /pipelines/:id/totals
GET /pipelines/:id/events
GET /templates
GET /stages
POST /stages
GET /stages/:id
PATCH /stages/:id
DELETE /stages/:id
POST /stages/:id/merge
GET /stages/:id/events
GET /stages/:id/column
GET /deals
POST /deals
GET /deals/:id
PATCH /deals/:id
DELETE /deals/:id
POST /deals/:id/move
POST /deals/:id/win
POST /deals/:id/lose
POST /deals/:id/reopen
POST /deals/:id/restore
GET /deals/:id/events
GET /deals/:id/stage-times
POST /deals/bulk
POST /deals/bulk-move
POST /deals/bulk-change
GET /contacts
POST /contacts
GET /contacts/:id
PATCH /contacts/:id
DELETE /contacts/:id
GET /companies
POST /companies
GET /companies/:id
PATCH /companies/:id
DELETE /companies/:id
GET /loss-reasons
POST /loss-reasons
GET /loss-reasons/:id
PATCH /loss-reasons/:id
DELETE /loss-reasons/:id
GET /custom-fields
POST /custom-fields
GET /custom-fields/:id
PATCH /custom-fields/:id
DELETE /custom-fields/:id
GET /events
GET /webhooks
POST /webhooks
GET /webhooks/:id
PATCH /webhooks/:id
DELETE /webhooks/:id
POST /webhooks/:id/rotate-secret
POST /webhooks/:id/test
POST /webhooks/:id/replay
GET /webhooks/:id/deliveries
GET /webhooks/:id/deliveries/:delivery
POST /webhooks/:id/deliveries/:delivery/replay
GET /live
GET /reports/board
GET /reports/board.csv
GET /reports/cards
GET /reports/funnel
GET /reports/funnel.csv
POST /undo/:token
GET /views
POST /views
PATCH /views/:id
DELETE /views/:id
GET /reports/forecast
GET /reports/forecast.csv
GET /reports/changes
GET /reports/changes.csv
GET /reports/forecast-against-won
GET /reports/forecast-against-won.csv
GET /reports/summary
GET /reports/summary.csv
GET /reports/win-rate
GET /reports/win-rate.csv
GET /reports/movement
GET /reports/movement.csv
GET /reports/conversion
GET /reports/conversion.csv
GET /reports/time-in-stage
GET /reports/time-in-stage.csv
GET /reports/velocity
GET /reports/velocity.csv
GET /reports/rotting
GET /reports/rotting.csv
GET /reports/calibration
GET /reports/calibration.csv
`

export const coverage: readonly Coverage[] = operations
  .trim()
  .split('\n')
  .map((line) => {
    const [method, path] = line.split(' ') as [Coverage['method'], string]
    return { method, path, status: 'full' }
  })
