import { useSyncExternalStore } from 'react'

/** Light, dark, or as the system has it. Kept in this browser only: a screen is light or dark, not a person. */
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'crmux.theme'
const listeners = new Set<() => void>()

const isTheme = (text: string | null): text is Theme => themes.some((theme) => theme === text)

export function theme(): Theme {
  const kept = localStorage.getItem(key)
  return isTheme(kept) ? kept : 'system'
}

/** Applies the theme to the page. Called once before anything is drawn. */
export function applyTheme(): void {
  const { dataset } = document.documentElement
  const chosen = theme()
  if (chosen === 'system') delete dataset.theme
  else dataset.theme = chosen
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(key, chosen)
  applyTheme()
  for (const listener of listeners) listener()
}

export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, theme)
