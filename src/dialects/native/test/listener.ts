/** Listens to server-sent events as a browser does, for the tests. */

export interface Message {
  id: string
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a message is what it is there to find out.
  data: any
}

export interface Listener {
  status: number
  headers: Headers
  messages: Message[]
  /** Waits until one comes for which this holds; everything heard is in `messages`. */
  until(wanted: (message: Message) => boolean): Promise<Message>
  /** Resolves when the server has ended it. */
  ended: Promise<void>
  close(): Promise<void>
}

export async function listen(url: string, headers: Record<string, string> = {}): Promise<Listener> {
  const leaving = new AbortController()
  const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: leaving.signal })
  const messages: Message[] = []
  const waiting = new Set<() => void>()
  const read = async () => {
    let rest = ''
    for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + piece).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks.filter((block) => !block.startsWith(':'))) {
        const fields = Object.fromEntries(
          block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
        )
        messages.push({ id: fields.id ?? '', event: fields.event ?? '', data: JSON.parse(fields.data ?? 'null') })
      }
      for (const look of waiting) look()
    }
  }
  const ended = read().catch(() => {})
  return {
    status: answer.status,
    headers: answer.headers,
    messages,
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`not heard: ${JSON.stringify(messages).slice(0, 2000)}`)), 3000)
        const look = () => {
          const message = messages.find(wanted)
          if (!message) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(message)
        }
        waiting.add(look)
        look()
      }),
    ended,
    close: async () => {
      leaving.abort()
      await ended
    },
  }
}
