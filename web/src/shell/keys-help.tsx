import { modKey } from '../keyboard.ts'
import { Dialog } from '../ui/dialog.tsx'

const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Everywhere',
    [
      [`${modKey} K`, 'Find a deal, a page or an action'],
      [`${modKey} Z`, 'Undo the last change'],
      ['?', 'Show these keys'],
    ],
  ],
  [
    'On the board',
    [
      ['← ↑ → ↓', 'From card to card, and between columns'],
      ['Home End', 'First and last card of the column'],
      ['Enter', 'Open the deal'],
      ['Space', 'Lift the card; arrows move it, Space drops it, Esc puts it back'],
      ['X', 'Select the card, or take it out of the selection'],
      ['M', 'Move to…'],
      ['W', 'Won'],
      ['L', 'Lost'],
      ['N', 'New deal in this column'],
      ['/', 'Filter'],
    ],
  ],
]

export default function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" open onClose={onClose}>
      {groups.map(([title, keys]) => (
        <section key={title}>
          <h3>{title}</h3>
          <table className="keys-table">
            <tbody>
              {keys.map(([key, does]) => (
                <tr key={key}>
                  <th scope="row">{does}</th>
                  <td>
                    {key.split(' ').map((part) => (
                      <kbd key={part}>{part}</kbd>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </Dialog>
  )
}
