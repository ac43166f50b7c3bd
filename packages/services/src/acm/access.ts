import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { type CertificateRecord, certificates } from '../shared/certificates/state.ts'
import { certificateNotFound, invalidArn } from './errors.ts'

/** The caller's certificate. Throws ResourceNotFoundException. */
export function ownCertificate(ctx: Context, arn: string): CertificateRecord {
  if (!/^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/.+$/.test(arn)) throw invalidArn(arn)
  const certificate = certificates.get(ctx, arn)
  if (certificate === undefined) throw certificateNotFound(arn, ctx.accountId)
  return certificate
}

/** A certificate and its tags, as policies judge it. */
export function onCertificate(
  input: { readonly CertificateArn: string },
  ctx: Context,
): Authorization {
  const tags = certificates.get(ctx, input.CertificateArn)?.tags ?? {}
  return { resource: input.CertificateArn, context: tagContext('aws:ResourceTag/', tags) }
}

interface Tag {
  readonly Key: string
  readonly Value?: string | undefined
}

export function requestTags(tags: readonly Tag[] = []): RequestContext {
  if (tags.length === 0) return {}
  const given = Object.fromEntries(tags.map(({ Key, Value = '' }) => [Key, Value]))
  return { ...tagContext('aws:RequestTag/', given), 'aws:TagKeys': Object.keys(given) }
}

function tagContext(prefix: string, tags: Readonly<Record<string, string>>): RequestContext {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, [value]]),
  )
}
