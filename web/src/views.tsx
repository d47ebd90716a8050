import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import type { ViewJson } from '../../src/dialects/native/views.ts'
import { getData, write } from './api.ts'
import { keys, queryClient } from './queries.ts'
import { type SearchState, withSearch } from './search-state.ts'
import { Button } from './ui/button.tsx'
import { TextField } from './ui/field.tsx'
import { Icon } from './ui/icons.tsx'
import { Popover } from './ui/popover.tsx'
import { toastError } from './ui/toast.tsx'

interface ViewsProps {
  page: ViewJson['page']
  /** What of the address a view keeps. */
  kept: SearchState
}

/** What a page shows, under a name that the person has given it. */
export const Views = (props: ViewsProps) => (
  <Popover label="Views" trigger={<Button>Views</Button>}>
    <ViewList {...props} />
  </Popover>
)

function ViewList({ page, kept }: ViewsProps) {
  const [path, navigate] = useLocation()
  const [name, setName] = useState('')
  const views = useQuery({ queryKey: keys.views, queryFn: ({ signal }) => getData<ViewJson[]>('/views', {}, signal) }).data ?? []
  const query = withSearch('', kept).slice(1)

  const again = () => queryClient.invalidateQueries({ queryKey: keys.views })
  const save = async (event: FormEvent) => {
    event.preventDefault()
    await write('POST', '/views', { name: name.trim(), page, query }).catch(toastError)
    setName('')
    await again()
  }
  const remove = async (id: number) => {
    await write('DELETE', `/views/${id}`).catch(toastError)
    await again()
  }

  return (
    <div className="views">
      {views
        .filter((view) => view.page === page)
        .map((view) => (
          <div key={view.id} className="views-line">
            <button
              type="button"
              className="menu-item ask-item"
              aria-current={view.query === query}
              onClick={() => navigate(withSearch(path, Object.fromEntries(new URLSearchParams(view.query))))}
            >
              <span className="ellipsis">{view.name}</span>
              {view.query === query && <Icon name="check" />}
            </button>
            <Button looks={['plain', 'icon']} aria-label={`Delete view ${view.name}`} onClick={() => void remove(view.id)}>
              <Icon name="close" />
            </Button>
          </div>
        ))}
      <form onSubmit={(event) => void save(event)} className="ask-form">
        <TextField
          label="Save what is shown as"
          value={name}
          required
          maxLength={255}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit">Save view</Button>
      </form>
    </div>
  )
}
