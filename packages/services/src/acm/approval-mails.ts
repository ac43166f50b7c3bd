import type { Context } from '../context.ts'
import type { CertificateRecord, DomainProof } from '../shared/certificates/state.ts'
import { mailbox } from '../shared/mailbox.ts'
import { approvals } from './state.ts'

/** Who is asked about a domain. Source: ACM user guide, "Email validation": five addresses, no longer those of WHOIS. */
const mailboxes = ['administrator', 'hostmaster', 'postmaster', 'webmaster', 'admin'] as const

/** Writes to those who may speak for a domain. Returns their addresses. */
export function sendApprovalMails(
  ctx: Context,
  certificate: CertificateRecord,
  { domain, validationDomain }: DomainProof,
): readonly string[] {
  const { accountId, region } = ctx
  const code = ctx.ids.uuid()
  approvals.put(ctx, { code, certificateArn: certificate.arn, domain, accountId, region })
  const emails = mailboxes.map((name) => `${name}@${validationDomain}`)
  for (const address of emails) {
    mailbox.send(ctx, {
      from: { name: 'Amazon Certificates', address: 'no-reply@certificates.amazon.com' },
      to: [address],
      subject: `Certificate approval for ${domain}`,
      text: mailText(
        certificate,
        domain,
        `https://${region}.acm-certificates.amazon.com/approvals?code=${code}`,
        accountId,
        region,
      ),
    })
  }
  return emails
}

function mailText(
  { arn }: CertificateRecord,
  domain: string,
  link: string,
  accountId: string,
  region: string,
): string {
  return [
    'Greetings from Amazon Web Services,',
    '',
    `We received a request to issue an SSL/TLS certificate for ${domain}.`,
    '',
    'Verify that the following domain, AWS account ID, and certificate identifier correspond to a request from you or someone in your organization.',
    '',
    `Domain: ${domain}`,
    `AWS account ID: ${accountId}`,
    `AWS Region name: ${region}`,
    `Certificate Identifier: ${arn.slice(arn.lastIndexOf('/') + 1)}`,
    '',
    `To approve this request, go to Amazon Certificate Approvals (${link} ) and follow the instructions on the page.`,
    '',
    'Sincerely,',
    'Amazon Web Services',
    '',
  ].join('\n')
}
