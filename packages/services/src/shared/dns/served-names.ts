import { createHash } from 'node:crypto'

/** Domains below which AWS's services answer for names of their own. */
const servedDomains = [
  'acm-certificates.amazon.com',
  'amazonaws.com',
  'amazoncognito.com',
  'amazonses.com',
  'amplifyapp.com',
  'api.aws',
  'awsapprunner.com',
  'awsglobalaccelerator.com',
  'awstrack.me',
  'cloudfront.net',
  'elasticbeanstalk.com',
  'on.aws',
  'orrery',
]
const served = new RegExp(
  `(?:^|\\.)(?:${servedDomains.map((name) => name.replaceAll('.', '\\.')).join('|')})\\.$`,
)
/** Those that have addresses of version 6 too. Source: the services' guides, "dual-stack endpoints". */
const dualStack =
  /(?:^|\.)(?:cloudfront\.net|api\.aws|on\.aws|awsglobalaccelerator\.com|amazoncognito\.com)\.$|(?:^|\.)dualstack\./
const loopback = /(?:^|\.)localhost\.$/

/** How long a resolver keeps the address of a served name, in s. Source: developer guide, alias records ("TTL"). */
export const servedTtl = 60

/** Whether some service of the model, or the loopback, answers for a name in the normal form. */
export function isServed(name: string): boolean {
  return served.test(name) || loopback.test(name)
}

/**
 * The address of a served name, the same in every run: one of the networks set aside for measurements, so that it is
 * nobody's (198.18.0.0/15, RFC 2544; 2001:2::/48, RFC 5180). Undefined where the name has none of that type.
 */
export function servedAddress(name: string, type: 'A' | 'AAAA'): string | undefined {
  if (loopback.test(name)) return type === 'A' ? '127.0.0.1' : '::1'
  if (!served.test(name)) return undefined
  const digest = createHash('sha256').update(name).digest()
  if (type === 'A') {
    return `198.${18 + (digest.readUInt8(0) & 1)}.${digest.readUInt8(1)}.${digest.readUInt8(2)}`
  }
  if (!dualStack.test(name)) return undefined
  const groups = [3, 5, 7, 9, 11].map((at) => digest.readUInt16BE(at).toString(16))
  return `2001:2:0:${groups.join(':')}`
}
