import type { Context } from '../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../http-operation.ts'
import { unsubscribe } from '../shared/mail/list-management.ts'
import { followed, type TrackedMail, trackedMails } from '../shared/mail/tracking.ts'

/** Plain HTTP to the hosts to which links in mails lead: tracked links, invisible images, unsubscriptions. */
export const linkRequest = httpOperation('sesv2', 'MailLinkRequest', {
  authorize: () => ({ none: 'readers of mail follow links without credentials' }),
  provenance: 'modelled',
  trail: { kind: 'unlogged' },
  unsigned: true,
  scope(input, ctx) {
    const mail = mailOf(ctx, input)
    return mail === undefined ? {} : { accountId: mail.accountId, region: mail.region }
  },
  run(ctx, input) {
    if (input.host.startsWith('unsubscribe.')) {
      const isDone = unsubscribe(ctx, messageOf(input))
      return isDone ? page(200, 'You have been unsubscribed.') : page(404, 'No such message.')
    }
    const found = followed(ctx, input.path, input.headers['user-agent'] ?? '')
    if (found === undefined) return page(404, 'No such link.')
    if (found.redirect === undefined) {
      return { status: 200, headers: { 'content-type': 'image/gif' }, body: pixel }
    }
    return { status: 302, headers: { location: found.redirect }, body: new Uint8Array() }
  },
})

/** A transparent image of one pixel. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

function messageOf({ host, path, query }: HttpOperationInput): string {
  if (host.startsWith('unsubscribe.')) return new URLSearchParams(query).get('message') ?? ''
  const parts = path.split('/')
  return (parts[1] === 'L0' ? parts[4] : parts[2]) ?? ''
}

function mailOf(ctx: Context, input: HttpOperationInput): TrackedMail | undefined {
  return trackedMails.get(ctx, messageOf(input))
}

function page(status: number, text: string): HttpOperationOutput {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: new TextEncoder().encode(`<!doctype html><p>${text}</p>\n`),
  }
}
