/** The client has no types of its own. */
declare module 'amocrm-api' {
  export default function buildClient(baseUrl: string): unknown
}
