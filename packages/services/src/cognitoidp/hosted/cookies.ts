import type { HttpOperationInput } from '../../http-operation.ts'

/** Browsers that are signed in. Source: "User pool managed login", the cookie `cognito`. */
export const sessionCookie = 'cognito'
/** Proves that a form comes from a page of ours. */
export const formCookie = 'XSRF-TOKEN'
/** Where a browser stands between two pages. AWS keeps this in the page's own state. */
export const stepCookie = 'cognito-step'
/** Proves that a provider's answer comes back to the browser that was sent there. */
export const federationCookie = 'csrf-state'

export function cookieOf({ headers }: HttpOperationInput, name: string): string | undefined {
  for (const part of (headers['cookie'] ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at !== -1 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}

/** Until the browser is closed, or for `lifeMs` from `nowMs`. */
export function cookie(
  name: string,
  value: string,
  life?: { readonly nowMs: number; readonly lifeMs: number },
): string {
  const expires =
    life === undefined ? '' : `; Expires=${new Date(life.nowMs + life.lifeMs).toUTCString()}`
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax${expires}`
}

/**
 * For the answer of a provider that comes by a form of its own site: SAML. Source: "User pool managed login", cookies
 * that come with `SameSite=None`.
 */
export function crossSiteCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=None`
}

export const noCookie = (name: string): string =>
  `${name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0`
