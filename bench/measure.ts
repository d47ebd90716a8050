import autocannon from 'autocannon'

/** One request, without where it goes. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string
}

export interface Sample {
  /** How many were answered in how many seconds. */
  answered: number
  seconds: number
  /** Seconds of CPU that the server took for them. */
  cpu: number
  /** Milliseconds each, in order. */
  times: readonly number[]
}

export interface Figures {
  perSecond: number
  /** Microseconds of CPU for one. */
  cpu: number
  p50: number
  p99: number
}

/** Who is measured, and what with. */
export interface Side {
  origin: string
  calls: readonly Call[]
  cpu(): number
}

/** How long: so many seconds, or so many calls on each connection. */
export type Long = { seconds: number } | { each: number }

/**
 * Sends calls over so many connections, each connection with calls of its own. Times are taken from each answer, because
 * autocannon's own sums have whole milliseconds. Anything but success is a mistake of the bench or the server, and ends it.
 */
export async function load({ origin, calls, cpu }: Side, connections: number, long: Long): Promise<Sample> {
  const times: number[] = []
  let client = 0
  const share = Math.floor(calls.length / connections) || 1
  const cpuBefore = cpu()
  const began = performance.now()
  let ended = began
  const options: autocannon.Options = {
    url: origin,
    connections,
    timeout: 60,
    ...('seconds' in long ? { duration: long.seconds } : { amount: long.each * connections }),
    // Not in the types: how often it looks whether the time is over.
    ...{ sampleInt: 50 },
    setupClient: (own) => {
      const from = (client++ * share) % calls.length
      own.setRequests(requestsOf(calls.slice(from, from + share)))
    },
  }
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    autocannon(options, (error, result) => (error ? reject(error) : resolve(result))).on(
      'response',
      (_client, _status, _bytes, ms) => {
        times.push(ms)
        ended = performance.now()
      },
    )
  })
  if (result.non2xx > 0 || result.errors > 0 || result.timeouts > 0) {
    throw new Error(
      `${result.non2xx} of ${times.length} calls failed, ${result.errors} connections. ${await trial(origin, calls)}`,
    )
  }
  return { answered: times.length, seconds: (ended - began) / 1000, cpu: cpu() - cpuBefore, times }
}

/** What the first of the calls is answered, to see what is wrong with them. */
async function trial(origin: string, [call]: readonly Call[]): Promise<string> {
  if (!call) return ''
  const { method, path, headers, body } = call
  const answer = await fetch(origin + path, { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) })
  return `${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 500)}`
}

const requestsOf = (calls: readonly Call[]): autocannon.Request[] =>
  calls.map(({ method, path, headers, body }) => ({
    method,
    path,
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
  }))

/** Several measurements of the same as one. */
export function figuresOf(samples: readonly Sample[]): Figures {
  const times = Float64Array.from(samples.flatMap((sample) => sample.times)).sort()
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
  const answered = samples.reduce((sum, sample) => sum + sample.answered, 0)
  const seconds = samples.reduce((sum, sample) => sum + sample.seconds, 0)
  const cpu = samples.reduce((sum, sample) => sum + sample.cpu, 0)
  return { perSecond: answered / seconds, cpu: (cpu / answered) * 1e6, p50: at(0.5), p99: at(0.99) }
}
