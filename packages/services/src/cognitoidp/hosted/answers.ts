import type { HttpOperationOutput } from '../../http-operation.ts'
import type { Markup } from './pages/markup.ts'

/** As AWS's login pages and endpoints send them. Source: their answers, seen from outside. */
const guarded: Readonly<Record<string, string>> = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  expires: '0',
  pragma: 'no-cache',
  'strict-transport-security': 'max-age=31536000 ; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '0',
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A page: no script runs in it, whoever wrote what it shows. */
export function page(status: number, { html, styleHashes }: Page): HttpOperationOutput {
  const styles = styleHashes.map((hash) => `'sha256-${hash}'`).join(' ')
  return {
    status,
    headers: {
      ...guarded,
      'content-type': 'text/html;charset=UTF-8',
      'content-security-policy': `default-src 'none'; style-src ${styles}; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
    },
    body: encode(html),
  }
}

export interface Page extends Markup {
  /** SHA-256 of each style sheet in it, base64. */
  readonly styleHashes: readonly string[]
}

export function redirect(location: string, cookies: readonly string[] = []): HttpOperationOutput {
  return {
    status: 302,
    headers: { ...guarded, location: ascii(location), 'referrer-policy': 'no-referrer' },
    ...(cookies.length === 0 ? {} : { cookies }),
    body: encode(''),
  }
}

/** A header has no room for other letters than these, which a registered URI may have. */
const ascii = (url: string): string => url.replaceAll(/[^\x21-\x7e]+/gu, encodeURIComponent)

/** An answer for programs; those that run in browsers may read it from everywhere. */
export function json(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): HttpOperationOutput {
  return {
    status,
    headers: {
      ...guarded,
      'content-type': 'application/json;charset=UTF-8',
      'access-control-allow-origin': '*',
      ...headers,
    },
    body: encode(JSON.stringify(value)),
  }
}

export function empty(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): HttpOperationOutput {
  return { status, headers: { ...guarded, ...headers }, body: encode('') }
}

/** A URL with further parameters in its query, or in its fragment. */
export function withParameters(
  url: string,
  parameters: Readonly<Record<string, string | undefined>>,
  where: 'query' | 'fragment' = 'query',
): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const text = new URLSearchParams(given).toString()
  if (text === '') return url
  if (where === 'fragment') return `${url}#${text}`
  return `${url}${url.includes('?') ? '&' : '?'}${text}`
}
