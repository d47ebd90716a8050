import { createContext, useContext } from 'react'

/** What the form for a new deal tells the board. */
export const Adding = createContext({ close: () => {}, added: (_stageId: number) => {} })
export const useAdding = () => useContext(Adding)
