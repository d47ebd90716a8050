import { announce } from './announce.ts'
import { sentence, undo } from './api.ts'
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
    await undo(token)
    announce('Undone')
  } catch (error) {
    announce(sentence(error))
    toastError(error)
  }
}
