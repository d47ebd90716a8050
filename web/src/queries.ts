import { QueryClient, useQuery } from '@tanstack/react-query'
import type { MeJson, WorkspaceJson } from '../../src/dialects/native/account.ts'
import type { CustomFieldJson } from '../../src/dialects/native/custom-fields.ts'
import type { LossReasonJson } from '../../src/dialects/native/loss-reasons.ts'
import type { PipelineJson } from '../../src/dialects/native/pipelines.ts'
import type { StageJson } from '../../src/dialects/native/stages.ts'
import type { UserJson } from '../../src/dialects/native/users.ts'
import { get, getAll, getData, Refused } from './api.ts'

/** What is kept of the server, under which key. Live updates mark it stale; nothing is asked for again merely because time passes. */

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && !(error instanceof Refused && error.status >= 400 && error.status < 500),
    },
  },
})

/** The first word names the noun: whatever changes a noun invalidates `[noun]`. */
export const keys = {
  me: ['me'],
  entry: ['me', 'entry'],
  workspace: ['workspace'],
  users: ['users'],
  pipelines: ['pipelines'],
  stages: ['stages'],
  lossReasons: ['loss-reasons'],
  customFields: ['custom-fields'],
  views: ['views'],
  board: (pipelineId: number) => ['board', pipelineId],
  deal: (id: number) => ['deal', id],
  dealEvents: (id: number) => ['deal', id, 'events'],
  stageTimes: (id: number) => ['deal', id, 'stage-times'],
  contact: (id: number) => ['contact', id],
  company: (id: number) => ['company', id],
} as const

/** Who is signed in; null for nobody. */
export const useMe = () => useQuery({ queryKey: keys.me, queryFn: ({ signal }) => readMe(signal) })

const readMe = (signal: AbortSignal): Promise<MeJson | null> =>
  get<MeJson>('/me', {}, signal).catch((error: unknown) => {
    if (error instanceof Refused && error.status === 401) return null
    throw error
  })

export const useWorkspace = () =>
  useQuery({ queryKey: keys.workspace, queryFn: ({ signal }) => getData<WorkspaceJson>('/workspace', {}, signal) })

/** Everybody, those who left too: their names stand on old deals. */
export const useUsers = () =>
  useQuery({ queryKey: keys.users, queryFn: ({ signal }) => getAll<UserJson>('/users', { limit: 200 }, signal) })

export const usePipelines = () =>
  useQuery({ queryKey: keys.pipelines, queryFn: ({ signal }) => getData<PipelineJson[]>('/pipelines', {}, signal) })

/** The stages of all pipelines. */
export const useStages = () =>
  useQuery({ queryKey: keys.stages, queryFn: ({ signal }) => getData<StageJson[]>('/stages', {}, signal) })

export const useLossReasons = () =>
  useQuery({ queryKey: keys.lossReasons, queryFn: ({ signal }) => getData<LossReasonJson[]>('/loss-reasons', {}, signal) })

export const useCustomFields = () =>
  useQuery({ queryKey: keys.customFields, queryFn: ({ signal }) => getData<CustomFieldJson[]>('/custom-fields', {}, signal) })
