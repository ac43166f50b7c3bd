import type { ALBResult } from './event.ts'

const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' }

export function json(
  statusCode: number,
  value: object,
  headers: Record<string, string> = {},
): ALBResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...noStore, ...headers },
    body: JSON.stringify(value),
  }
}

/** A refusal of RFC 6749, section 5.2. */
export function refusal(error: string, description?: string): ALBResult {
  return json(400, {
    error,
    ...(description === undefined ? {} : { error_description: description }),
  })
}

/** Method, path or parameters that no part of this is for. */
export const notAllowed: ALBResult = { statusCode: 405, headers: noStore, body: '' }

/** To another page, which is asked for by GET whatever came before. */
export function seeOther(location: string, headers: Record<string, string> = {}): ALBResult {
  return { statusCode: 303, headers: { location, ...noStore, ...headers }, body: '' }
}

interface CookieSettings {
  /** Seconds; 0 takes it away. */
  readonly maxAge: number
  /** Strict: it comes with what this site's own pages ask for. Lax: also with links that lead here. */
  readonly sameSite: 'Strict' | 'Lax'
}

/** A cookie of this host alone, out of reach of scripts. */
export function cookie(name: `__Host-${string}`, value: string, settings: CookieSettings): string {
  const { maxAge, sameSite } = settings
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=${sameSite}`
}
