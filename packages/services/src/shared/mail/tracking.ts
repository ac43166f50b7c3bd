import { type Scope, table } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { isoTime, type MailFacts } from './events.ts'
import { tell } from './publication.ts'
import { type ConfigurationSet, configurationSets } from './state.ts'

/** A message whose links lead back to SES. */
export interface TrackedMail extends Scope {
  readonly messageId: string
  readonly set?: string
  readonly facts: MailFacts
  /** Of list management: what an unsubscription is from. */
  readonly list?: string
  readonly topic?: string
  readonly contact?: string
}

export const trackedMails = table<TrackedMail>('mail.tracked', {
  key: ({ messageId }) => messageId,
  partition: 'cloud',
})

/** Whether anyone wants to know of opens or clicks. */
export function tracks(set: ConfigurationSet | undefined, type: 'OPEN' | 'CLICK'): boolean {
  return set?.destinations.some((it) => it.enabled && it.eventTypes.includes(type)) ?? false
}

/**
 * HTML whose links and whose invisible image lead over SES. Source: SES Developer Guide, "Open and click tracking":
 * `ses:no-track` leaves a link alone, `ses:tags` gives it tags.
 * Deviation: raw messages keep their links, and a custom redirect domain is not used.
 */
export function tracked(
  html: string,
  messageId: string,
  region: string,
  set: ConfigurationSet | undefined,
): string {
  const host = `https://${messageId.slice(16, 25).replace('-', '')}.r.${region}.awstrack.me`
  let text = html
  if (tracks(set, 'CLICK')) {
    let count = 0
    text = html.replace(/<a\b[^>]*>/gi, (tag) => {
      const plain = tag.replace(/\s+ses:(?:no-track|tags="[^"]*")/gi, '')
      if (/\sses:no-track\b/i.test(tag)) return plain
      const tags = /\sses:tags="([^"]*)"/i.exec(tag)?.[1] ?? ''
      return plain.replace(/\bhref\s*=\s*"(https?:\/\/[^"]*)"/i, (_, link: string) => {
        count += 1
        const target = encodeURIComponent(link.replaceAll('&amp;', '&'))
        return `href="${host}/L0/${target}/${count}/${messageId}/${encodeURIComponent(tags)}"`
      })
    })
  }
  if (!tracks(set, 'OPEN')) return text
  const image = `<img alt="" src="${host}/I0/${messageId}/" style="display: none; width: 1px; height: 1px;">`
  return /<\/body>/i.test(text) ? text.replace(/<\/body>/i, `${image}</body>`) : text + image
}

/** Where a tracked link leads; tells who listens. Undefined: no link of SES's. */
export function followed(
  ctx: Context,
  path: string,
  userAgent: string,
): { readonly redirect?: string } | undefined {
  const [, kind, ...rest] = path.split('/')
  const [target = '', , messageId = '', tags = ''] = kind === 'L0' ? rest : ['', '', rest[0] ?? '']
  const mail = trackedMails.get(ctx, messageId)
  if (mail === undefined || (kind !== 'L0' && kind !== 'I0')) return undefined
  const set = configurationSets.get(ctx, mail.set ?? '')
  const listeners = set === undefined ? {} : { set }
  const seen = {
    timestamp: isoTime(ctx.now()),
    ipAddress: ctx.caller.sourceIp ?? '127.0.0.1',
    userAgent,
  }
  if (kind === 'I0') {
    tell(ctx, 0, listeners, 'OPEN', mail.facts, seen)
    return {}
  }
  const link = decodeURIComponent(target)
  const linkTags = linkTagsOf(decodeURIComponent(tags))
  tell(ctx, 0, listeners, 'CLICK', mail.facts, { ...seen, link, linkTags })
  return { redirect: link }
}

/** `campaign:spring;kind:news;` */
function linkTagsOf(text: string): Record<string, string[]> | null {
  const pairs = text.split(';').filter((pair) => pair.includes(':'))
  if (pairs.length === 0) return null
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf(':')
      return [pair.slice(0, at).trim(), [pair.slice(at + 1).trim()]]
    }),
  )
}
