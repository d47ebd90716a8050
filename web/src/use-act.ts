import { type QueryKey, useMutation } from '@tanstack/react-query'
import { Refused, type Written } from './api.ts'
import { queryClient } from './queries.ts'
import { toastError } from './ui/toast.tsx'
import { told } from './undo.ts'

/** Something that a person does: the write, what it changes, and how to say that it was done. */
interface Act<T> {
  write: () => Promise<Written<T>>
  /** Keys of what is no longer as it was. */
  changes: readonly QueryKey[]
  /** In the past tense: `Stage renamed.` Not given: the page itself shows it. */
  done?: string
  onDone?: (written: Written<T>) => void
}

/** Marks what was changed as no longer true; what is on the page is read again. */
export const refresh = (changes: readonly QueryKey[]): Promise<unknown> =>
  Promise.all(changes.map((queryKey) => queryClient.invalidateQueries({ queryKey })))

/**
 * Does one thing at a time: while it is on its way `isBusy` says so; once done it is said with the way back, where the server knows
 * one. A refusal is told in words: beside a field where `fault` is asked for it, otherwise in a toast.
 */
export function useAct<T = unknown>({ quiet = false }: { quiet?: boolean } = {}) {
  const mutation = useMutation({
    mutationFn: ({ write }: Act<T>) => write(),
    onSuccess: async (written, { changes, done, onDone }) => {
      if (done !== undefined) told(done, written.undo)
      onDone?.(written)
      await refresh(changes)
    },
    onError: async (error, { changes }) => {
      if (!quiet) toastError(error)
      await refresh(changes)
    },
  })
  return {
    act: mutation.mutate,
    isBusy: mutation.isPending,
    error: mutation.error,
    forget: mutation.reset,
    fault: (field: string, label: string) => faultOf(mutation.error, field, label),
  }
}

/** What is wrong with one field, as a sentence; undefined where nothing is. */
export function faultOf(error: unknown, field: string, label: string): string | undefined {
  const wrong = error instanceof Refused ? error.problem?.errors?.find((one) => one.field === field) : undefined
  return wrong && `${label} ${wrong.message}.`
}
