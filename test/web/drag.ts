import type { Locator, Page } from 'playwright-core'

interface Point {
  x: number
  y: number
}

/** The middle of something that is in sight, or a place within it. */
export async function pointIn(of: Locator, { x, y }: Partial<Point> = {}): Promise<Point> {
  const box = await of.boundingBox()
  if (!box) throw new Error('it is not in sight')
  return { x: box.x + (x ?? box.width / 2), y: box.y + (y ?? box.height / 2) }
}

/** Drags as a hand does: press, move a little, go there, and let go once the page shows that it may be dropped. */
export async function drag(page: Page, from: Point, to: Point, shows: Locator): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x + 4, from.y + 8, { steps: 3 })
  // A hand is never quite still, and the browser asks what may be dropped only when it moves.
  for (let n = 0; n < 100; n += 1) {
    await page.mouse.move(to.x, to.y + (n % 3), { steps: 2 })
    if (await shows.isVisible()) break
  }
  await page.mouse.up()
}
