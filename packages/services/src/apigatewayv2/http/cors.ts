import type { Cors } from '@cloud-orrery/models/apigatewayv2'
import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'

/** Headers of CORS that an API with settings of its own never takes from an integration. */
const own = /^access-control-allow-|^access-control-expose-headers$|^access-control-max-age$/

/** An answer with the API's CORS headers instead of the integration's. Source: developer guide, "Configure CORS for HTTP APIs". */
export function withCors(
  cors: Cors | undefined,
  request: HttpOperationInput,
  answer: HttpOperationOutput,
): HttpOperationOutput {
  if (cors === undefined) return answer
  const kept = Object.entries(answer.headers).filter(([name]) => !own.test(name))
  return { ...answer, headers: { ...Object.fromEntries(kept), ...corsHeaders(cors, request) } }
}

function corsHeaders(cors: Cors, { headers }: HttpOperationInput): Record<string, string> {
  const { origin } = headers
  const { AllowOrigins = [], AllowCredentials, ExposeHeaders = [] } = cors
  const allowed = origin === undefined ? undefined : allowedOrigin(AllowOrigins, origin)
  if (allowed === undefined) return {}
  return {
    'access-control-allow-origin': allowed,
    ...(AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(allowed === '*' ? {} : { vary: 'origin' }),
    ...(ExposeHeaders.length === 0
      ? {}
      : { 'access-control-expose-headers': ExposeHeaders.join(',') }),
  }
}

/** Origins are whole ones, `*`, or all of a scheme: `https://*`. */
function allowedOrigin(allowed: readonly string[], origin: string): string | undefined {
  if (allowed.includes('*')) return '*'
  const covers = (it: string) =>
    it === origin || (it.endsWith('://*') && origin.startsWith(it.slice(0, -1)))
  return allowed.some(covers) ? origin : undefined
}

/** A browser's question, which an API with CORS settings answers itself, with or without a route for it. */
export function preflight(
  cors: Cors | undefined,
  request: HttpOperationInput,
): HttpOperationOutput | undefined {
  const { method, headers } = request
  if (cors === undefined || method !== 'OPTIONS') return undefined
  if (headers['origin'] === undefined || headers['access-control-request-method'] === undefined) {
    return undefined
  }
  const letIn = corsHeaders(cors, request)
  if (Object.keys(letIn).length === 0) return { status: 204, headers: {}, body: Buffer.alloc(0) }
  const { AllowMethods = [], AllowHeaders = [], MaxAge } = cors
  return {
    status: 204,
    headers: {
      ...letIn,
      ...(AllowMethods.length === 0
        ? {}
        : { 'access-control-allow-methods': AllowMethods.join(',') }),
      ...(AllowHeaders.length === 0
        ? {}
        : { 'access-control-allow-headers': AllowHeaders.join(',') }),
      ...(MaxAge === undefined ? {} : { 'access-control-max-age': String(MaxAge) }),
    },
    body: Buffer.alloc(0),
  }
}
