import { createHash } from 'node:crypto'
import type { ResourceRecord } from '@cloud-orrery/models/acm'
import type { Context } from '../context.ts'
import { normalName } from '../shared/dns/names.ts'
import { resolve } from '../shared/dns/resolve.ts'

/** A wildcard is proven by the domain that it is in. */
export function baseDomain(domain: string): string {
  return domain.startsWith('*.') ? domain.slice(2) : domain
}

/**
 * The CNAME that proves a domain. It is the same for every certificate of an account that names the domain, in every
 * region. Source: user guide, "DNS validation".
 */
export function validationRecord(ctx: Context, domain: string): ResourceRecord {
  const base = baseDomain(domain).toLowerCase()
  const digest = createHash('sha512').update(`${ctx.accountId} ${base}`).digest('hex')
  const place = digest
    .slice(64)
    .replace(/[^a-f]/g, '')
    .padEnd(10, 'x')
    .slice(0, 10)
  return {
    Name: `_${digest.slice(0, 32)}.${base}.`,
    Type: 'CNAME',
    Value: `_${digest.slice(32, 64)}.${place}.acm-validations.aws.`,
  }
}

/** Looks the CNAME up, as anyone on the internet would. */
export function isProven(ctx: Context, domain: string): boolean {
  const { Name, Value } = validationRecord(ctx, domain)
  const { answers } = resolve(ctx, { name: Name, type: 'CNAME' })
  return answers.some(
    ({ type, data }) => type === 'CNAME' && normalName(data) === normalName(Value),
  )
}

/** Domains that ask for more than a proof, as AWS was recorded to say. */
const guarded = ['example.com', 'amazon.com', 'amazonaws.com']

/** Why a certificate for a domain fails before anyone is asked; undefined for most. */
export function refusalOf(domain: string): string | undefined {
  const base = baseDomain(domain)
  const isGuarded = guarded.some((name) => base === name || base.endsWith(`.${name}`))
  return isGuarded ? 'ADDITIONAL_VERIFICATION_REQUIRED' : undefined
}
