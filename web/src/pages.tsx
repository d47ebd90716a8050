import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { Role } from './session.ts'

/** Every page there is. A page is loaded when it is first opened; those with a `nav` stand in the navigation, in this order. */
export interface Page {
  /** Addresses that show it; parts that begin with a colon are handed to it as `params`. */
  paths: readonly [string, ...string[]]
  title: string
  Page: LazyExoticComponent<ComponentType<PageProps>>
  nav?: { to: string; label: string }
  /** The least role that it is of use to. */
  least?: Role
}

export interface PageProps {
  params: Readonly<Record<string, string | undefined>>
}

export const pages: readonly Page[] = [
  {
    paths: ['/board', '/board/:pipelineId', '/deals/:dealId'],
    title: 'Board',
    Page: lazy(() => import('./board/board-page.tsx')),
    nav: { to: '/board', label: 'Board' },
  },
  {
    paths: ['/list', '/list/:pipelineId'],
    title: 'List',
    Page: lazy(() => import('./list/page.tsx')),
    nav: { to: '/list', label: 'List' },
  },
  {
    paths: ['/forecast'],
    title: 'Forecast',
    Page: lazy(() => import('./forecast/page.tsx')),
    nav: { to: '/forecast', label: 'Forecast' },
  },
  {
    paths: ['/insights'],
    title: 'Insights',
    Page: lazy(() => import('./insights/page.tsx')),
    nav: { to: '/insights', label: 'Insights' },
  },
  {
    paths: ['/pipelines', '/pipelines/:id'],
    title: 'Pipelines',
    Page: lazy(() => import('./pipelines/page.tsx')),
    nav: { to: '/pipelines', label: 'Pipelines' },
  },
  {
    paths: ['/settings', '/settings/:section'],
    title: 'Settings',
    Page: lazy(() => import('./settings/page.tsx')),
    nav: { to: '/settings', label: 'Settings' },
  },
]

/** Pages for those who are not signed in. */
export const openPages: readonly Page[] = [
  { paths: ['/welcome'], title: 'Welcome', Page: lazy(() => import('./account/welcome.tsx')) },
]

export const SignIn = lazy(() => import('./account/sign-in.tsx'))
