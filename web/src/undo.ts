import { announce } from './announce.ts'
import { sentence, undo } from './api.ts'
import { plural } from './format.ts'
import { closeToast, toast, toastError } from './ui/toast.tsx'

/** What can be taken back, the last first: by the button of the toast that told of it, or by Ctrl Z. */
const done: { token: string; toastId: string }[] = []
const most = 20

/** Tells what was done, and offers to take it back where the server can. */
export function told(text: string, token: string | undefined): void {
  announce(text)
  if (token === undefined) {
    toast(text)
    return
  }
  const toastId = toast(text, { label: 'Undo', onClick: () => void takeBack(token) })
  done.push({ token, toastId })
  if (done.length > most) done.shift()
}

export const undoLast = (): void => {
  const last = done.at(-1)
  if (last) void takeBack(last.token)
}

async function takeBack(token: string): Promise<void> {
  const index = done.findIndex((entry) => entry.token === token)
  const [entry] = index < 0 ? [] : done.splice(index, 1)
  if (entry) closeToast(entry.toastId)
  try {
    const { left, next } = await undo(token)
    const [first] = left
    announce('Undone')
    if (first) toast(`${plural(left.length, 'change')} could not be taken back. ${first.message}`)
    // More than one call takes goes on where the last one ended.
    if (next !== null) await takeBack(next)
  } catch (error) {
    announce(sentence(error))
    toastError(error)
  }
}
