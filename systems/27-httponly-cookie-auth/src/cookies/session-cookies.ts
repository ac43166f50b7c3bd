/**
 * The cookies of a session. `__Host-`: the browser takes them only with `Secure`, with `Path=/` and without `Domain`, so
 * that no neighbouring host can plant one. The refresh token has a path instead, and the prefix that allows for it.
 */
export const accessCookie = '__Host-accessToken'
export const refreshCookie = '__Secure-refreshToken'
export const loginCookie = '__Host-login'

/** Refresh tokens are sent here and below it, and nowhere else. */
export const refreshPath = '/oauth2/refresh'

/** What browsers keep at least of a cookie, name and value in bytes: larger ones are dropped without a word. RFC 6265, 6.1. */
const cookieBytesMax = 4096

/** Tokens that the browser holds and its scripts never see. `Lax`, since the arrival from the login comes from another site. */
export function accessTokenCookie(token: string, maxAgeSeconds: number): string {
  return line(accessCookie, token, maxAgeSeconds, '/', 'Lax')
}

/** `Strict`: only our own pages ask for a refresh. */
export function refreshTokenCookie(token: string, maxAgeSeconds: number): string {
  return line(refreshCookie, token, maxAgeSeconds, refreshPath, 'Strict')
}

export function loginStateCookie(sealed: string, maxAgeSeconds: number): string {
  return line(loginCookie, sealed, maxAgeSeconds, '/', 'Lax')
}

/** Has the browser forget each of them. */
export function forgotten(...names: ('access' | 'refresh' | 'login')[]): string[] {
  const made = { access: accessTokenCookie, refresh: refreshTokenCookie, login: loginStateCookie }
  return names.map((name) => made[name]('', 0))
}

function line(
  name: string,
  value: string,
  maxAgeSeconds: number,
  path: string,
  sameSite: 'Lax' | 'Strict',
): string {
  if (!/^[\w.~-]*$/.test(value)) throw new Error(`${name} would not fit a cookie: RFC 6265, 4.1.1`)
  if (name.length + value.length > cookieBytesMax) {
    throw new Error(`${name} has ${value.length} bytes: browsers would drop the cookie`)
  }
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=${path}; Secure; HttpOnly; SameSite=${sameSite}`
}
