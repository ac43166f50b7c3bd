import type { Context } from '../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../http-operation.ts'
import { type CertificateRecord, certificates } from '../shared/certificates/state.ts'
import { type ApprovalRecord, approvals } from './state.ts'
import { issue } from './validation.ts'

/** The page to which the mails lead: looking at it approves nothing, the button on it does. */
export const approvalRequest = httpOperation('acm', 'ApprovalRequest', {
  authorize: () => ({ none: 'whoever has the mail may approve' }),
  provenance: 'modelled',
  trail: { kind: 'unlogged' },
  unsigned: true,
  scope(input, ctx) {
    const approval = approvalOf(ctx, input)
    return approval === undefined ? {} : { accountId: approval.accountId, region: approval.region }
  },
  run(ctx, input) {
    const approval = approvalOf(ctx, input)
    const certificate =
      approval === undefined ? undefined : certificates.get(ctx, approval.certificateArn)
    if (approval === undefined || certificate === undefined) {
      return page(404, '<h1>This request does not exist</h1>')
    }
    if (certificate.status !== 'PENDING_VALIDATION') {
      return page(200, '<h1>This request has been approved, or is over</h1>')
    }
    if (input.method === 'POST') {
      approve(ctx, certificate, approval)
      return page(
        200,
        `<h1>Success!</h1><p>You approved a certificate for ${shown(approval.domain)}.</p>`,
      )
    }
    return page(
      200,
      `<h1>Certificate approval for ${shown(approval.domain)}</h1>` +
        `<p>AWS account ${approval.accountId} asks for a certificate that names this domain.</p>` +
        '<form method="post"><button type="submit">I Approve</button></form>',
    )
  },
})

function approvalOf(ctx: Context, { query, path }: HttpOperationInput): ApprovalRecord | undefined {
  if (path !== '/approvals') return undefined
  return approvals.get(ctx, new URLSearchParams(query).get('code') ?? '')
}

function approve(ctx: Context, certificate: CertificateRecord, { domain }: ApprovalRecord): void {
  const proofs = certificate.proofs.map((proof) =>
    proof.domain === domain ? { ...proof, status: 'SUCCESS' as const } : proof,
  )
  const next = certificates.put(ctx, { ...certificate, proofs })
  if (proofs.every(({ status }) => status === 'SUCCESS')) issue(ctx, next)
}

/** Names of certificates have no characters that HTML minds, but what is shown is escaped all the same. */
function shown(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

function page(status: number, body: string): HttpOperationOutput {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Amazon Certificate Approvals</title><main>${body}</main></html>\n`
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY' },
    body: new TextEncoder().encode(html),
  }
}
