import { Toast as Base } from '@base-ui/react/toast'
import { sentence } from '../api.ts'
import { Icon } from './icons.tsx'

const manager = Base.createToastManager()

interface Action {
  label: string
  onClick: () => void
}

/** Says what was done, for some seconds, with the way back where there is one. It is read out as well. */
export function toast(text: string, action?: Action): string {
  const id = manager.add({
    title: text,
    timeout: action ? 10_000 : 6000,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(id)
          action.onClick()
        },
      },
    }),
  })
  return id
}

export const closeToast = (id: string): void => manager.close(id)

/** Says why something could not be done. */
export const toastError = (error: unknown): void => {
  manager.add({ title: sentence(error), timeout: 10_000, priority: 'high' })
}

function List() {
  const { toasts } = Base.useToastManager()
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="toast" swipeDirection={['down', 'right']}>
      <Base.Title render={<p />} />
      {toast.actionProps && <Base.Action className="button action" />}
      <Base.Close className="button icon" aria-label="Dismiss">
        <Icon name="close" />
      </Base.Close>
    </Base.Root>
  ))
}

/** Once, around everything. */
export const Toasts = () => (
  <Base.Provider toastManager={manager} limit={3}>
    <Base.Portal>
      <Base.Viewport className="toasts">
        <List />
      </Base.Viewport>
    </Base.Portal>
  </Base.Provider>
)
