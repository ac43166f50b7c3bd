import type { Context } from '../../context.ts'
import type { HttpOperationInput } from '../../http-operation.ts'

/** Types of content that functions get as text. Source: developer guide, "Request and response payloads". */
const textTypes = /^(text\/|application\/(json|javascript|xml)\b|application\/[^;]*\+(json|xml)\b)/

/** What a function behind a URL gets: payload format 2.0. Source: as above; recorded: lambda, URLs. */
export function urlEvent(ctx: Context, request: HttpOperationInput): object {
  const { host, method, path, query, headers, body } = request
  const id = host.slice(0, host.indexOf('.'))
  const { cookie, authorization: _, ...others } = headers
  const sourceIp = ctx.caller.sourceIp ?? '127.0.0.1'
  const parameters = queryParameters(query)
  const text = body.byteLength > 0 ? Buffer.from(body) : undefined
  const isText = textTypes.test(headers['content-type'] ?? '')
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...others,
      'x-amzn-tls-cipher-suite': 'TLS_AES_128_GCM_SHA256',
      'x-amzn-tls-version': 'TLSv1.3',
      'x-amzn-trace-id': `Root=1-${Math.floor(ctx.now() / 1000).toString(16)}-${ctx.ids.hex(24)}`,
      'x-forwarded-for': sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(Object.keys(parameters).length === 0 ? {} : { queryStringParameters: parameters }),
    requestContext: {
      ...identityOf(ctx),
      apiId: id,
      domainName: host,
      domainPrefix: id,
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp,
        userAgent: ctx.caller.userAgent ?? headers['user-agent'] ?? '',
      },
      requestId: ctx.requestId,
      routeKey: '$default',
      stage: '$default',
      time: logTime(ctx.now()),
      timeEpoch: ctx.now(),
    },
    ...(text === undefined ? {} : { body: text.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: text !== undefined && !isText,
  }
}

function identityOf({ caller }: Context): Record<string, unknown> {
  const { principal, accessKeyId } = caller
  if (!('arn' in principal) || !('accountId' in principal)) return { accountId: 'anonymous' }
  const { accountId, arn } = principal
  const userId =
    principal.kind === 'role-session'
      ? `${principal.roleId}:${principal.sessionName}`
      : 'userId' in principal
        ? principal.userId
        : accountId
  const iam = {
    accessKey: accessKeyId,
    accountId,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId,
  }
  return { accountId, authorizer: { iam } }
}

/** Repeated parameters are joined by commas. */
function queryParameters(query: string): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    joined[name] = joined[name] === undefined ? value : `${joined[name]},${value}`
  }
  return joined
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `12/Mar/2020:19:03:58 +0000` */
function logTime(ms: number): string {
  const iso = new Date(ms).toISOString()
  const month = months[Number(iso.slice(5, 7)) - 1]
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}
