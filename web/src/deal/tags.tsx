import { type KeyboardEvent, useState } from 'react'
import { Row } from './in-place.tsx'

interface TagsProps {
  tags: readonly string[]
  fault?: string | undefined
  readOnly: boolean
  onSave: (tags: string[], said: string) => void
}

/** Tags, each with what takes it away, and a place for one more. */
export function Tags({ tags, fault, readOnly, onSave }: TagsProps) {
  const [text, setText] = useState('')
  const add = () => {
    const tag = text.trim()
    setText('')
    if (tag !== '' && !tags.includes(tag)) onSave([...tags, tag], `Tag ${tag} added`)
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault()
      add()
    }
  }
  return (
    <Row label="Tags" fault={fault}>
      {(ids) => (
        <div className="deal-tags">
          {tags.map((tag) => (
            <span key={tag} className="tag deal-tag">
              <span className="ellipsis">{tag}</span>
              {!readOnly && (
                <button
                  type="button"
                  aria-label={`Remove tag ${tag}`}
                  onClick={() =>
                    onSave(
                      tags.filter((other) => other !== tag),
                      `Tag ${tag} removed`,
                    )
                  }
                >
                  ×
                </button>
              )}
            </span>
          ))}
          <input
            className="input in-place"
            {...ids}
            placeholder={readOnly ? '' : 'Add a tag'}
            readOnly={readOnly}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={press}
            onBlur={add}
          />
        </div>
      )}
    </Row>
  )
}
