import type { Context } from '../../context.ts'

const regionPrefixes: Readonly<Record<string, string>> = {
  'us-east-1': '0100',
  'us-west-2': '0101',
  'eu-west-1': '0102',
}

/** The id of an accepted message: region, moment, chance. Source: experience. */
export function messageId(ctx: Context): string {
  const moment = ctx.now().toString(16).padStart(12, '0')
  return `${regionPrefixes[ctx.region] ?? '010f'}${moment}-${ctx.ids.hex(8)}-${ctx.ids.uuid().slice(9)}-000000`
}

/** Domain of `Message-ID`. Source: SES Developer Guide, "Header fields that SES sets". */
export function messageIdDomain(region: string): string {
  return region === 'us-east-1' ? 'email.amazonses.com' : `${region}.amazonses.com`
}
