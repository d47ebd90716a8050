import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiJson } from '../../../src/dialects/native/apis.ts'
import { getData } from '../api.ts'
import { count } from '../format.ts'
import { useSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy.tsx'
import { SkeletonLines } from '../ui/small.tsx'
import { toastError } from '../ui/toast.tsx'
import { basesOf, curlOf } from './curl.ts'
import { Section } from './section.tsx'
import { type Tried, tryApi } from './try-it.ts'

const useApis = () => useQuery({ queryKey: ['apis'], queryFn: ({ signal }) => getData<ApiJson[]>('/apis', {}, signal) })

const ways = {
  prefix: 'Base URL',
  host: 'By name',
  port: 'Own port',
} as const

/** Where integrations are pointed at, and whether it answers. */
export function Apis() {
  const { data } = useApis()
  return (
    <Section
      title="APIs"
      about="Give an integration one of these base URLs and a token, and leave the rest of it as it is. All of them show the same pipeline."
    >
      {data ? data.map((api) => <ApiCard key={api.name} api={api} />) : <SkeletonLines lines={8} />}
    </Section>
  )
}

function ApiCard({ api }: { api: ApiJson }) {
  const { workspace } = useSession()
  const [tried, setTried] = useState<Tried>()
  const [isBusy, setBusy] = useState(false)
  const bases = basesOf(api, location.origin)
  const [first] = bases
  const line = curlOf(api, first?.url ?? location.origin, { token: '$CRMUX_TOKEN', workspace })
  const run = async () => {
    setBusy(true)
    try {
      setTried(await tryApi(api, workspace))
    } catch (error) {
      toastError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <article className="api-card" aria-labelledby={`api-${api.name}`}>
      <header>
        <h3 id={`api-${api.name}`}>{api.title}</h3>
        <Button onClick={run} disabled={isBusy} aria-label={`Try ${api.title}`}>
          {isBusy ? 'Trying…' : 'Try it'}
        </Button>
      </header>
      <dl>
        {bases.map(({ by, url }) => (
          <div key={by}>
            <dt>{ways[by]}</dt>
            <dd>
              <code>{url}</code>
            </dd>
          </div>
        ))}
        {api.hosts.length > 0 && (
          <div>
            <dt>As host</dt>
            <dd>
              {api.hosts.map((host) => (
                <code key={host}>{host}</code>
              ))}
              <span className="secondary"> where these names lead to this server</span>
            </dd>
          </div>
        )}
      </dl>
      <div className="api-line">
        <Code label={`curl line for ${api.title}`}>{line}</Code>
        <CopyButton text={line} label={`Copy curl line for ${api.title}`} />
      </div>
      {tried && <Answer title={api.title} tried={tried} />}
    </article>
  )
}

function Answer({ title, tried }: { title: string; tried: Tried }) {
  const isGood = tried.status < 400
  return (
    <div className="api-answer" role="status">
      <p>
        <span className={isGood ? 'meaning-won' : 'meaning-lost'}>{tried.status}</span>
        <span className="secondary">
          {' '}
          GET {tried.path} · {count(tried.ms)} ms · {tried.contentType}
        </span>
      </p>
      <Code label={`Answer of ${title}`}>{tried.text}</Code>
      <p className="secondary">Asked from this page with a token that was made for it and is revoked again.</p>
    </div>
  )
}

/** Text as it is, scrolled where it is too long; what scrolls must be reachable by keyboard. */
const Code = ({ label, children }: { label: string; children: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
  <section className="api-code" aria-label={label} tabIndex={0}>
    <pre>
      <code>{children}</code>
    </pre>
  </section>
)
