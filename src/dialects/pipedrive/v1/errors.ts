import type { Answer } from '../../../http/speak.ts'
import { conflicts, entityNames, type OwnFault, wholeRequest } from '../words.ts'

const failure = (status: number, error: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: {
    success: false,
    error,
    error_info: 'Please check developers.pipedrive.com for more information about Pipedrive API.',
    data: null,
    additional_data: null,
  },
  headers,
})

/** A fault as v1 words it. */
export function problemV1(fault: OwnFault): Answer {
  switch (fault.kind) {
    case 'not_found':
      return failure(404, `${entityNames[fault.what]} not found`)
    case 'bad_input':
      return failure(400, fault.issues.map((issue) => `${issue.path.join('.') || fault.where}: ${issue.message}`).join('; '))
    case 'invalid':
      return failure(400, fault.issues.map((issue) => `${issue.field} is ${issue.rule}`).join('; '))
    case 'malformed':
      return failure(400, 'Bad request')
    case 'conflict':
      return failure(fault.rule === 'too_many' ? 403 : 400, conflicts[fault.rule])
    default: {
      const whole = wholeRequest(fault)
      return failure(whole?.status ?? 500, whole?.error ?? '', whole?.headers)
    }
  }
}
