import type { Cors } from '@cloud-orrery/models/lambda'
import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'

/** The headers that a URL's configuration adds for a request from another origin; none where it is not let in. */
export function corsHeaders(
  cors: Cors | undefined,
  request: HttpOperationInput,
): Record<string, string> {
  const { origin } = request.headers
  if (cors === undefined || origin === undefined) return {}
  const { AllowOrigins = [], AllowCredentials, ExposeHeaders = [] } = cors
  const any = AllowOrigins.includes('*')
  if (!any && !AllowOrigins.some((allowed) => covers(allowed, origin))) return {}
  return {
    'access-control-allow-origin': any && AllowCredentials !== true ? '*' : origin,
    ...(any && AllowCredentials !== true ? {} : { vary: 'Origin' }),
    ...(AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(ExposeHeaders.length === 0
      ? {}
      : { 'access-control-expose-headers': ExposeHeaders.join(',') }),
  }
}

/** Source: CreateFunctionUrlConfig, `Cors`, `AllowOrigins`: names of origins, with `*` in them. */
function covers(allowed: string, origin: string): boolean {
  const [head = '', ...rest] = allowed.split('*')
  if (rest.length === 0) return allowed === origin
  const tail = rest.join('*')
  return (
    origin.length >= head.length + tail.length && origin.startsWith(head) && origin.endsWith(tail)
  )
}

/** A browser's question before a request: answered without the function. Undefined: it is none. */
export function preflight(
  cors: Cors | undefined,
  request: HttpOperationInput,
): HttpOperationOutput | undefined {
  const { method, headers } = request
  if (cors === undefined || method !== 'OPTIONS') return undefined
  if (headers['origin'] === undefined || headers['access-control-request-method'] === undefined) {
    return undefined
  }
  const { AllowMethods = [], AllowHeaders = [], MaxAge } = cors
  const letIn = corsHeaders(cors, request)
  if (Object.keys(letIn).length === 0) return { status: 200, headers: {}, body: Buffer.alloc(0) }
  return {
    status: 200,
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
