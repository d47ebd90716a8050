/**
 * Node's HTTP server as CommonJS has it. An ES import of `node:http` reads every export, and two of them load a whole HTTP client
 * (undici): 13 MB and 40 ms at every start that a server has no use for.
 */
const http = process.getBuiltinModule('node:http')

export const createHttpServer = http.createServer
export const httpRequest = http.request
export const HttpAgent = http.Agent
export const statusTexts = http.STATUS_CODES
