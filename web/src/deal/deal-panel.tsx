/** placeholder until the panel is built in this working tree; never committed so */
export default function DealPanel({ id, onClose }: { id: number; onClose: () => void }) {
  return (
    <button type="button" onClick={onClose}>
      {id}
    </button>
  )
}
