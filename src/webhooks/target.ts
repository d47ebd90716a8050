import ipaddr from 'ipaddr.js'
import type { Targets } from '../domain/webhook.ts'

/**
 * Where deliveries may go. A subscriber chooses the address and the server calls it, so that without these rules anybody who may subscribe
 * could knock at whatever the server can reach: its own machine, its network, the cloud's metadata.
 */

const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/** Azure’s answer to 169.254.169.254 looks like any other address. */
const services: ReadonlySet<string> = new Set(['168.63.129.16'])

/** Whether an address, in whatever spelling, is one that anybody on the internet has. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  // Takes an IPv4 address out of the IPv6 one that it is mapped into.
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.range() === 'unicast' && !services.has(parsed.toString())
  const v6 = parsed as ipaddr.IPv6
  // NAT64 carries an IPv4 address in its last 32 bits, and a network without IPv4 reaches everybody that way.
  if (v6.range() === 'rfc6052') return isPublic(ipaddr.fromByteArray(v6.toByteArray().slice(12)).toString())
  return v6.range() === 'unicast' && v6.match(globalUnicast)
}

/** Below 1024 are other services than the web's two. */
const isPort = (port: number): boolean => port === 80 || port === 443 || port >= 1024

/** Names that mean the machine or the network that they are looked up on. */
const localName = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)\.?$/i

/** The rules for addresses as they are written; names are looked up, and looked at again, when something is sent. */
export const targetsOf = ({ allowPrivate }: { allowPrivate: boolean }): Targets => ({
  fault(url) {
    if (!URL.canParse(url) || /[\s\p{C}]/u.test(url)) return 'format'
    const { protocol, hostname, port, username, password } = new URL(url)
    if (!['http:', 'https:'].includes(protocol) || hostname === '') return 'format'
    // Shown to everybody who may see the subscription: credentials have a place of their own.
    if (username !== '' || password !== '') return 'not_allowed'
    if (allowPrivate) return undefined
    if (port !== '' && !isPort(Number(port))) return 'not_allowed'
    const host = hostname.replace(/^\[|\]$/g, '')
    // The URL parser has already turned decimal, octal and hexadecimal spellings into the usual one.
    return (ipaddr.isValid(host) && !isPublic(host)) || localName.test(host) ? 'not_allowed' : undefined
  },
})
