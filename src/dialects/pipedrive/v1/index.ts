import type { Speaker } from '../../../http/speak.ts'

/** Opens the routes of v1 below `base`; they are the same below `/v1` and `/api/v1`. */
export function mountV1(_api: Speaker, _base: '/v1' | '/api/v1'): void {}

/** Takes the field selector out of a path (`/v1/deals:(id,title)`), which no router can hold. */
export const rewriteV1 = (url: string): string => url
