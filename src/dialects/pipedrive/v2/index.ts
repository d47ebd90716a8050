import type { Speaker } from '../../../http/speak.ts'

/** Opens the routes of v2, which are only below `/api/v2`. */
export function mountV2(_api: Speaker): void {}
