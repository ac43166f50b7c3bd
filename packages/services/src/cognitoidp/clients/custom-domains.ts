import type { Context } from '../../context.ts'
import {
  certificateOf,
  covers,
  releaseCertificate,
  useCertificate,
} from '../../shared/certificates/uses.ts'
import { resolve } from '../../shared/dns/resolve.ts'
import { invalidParameter } from '../errors.ts'
import type { Domain } from './state.ts'

/**
 * A custom domain needs a certificate that CloudFront takes (issued, of this account, in us-east-1, for this name) and a
 * parent domain that resolves. Words as users report them. Source: "Using your own domain for managed login".
 */
export function checkCustomDomain(ctx: Context, name: string, certificateArn: string): void {
  if (!name.includes('.')) throw invalidParameter(`Invalid custom domain: ${name}`)
  checkCertificate(ctx, name, certificateArn)
  const parent = name.slice(name.indexOf('.') + 1)
  // Of a registered name the parent is no domain of anyone's.
  if (!parent.includes('.')) return
  const { answers } = resolve(ctx, { name: parent, type: 'A' })
  if (!answers.some(({ type }) => type === 'A')) {
    throw invalidParameter(
      'Custom domain is not a valid subdomain: Was not able to resolve the root domain, please ensure an A record exists for the root domain.',
    )
  }
}

export function checkCertificate(ctx: Context, name: string, arn: string): void {
  const [, , , region, accountId] = arn.split(':')
  const isUsable = region === 'us-east-1' && accountId === ctx.accountId
  const certificate = isUsable ? certificateOf(ctx, arn) : undefined
  if (certificate?.status !== 'ISSUED') {
    throw invalidViewerCertificate(
      ctx,
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    )
  }
  if (!covers(certificate, name, ctx.now())) {
    throw invalidViewerCertificate(
      ctx,
      "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add. For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements",
    )
  }
}

/** CloudFront's refusal, as Cognito passes it on. */
function invalidViewerCertificate(ctx: Context, message: string) {
  return invalidParameter(
    `${message} (Service: AmazonCloudFront; Status Code: 400; Error Code: InvalidViewerCertificate; Request ID: ${ctx.ids.uuid()}; Proxy: null)`,
  )
}

/** ACM names the domain's distribution as the user. Deviation: AWS's is in an account of Cognito's own. */
const distributionArn = ({ accountId, host }: Domain): string =>
  `arn:aws:cloudfront::${accountId}:distribution/E${(host.split('.')[0] ?? '').slice(1).toUpperCase()}`

/** The domain shows its certificate now, and no other. */
export function noteCertificate(ctx: Context, domain: Domain): void {
  forgetCertificate(ctx, domain)
  const { certificateArn } = domain
  if (certificateArn !== undefined) useCertificate(ctx, certificateArn, distributionArn(domain))
}

export function forgetCertificate(ctx: Context, domain: Domain): void {
  if (domain.certificateArn !== undefined) releaseCertificate(ctx, distributionArn(domain))
}
