import type { Redirect, RoutingRule, WebsiteConfiguration } from '@cloud-orrery/models/s3'

/** Where a request is sent on to. */
export interface Redirection {
  readonly status: number
  readonly location: string
}

/** What a redirection is made from. */
export interface Asked {
  /** With its port, as the client wrote it. */
  readonly host: string
  /** Decoded, without the slash in front. */
  readonly key: string
  /** With its question mark, or empty. */
  readonly query: string
}

/** The first rule for a key; `status`: of the error that it led to, absent before it was looked for. */
export function ruleFor(
  { RoutingRules = [] }: WebsiteConfiguration,
  key: string,
  status: number | undefined,
): RoutingRule | undefined {
  return RoutingRules.find(({ Condition }) => {
    const { KeyPrefixEquals = '', HttpErrorCodeReturnedEquals: code } = Condition ?? {}
    if (!key.startsWith(KeyPrefixEquals)) return false
    return status === undefined ? code === undefined : code === String(status)
  })
}

/** Source: S3 User Guide, "(Optional) Configuring a webpage redirect", Routing rule elements. */
export function redirected({ Condition, Redirect }: RoutingRule, asked: Asked): Redirection {
  const { Protocol = 'http', HostName = asked.host, HttpRedirectCode = '301' } = Redirect
  const key = encodeKey(redirectedKey(Redirect, Condition?.KeyPrefixEquals ?? '', asked.key))
  return {
    status: Number(HttpRedirectCode),
    location: `${Protocol}://${HostName}/${key}${asked.query}`,
  }
}

function redirectedKey(
  { ReplaceKeyWith, ReplaceKeyPrefixWith }: Redirect,
  prefix: string,
  key: string,
): string {
  if (ReplaceKeyWith !== undefined) return ReplaceKeyWith
  if (ReplaceKeyPrefixWith === undefined) return key
  return ReplaceKeyPrefixWith + key.slice(prefix.length)
}

/** All requests of a bucket that stands for another host. */
export function redirectedAll(
  { HostName, Protocol = 'http' }: NonNullable<WebsiteConfiguration['RedirectAllRequestsTo']>,
  { key, query }: Asked,
): Redirection {
  return { status: 301, location: `${Protocol}://${HostName}/${encodeKey(key)}${query}` }
}

export function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/')
}
