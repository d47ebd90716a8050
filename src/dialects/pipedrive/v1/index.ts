import type { Speaker } from '../../../http/speak.ts'
import { selecting } from './fields.ts'

/** Opens the routes of v1 below `base`; they are the same below `/v1` and `/api/v1`. */
export function mountV1(api: Speaker, base: '/v1' | '/api/v1'): void {
  selecting(api, base)
}
