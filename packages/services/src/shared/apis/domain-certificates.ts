import type { Context } from '../../context.ts'
import { certificateOf, isNamed, releaseCertificate, useCertificate } from '../certificates/uses.ts'
import type { DomainNameRecord } from './domain-names.ts'

type Wanted = Pick<DomainNameRecord, 'name' | 'endpointType'>

/**
 * Why a custom domain name can not have a certificate, in AWS's words as users report them; undefined where it can.
 * The words for one that is not issued are ours.
 */
export function certificateRefusal(
  ctx: Context,
  { name, endpointType }: Wanted,
  arn: string,
): string | undefined {
  const [, , service, region, accountId] = arn.split(':')
  const needed = endpointType === 'EDGE' ? 'us-east-1' : ctx.region
  if (service !== 'acm' || region !== needed) {
    return `Invalid certificate ARN: ${arn}. Certificate must be in '${needed}'.`
  }
  if (accountId !== ctx.accountId) {
    return 'The certificate provided must be owned by the account creating the domain.'
  }
  const certificate = certificateOf(ctx, arn)
  if (certificate === undefined) return 'The provided certificate does not exist'
  const isIssued = certificate.status === 'ISSUED'
  const isCovered = certificate.names.some((it) => isNamed(it.toLowerCase(), name))
  if (isIssued && isCovered) return undefined
  if (endpointType === 'EDGE') {
    return `Unable to associate certificate ${arn} with CloudFront. This error may prevent the domain name ${name} from being used in API Gateway for up to 40 minutes. Please ensure the certificate domain name matches the requested domain name, and that this user has permission to call cloudfront:UpdateDistribution on '*' resources.`
  }
  return isIssued
    ? 'The domain name to be created is not covered by the provided certificate.'
    : `The certificate ${arn} is not issued: its status is ${certificate.status}.`
}

/** What ACM names as the user. Deviation: the domain itself; AWS names a load balancer or a distribution of its own. */
const userArn = ({ region, name }: Pick<DomainNameRecord, 'region' | 'name'>): string =>
  `arn:aws:apigateway:${region}::/domainnames/${name}`

/** The domain shows this certificate now, and no other. */
export function noteDomainCertificate(ctx: Context, domain: DomainNameRecord): void {
  forgetDomainCertificate(ctx, domain)
  const { certificateArn } = domain
  if (certificateArn !== undefined) useCertificate(ctx, certificateArn, userArn(domain))
}

export function forgetDomainCertificate(ctx: Context, domain: DomainNameRecord): void {
  releaseCertificate(ctx, userArn(domain))
}
