import { createHash } from 'node:crypto'
import type { HttpAnswer } from '../http.ts'
import { style } from './style.ts'

const styleHash = createHash('sha256').update(style).digest('base64')

/**
 * For every answer: nothing is kept, nothing guessed, and no address with a code in it is told to another host. With
 * `no-referrer` our own forms would come with `Origin: null`.
 */
export const plainHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
} as const

/**
 * What a page of ours may do: its own style, our script, forms to us. A form's answer may lead to the login, which
 * browsers count as the form's target too.
 */
export function contentPolicy(loginUrl: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "script-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    `form-action 'self' ${loginUrl}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export interface PageContent {
  readonly title: string
  /** HTML below the heading. What people or tokens say in it went through `escaped`. */
  readonly body: string
  readonly statusCode?: number
  readonly cookies?: readonly string[]
}

/** One page as an answer. */
export function page(loginUrl: string, content: PageContent): HttpAnswer {
  const { title, body, statusCode = 200, cookies = [] } = content
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body><main><h1>${escaped(title)}</h1>
${body}
</main></body>
</html>
`
  const headers = {
    ...plainHeaders,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentPolicy(loginUrl),
  }
  return { statusCode, headers, cookies, body: html }
}

/** A way on for everyone who is not signed in. */
export const loginLink = '<p><a class="button" href="/oauth2/login">Sign in</a></p>'

export function json(
  statusCode: number,
  value: unknown,
  cookies: readonly string[] = [],
): HttpAnswer {
  const headers = { ...plainHeaders, 'content-type': 'application/json' }
  return { statusCode, headers, cookies, body: JSON.stringify(value) }
}

export function redirect(
  statusCode: 302 | 303,
  location: string,
  cookies: readonly string[] = [],
): HttpAnswer {
  return { statusCode, headers: { ...plainHeaders, location }, cookies }
}

export function escaped(text: string): string {
  const names: Record<string, string> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": '#39',
  }
  return text.replaceAll(/[&<>"']/g, (sign) => `&${names[sign]};`)
}

/** `Signed in until 14:05 UTC.` */
export function untilText(expiresAtMs: number): string {
  return `Signed in until ${new Date(expiresAtMs).toISOString().slice(11, 16)} UTC.`
}
