/**
 * `npm ci` ends with this (`prepare`), so that `npm start` finds the board built. An install without development dependencies has no
 * builder, and needs none: the package has the board in it.
 */
const { build } = await import('vite').catch(() => ({ build: undefined }))
await build?.({ configFile: `${import.meta.dirname}/vite.config.ts`, logLevel: 'warn' })

export {}
