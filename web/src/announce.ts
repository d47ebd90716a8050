/** Says something to those who do not see it happen, through one region that is always there. */

let region: HTMLElement | undefined

export function announce(text: string): void {
  if (!region) {
    region = document.createElement('div')
    region.className = 'out-of-sight'
    region.setAttribute('role', 'status')
    region.setAttribute('aria-live', 'assertive')
    document.body.append(region)
  }
  // The same words twice would be said once.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text
}
