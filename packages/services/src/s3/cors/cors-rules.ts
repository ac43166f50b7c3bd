import type { CORSRule } from '@cloud-orrery/models/s3'
import { invalidRequest, malformedXml } from '../errors.ts'
import { corsRulesMax } from '../limits.ts'

/** What a browser asks: where its page comes from, and what it wants to send. */
export interface CorsRequest {
  readonly origin: string
  readonly method: string
  /** Lower case; absent: it does not say. */
  readonly headers: readonly string[] | undefined
}

const methods = new Set(['GET', 'PUT', 'HEAD', 'POST', 'DELETE'])

/** Recorded: S3, PutBucketCors, July 2023. The words about wildcards are those that S3 is known for. */
export function checkCorsRules(rules: readonly CORSRule[]): void {
  if (rules.length === 0 || rules.length > corsRulesMax) throw malformedXml()
  for (const { AllowedMethods, AllowedOrigins, AllowedHeaders = [], ExposeHeaders = [] } of rules) {
    if (AllowedMethods.length === 0 || AllowedOrigins.length === 0) throw malformedXml()
    for (const method of AllowedMethods) {
      if (methods.has(method)) continue
      throw invalidRequest(
        `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
      )
    }
    for (const origin of AllowedOrigins) checkWildcards('AllowedOrigin', origin)
    for (const header of AllowedHeaders) checkWildcards('AllowedHeader', header)
    const wild = ExposeHeaders.find((header) => header.includes('*'))
    if (wild === undefined) continue
    throw invalidRequest(
      `ExposeHeader "${wild}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
    )
  }
}

function checkWildcards(name: string, pattern: string): void {
  if (pattern.split('*').length <= 2) return
  throw invalidRequest(`${name} "${pattern}" can not have more than one wildcard.`)
}

/**
 * Headers of the first rule that allows a request; undefined where none does. Source: S3 User Guide, "Using
 * cross-origin resource sharing (CORS)". Recorded: S3, CORS requests, July 2023.
 */
export function corsHeaders(
  rules: readonly CORSRule[],
  request: CorsRequest,
): Readonly<Record<string, string>> | undefined {
  for (const rule of rules) {
    const allowed = rule.AllowedOrigins.find((pattern) => fits(pattern, request.origin))
    if (allowed === undefined || !rule.AllowedMethods.includes(request.method)) continue
    if (!allowsHeaders(rule, request)) continue
    return headersOf(rule, request, allowed === '*')
  }
  return undefined
}

function allowsHeaders({ AllowedHeaders = [] }: CORSRule, { headers = [] }: CorsRequest): boolean {
  return headers.every((header) =>
    AllowedHeaders.some((pattern) => fits(pattern.toLowerCase(), header)),
  )
}

/** One star stands for anything. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const after = pattern.slice(star + 1)
  return (
    text.length >= pattern.length - 1 &&
    text.startsWith(pattern.slice(0, star)) &&
    text.endsWith(after)
  )
}

function headersOf(
  { AllowedMethods, ExposeHeaders = [], MaxAgeSeconds }: CORSRule,
  { origin, headers = [] }: CorsRequest,
  forAll: boolean,
): Record<string, string> {
  return {
    'access-control-allow-origin': forAll ? '*' : origin,
    'access-control-allow-methods': AllowedMethods.join(', '),
    ...(headers.length === 0 ? {} : { 'access-control-allow-headers': headers.join(', ') }),
    ...(ExposeHeaders.length === 0
      ? {}
      : { 'access-control-expose-headers': ExposeHeaders.join(', ') }),
    ...(MaxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(MaxAgeSeconds) }),
    ...(forAll ? {} : { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}
