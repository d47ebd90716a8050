import { QueryClientProvider } from '@tanstack/react-query'
import { Suspense, useEffect } from 'react'
import { matchRoute, Redirect, useLocation, useRouter } from 'wouter'
import { whenSignedOut } from './api.ts'
import { openPages, type Page, pages, SignIn } from './pages.tsx'
import { queryClient, useMe } from './queries.ts'
import { forget } from './session.ts'
import { Shell } from './shell/shell.tsx'
import { Button } from './ui/button.tsx'
import { EmptyState, SkeletonLines } from './ui/small.tsx'
import { Toasts } from './ui/toast.tsx'

whenSignedOut(forget)

export const App = () => (
  <QueryClientProvider client={queryClient}>
    <Routes />
    <Toasts />
  </QueryClientProvider>
)

/** The page that an address means, with the parts of the address. */
function usePage(among: readonly Page[]) {
  const [location] = useLocation()
  const { parser } = useRouter()
  for (const page of among) {
    for (const path of page.paths) {
      const [matches, params] = matchRoute(parser, path, location)
      if (matches) return { page, params: params as Record<string, string | undefined> }
    }
  }
  return undefined
}

function Routes() {
  const me = useMe()
  const [location] = useLocation()
  const open = usePage(openPages)
  const found = usePage(pages)
  const signedIn = me.data !== null && me.data !== undefined
  useTitle(open?.page.title ?? (signedIn ? found?.page.title : 'Sign in'))

  if (open) return <Suspense fallback={null}>{<open.page.Page params={open.params} />}</Suspense>
  if (me.isError) return <Unreachable retry={() => me.refetch()} />
  if (me.isPending) return null
  if (me.data === null) {
    return (
      <Suspense fallback={null}>
        <SignIn />
      </Suspense>
    )
  }
  const first = pages[0]?.nav?.to
  if (location === '/' && first !== undefined) return <Redirect to={first} replace />
  return (
    <Shell>
      <Suspense fallback={<SkeletonLines lines={6} />}>
        {found ? <found.page.Page params={found.params} /> : <NoSuchPage />}
      </Suspense>
    </Shell>
  )
}

const Unreachable = ({ retry }: { retry: () => void }) => (
  <EmptyState title="The server cannot be reached" actions={<Button onClick={retry}>Try again</Button>}>
    Check the connection, or ask whoever runs this server.
  </EmptyState>
)

const NoSuchPage = () => (
  <EmptyState title="There is nothing at this address" actions={<a href="/">Go to the board</a>}>
    It may have been moved or mistyped.
  </EmptyState>
)

function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? 'crmux' : `${title} · crmux`
  }, [title])
}
