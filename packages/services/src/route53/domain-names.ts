import { hostOf, isWithin, normalName, suffixesOf } from '../shared/dns/names.ts'
import { invalidDomainName, reservedDomainName } from './errors.ts'

/**
 * Domains that Route 53 keeps to itself, or to IANA: nobody gets a public zone for them or below them. Source: answers
 * that people quote, `InvalidDomainName: api.example.com is reserved by AWS!`.
 */
const reserved = ['example.com.', 'amazonaws.com.', 'cloudfront.net.', 'amazon.com.']

/** The problem that AWS names for a text that can be no name; undefined for a good one. */
export function nameProblem(name: string): string | undefined {
  const text = name.endsWith('.') ? name.slice(0, -1) : name
  const problem = (code: string, words: string) =>
    `FATAL problem: ${code} (${words}) encountered with '${name}'`
  if (text.split('.').some((label) => label === '')) {
    return problem('DomainLabelEmpty', 'Domain label is empty')
  }
  // Space, control characters and what is not ASCII come as escape codes, or not at all.
  if (/[^!-~]/.test(text))
    return problem('UnsupportedCharacter', 'Value contains unsupported characters')
  if (normalName(name) !== undefined) return undefined
  if (text.split('.').some((label) => label.replace(/\\[0-3][0-7]{2}/g, '*').length > 63)) {
    return problem('DomainLabelTooLong', 'Domain label is too long')
  }
  return problem('DomainNameTooLong', 'Domain name is too long')
}

/** The name of a zone to be made, in the normal form. Throws InvalidDomainName. */
export function zoneName(name: string, isPrivate: boolean): string {
  const problem = nameProblem(name)
  if (problem !== undefined) throw invalidDomainName(problem)
  const normal = normalName(name) ?? '.'
  if (isPrivate) return normal
  // Source: API reference, CreateHostedZone: no zone for a top-level domain.
  if (suffixesOf(normal).length < 2) {
    throw invalidDomainName(`${hostOf(normal)} is a top-level domain and can't have a hosted zone.`)
  }
  if (reserved.some((domain) => isWithin(normal, domain))) throw reservedDomainName(hostOf(normal))
  return normal
}
