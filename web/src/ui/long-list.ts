import { type Range, useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useLayoutEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { usePrinting } from './printing.ts'
import { heightOf, mostHeight, offsetAt, scrolledAt } from './tape.ts'

/** Who goes further than this at once has taken the bar, or a key that leads far; wheels and fingers go in smaller steps. */
const leap = 5000
const restMs = 150

/**
 * Where somebody is in a list that may be longer than a browser can draw. In small steps a pixel is a pixel, wherever one is; the bar leads
 * anywhere; and when the hand rests the bar is put where it belongs, without a move of what is seen.
 */
class Reel {
  length = 0
  /** So much of what would be seen is covered by heads. */
  covered = 0
  element: HTMLElement | null = null
  /** How far into the list what is seen begins. */
  at = 0
  private scrolled = 0
  private isLeaping = false

  /** What of the list stands at the top of what is drawn. */
  get origin(): number {
    return this.at - this.scrolled
  }

  /** Follows the hand. */
  follow(): void {
    if (!this.element) return
    const now = this.element.scrollTop
    const step = now - this.scrolled
    this.isLeaping ||= Math.abs(step) > leap
    this.stand(this.isLeaping ? offsetAt(now, this.length) : this.at + step, now)
    // Who goes on in small steps without a rest comes to the end of what is drawn before that of the list.
    if (!this.isLeaping && (now <= 0 || now >= this.element.scrollHeight - this.element.clientHeight)) this.settle()
  }

  rest(): void {
    this.isLeaping = false
    this.settle()
  }

  goTo(offset: number): void {
    const step = this.inside(offset) - this.at
    this.at += step
    if (Math.abs(step) > leap) this.settle()
    else this.scrollTo(this.scrolled + step)
  }

  /** Brings what stands there into sight. */
  show(start: number, size: number): void {
    if (start < this.at) this.goTo(start)
    else if (start + size > this.at + this.seen) this.goTo(start + size - this.seen)
  }

  /** Puts the bar where it belongs. */
  private settle(): void {
    const belongs = scrolledAt(this.at, this.length)
    if (Math.abs(belongs - this.scrolled) >= 1) this.scrollTo(belongs)
  }

  private scrollTo(scrolled: number): void {
    if (!this.element) return
    this.element.scrollTop = scrolled
    // The browser has the last word: there is no further than the end, and nothing between two pixels.
    this.stand(this.at, this.element.scrollTop)
  }

  private stand(at: number, scrolled: number): void {
    this.scrolled = scrolled
    this.at = this.length > mostHeight ? this.inside(at) : scrolled
  }

  private inside(offset: number): number {
    return Math.max(0, Math.min(offset, this.length - this.seen))
  }

  private get seen(): number {
    return (this.element?.clientHeight ?? 0) - this.covered
  }
}

interface LongListOptions {
  scroller: RefObject<HTMLElement | null>
  count: number
  rowHeight: number
  overscan: number
  /** Room before the first row. */
  before?: number
  /** How high the heads are that stay above the rows. */
  covered?: number
  rangeExtractor?: (range: Range) => number[]
  initialRect?: { width: number; height: number }
}

/** A list of rows of one height, drawn where it is seen, however long it is. */
export function useLongList({ scroller, count, rowHeight, before = 0, covered = 0, ...options }: LongListOptions) {
  const [reel] = useState(() => new Reel())
  const [origin, setOrigin] = useState(0)
  const length = before + count * rowHeight
  const height = heightOf(length)
  const virtual = useVirtualizer<HTMLElement, Element>({
    ...options,
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    paddingStart: before,
    observeElementOffset: ({ scrollElement }, tell) => {
      if (!scrollElement) return
      reel.element = scrollElement
      let rest: ReturnType<typeof setTimeout>
      const show = (isScrolling: boolean) =>
        flushSync(() => {
          setOrigin(reel.origin)
          tell(reel.at, isScrolling)
        })
      const scrolled = () => {
        reel.follow()
        show(true)
        clearTimeout(rest)
        rest = setTimeout(() => {
          reel.rest()
          show(false)
        }, restMs)
      }
      tell(reel.at, false)
      scrollElement.addEventListener('scroll', scrolled, { passive: true })
      return () => {
        clearTimeout(rest)
        scrollElement.removeEventListener('scroll', scrolled)
      }
    },
    // It only tells which rows are seen; whatever moves them goes by way of the reel.
    scrollToFn: () => {},
  })
  useLayoutEffect(() => {
    Object.assign(reel, { length, covered })
  }, [reel, length, covered])
  // What is drawn has become higher or lower: the bar belongs elsewhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the height that this depends on
  useLayoutEffect(() => {
    reel.rest()
    setOrigin(reel.origin)
  }, [reel, height])

  const isPrinting = usePrinting()
  const move = (how: () => void) => {
    how()
    setOrigin(reel.origin)
  }
  return {
    virtual,
    /** On paper rows stand one below the other. */
    height: isPrinting ? ('auto' as const) : height,
    /** Where something that far into the list is drawn. What is out of sight never makes what is drawn higher. */
    topOf: (offset: number, size = rowHeight) => (isPrinting ? 0 : Math.min(offset - origin, height - size)),
    /** How far into the list what is seen begins. */
    offset: () => reel.at,
    goTo: (offset: number) => move(() => reel.goTo(offset)),
    show: (index: number) => move(() => reel.show(before + index * rowHeight, rowHeight)),
  }
}
