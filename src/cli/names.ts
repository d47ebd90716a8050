/** A person's name to begin with: `ada.lovelace@…` → `Ada Lovelace`. */
export const nameOf = (email: string): string =>
  email
    .replace(/@.*$/, '')
    .split(/[._+-]+/)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ') || email
