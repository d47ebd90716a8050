/** What an import may make where a row names it and it is not there. */
export const things = ['pipelines', 'stages', 'owners', 'companies', 'contacts', 'reasons', 'fields'] as const
export type Thing = (typeof things)[number]
