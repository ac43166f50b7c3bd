import { cookieOf } from '../cookies/request-cookies.ts'
import { accessCookie } from '../cookies/session-cookies.ts'
import type { HttpRequest } from '../http.ts'

/** Claims of an access token that the backend gets. */
interface Claims {
  readonly sub: string
  /** Seconds since 1970. */
  readonly exp: number
}

/** Answers with the claims of a good token and throws for any other: a verifier of `aws-jwt-verify`. */
export interface Verifier {
  verify(token: string): Promise<Claims>
}

/** The simple response of a function authorizer for HTTP APIs. */
export interface Verdict {
  readonly isAuthorized: boolean
  readonly context?: Readonly<Record<string, string>>
}

const refused: Verdict = { isAuthorized: false }

/**
 * Lets in who holds a good access token as a cookie. Whatever is wrong or cannot be found out now is a refusal: only
 * `true` opens, and nothing is thrown.
 */
export async function judge(
  request: HttpRequest,
  verifier: Verifier,
  ownOrigin: string,
  log: (line: object) => void,
): Promise<Verdict> {
  if (!isSafe(request.requestContext.http.method) && !isFromOwnPage(request.headers, ownOrigin)) {
    log({ refused: 'it changes something and comes from elsewhere' })
    return refused
  }
  const token = cookieOf(request.cookies, accessCookie)
  if (token === undefined) {
    log({ refused: 'there is no access token, or there are several' })
    return refused
  }
  try {
    const { sub, exp } = await verifier.verify(token)
    return { isAuthorized: true, context: { sub, exp: String(exp) } }
  } catch (error) {
    // The kind of error says what is wrong with a token; its message may quote the token.
    log({ refused: error instanceof Error ? error.constructor.name : 'unknown' })
    return refused
  }
}

/** Safe methods change nothing. Source: RFC 9110, 9.2.1. */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/**
 * Whether a page of ours sent a request. `SameSite` keeps the cookie from other sites, but not from other hosts of the
 * same site, and not in every browser. Those say where a request comes from: all of them `Origin`, newer ones `Sec-Fetch-Site`.
 * A request that says neither is refused: no browser sends it.
 */
export function isFromOwnPage(
  headers: Readonly<Record<string, string>>,
  ownOrigin: string,
): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  if (origin === undefined && site === undefined) return false
  return (origin ?? ownOrigin) === ownOrigin && (site ?? 'same-origin') === 'same-origin'
}
