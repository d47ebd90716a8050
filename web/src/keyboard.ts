import { useEffect, useRef } from 'react'

/** What keys do: `mod+k`, `?`, `Escape`. `mod` is Ctrl, or ⌘ on a Mac. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)
export const modKey = isMac ? '⌘' : 'Ctrl'

/** The name of what was pressed. Shift is in the character itself. */
export const keyOf = (event: KeyboardEvent): string => {
  const mod = isMac ? event.metaKey : event.ctrlKey
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return `${mod ? 'mod+' : ''}${event.altKey ? 'alt+' : ''}${event.shiftKey && event.key.length > 1 ? 'shift+' : ''}${key}`
}

/** Whether somebody is writing there, or answering a question: then letters are letters. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]') !== null

/** Keys that work wherever the focus is, unless somebody is typing; those with `mod` work even then. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const name = keyOf(event)
      const act = latest.current[name]
      if (!act || event.defaultPrevented || (isTyping(event.target) && !/^mod\+[kz]$/.test(name))) return
      // Ctrl Z belongs to the field that somebody is typing in.
      if (name === 'mod+z' && isTyping(event.target)) return
      event.preventDefault()
      act(event)
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}
