import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm start` listens; `npm run dev:web` passes the API on to it. */
const server = process.env.CRMUX_ORIGIN ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The first browsers with `light-dark()`.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The page's policy knows no data URLs but for pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // The `Host` stays the browser's own: the server compares it with the origin of every write.
  server: { proxy: Object.fromEntries(['/api', '/docs'].map((path) => [path, { target: server, changeOrigin: false }])) },
})
