import type { Context } from '../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../http-operation.ts'
import { identities, verificationLinks } from '../shared/mail/state.ts'
import { changeQuota } from './send-quota.ts'

/** Where the pages are to which AWS leads after a link. */
const successUrl = 'https://aws.amazon.com/ses/verifysuccess/'
const failureUrl = 'https://aws.amazon.com/ses/verifyfailure/'

/** Plain HTTP to SES's own hosts: links of verification mails, and the model's setting of the quotas. */
export const mailRequest = httpOperation('ses', 'MailRequest', {
  authorize: () => ({
    none: 'the link carries a secret; the quotas are the setting of whoever runs the model',
  }),
  provenance: 'modelled',
  trail: { kind: 'unlogged' },
  unsigned: true,
  scope(input, ctx) {
    const link = verificationLinks.get(ctx, queryOf(input).get('Context') ?? '')
    if (link !== undefined) return { accountId: link.accountId, region: link.region }
    const region = input.host.split('.')[1]
    const accountId = queryOf(input).get('account')
    return {
      ...(region === undefined ? {} : { region }),
      ...(accountId === null ? {} : { accountId }),
    }
  },
  run(ctx, input) {
    return input.host.startsWith('email-verification.')
      ? verify(ctx, input)
      : changeQuota(ctx, input)
  },
})

export function queryOf({ query }: HttpOperationInput): URLSearchParams {
  return new URLSearchParams(query)
}

/** Someone follows the link: the address is theirs, if the link is not too old. */
function verify(ctx: Context, input: HttpOperationInput): HttpOperationOutput {
  const link = verificationLinks.get(ctx, queryOf(input).get('Context') ?? '')
  const identity = identities.get(ctx, link?.identity ?? '')
  if (link === undefined || identity === undefined || link.expiresAtMs <= ctx.now()) {
    return redirect(link?.failureUrl ?? failureUrl)
  }
  identities.put(ctx, {
    ...identity,
    verification: 'SUCCESS',
    verifiedAtMs: ctx.now(),
    lastCheckedAtMs: ctx.now(),
  })
  return redirect(link.successUrl ?? successUrl)
}

function redirect(location: string): HttpOperationOutput {
  return { status: 302, headers: { location }, body: new Uint8Array() }
}
