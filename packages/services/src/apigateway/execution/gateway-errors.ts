import type { HttpOperationOutput } from '../../http-operation.ts'
import { areFields } from '../../shared/header-fields.ts'
import { gatewayResponseOf } from '../gateway-responses.ts'
import type { ApiSnapshot, GatewayResponseRecord } from '../state.ts'
import { renderTemplate } from '../vtl/render.ts'
import { inputVariable, utilVariable } from '../vtl/variables.ts'
import { type ApiCall, headerOf, lastValues } from './api-call.ts'
import { contextVariable } from './context-variables.ts'
import { sourceValue } from './mapping.ts'

/** An answer that API Gateway gives itself, by its type. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly responseType: string
  /** What goes into `x-amzn-errortype`. */
  readonly errorType: string
  /** Where AWS answers another status than the type's. */
  readonly status: number | undefined
  /** `$context.error.validationErrorString` */
  readonly validationErrors: readonly string[]
  /** False where the body says `null`: failures of authorizers. */
  readonly hasMessage: boolean

  constructor(
    responseType: string,
    message: string | null,
    options: { status?: number; errorType?: string; validationErrors?: readonly string[] } = {},
  ) {
    super(message ?? '')
    this.responseType = responseType
    this.errorType = options.errorType ?? errorTypes[responseType] ?? 'InternalServerErrorException'
    this.status = options.status
    this.validationErrors = options.validationErrors ?? []
    this.hasMessage = message !== null
  }
}

const errorTypes: Readonly<Record<string, string>> = {
  ACCESS_DENIED: 'AccessDeniedException',
  AUTHORIZER_CONFIGURATION_ERROR: 'AuthorizerConfigurationException',
  AUTHORIZER_FAILURE: 'AuthorizerFailureException',
  BAD_REQUEST_BODY: 'BadRequestException',
  BAD_REQUEST_PARAMETERS: 'BadRequestException',
  EXPIRED_TOKEN: 'ExpiredTokenException',
  INVALID_API_KEY: 'ForbiddenException',
  INVALID_SIGNATURE: 'InvalidSignatureException',
  MISSING_AUTHENTICATION_TOKEN: 'MissingAuthenticationTokenException',
  QUOTA_EXCEEDED: 'LimitExceededException',
  REQUEST_TOO_LARGE: 'RequestTooLargeException',
  RESOURCE_NOT_FOUND: 'NotFoundException',
  THROTTLED: 'TooManyRequestsException',
  UNAUTHORIZED: 'UnauthorizedException',
  UNSUPPORTED_MEDIA_TYPE: 'UnsupportedMediaTypeException',
}

/** A failure of ours to do what the API says: a template that does not parse, a function that answers nonsense. */
export function configurationError(status = 500): GatewayError {
  return new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error', { status })
}

/** What callers get who reach no API at all. */
export function forbidden(): HttpOperationOutput {
  return {
    status: 403,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ForbiddenException' },
    body: Buffer.from('{"message":"Forbidden"}'),
  }
}

/** Its words are those of users' reports. */
export function headersTooLarge(): HttpOperationOutput {
  return {
    status: 431,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"message":"HTTP header is larger than 10240 bytes."}'),
  }
}

function ownResponse(api: ApiSnapshot): (type: string) => GatewayResponseRecord | undefined {
  return (type) => api.gatewayResponses.find(({ responseType }) => responseType === type)
}

/** An error as the API words it. Source: developer guide, "Gateway responses for REST APIs". */
export function gatewayAnswer(call: ApiCall, error: GatewayError): HttpOperationOutput {
  const response = gatewayResponseOf(ownResponse(call.api), error.responseType)
  const status =
    response.defaultResponse === true && error.status !== undefined
      ? error.status
      : Number(response.statusCode ?? error.status ?? 500)
  const { responseTemplates = {}, responseParameters = {} } = response
  const accepted = (headerOf(call.headers, 'accept') ?? '').split(',')[0]?.split(';')[0]?.trim()
  const [type, template] = Object.entries(responseTemplates).find(([name]) => name === accepted) ??
    Object.entries(responseTemplates).find(([name]) => name === 'application/json') ??
    Object.entries(responseTemplates)[0] ?? ['application/json', '']
  const headers: Record<string, string> = {
    'content-type': type,
    'x-amzn-errortype': error.errorType,
    'x-amz-apigw-id': call.extendedRequestId,
  }
  for (const [name, source] of Object.entries(responseParameters)) {
    const value = sourceValue(call, source)
    const header = name.replace('gatewayresponse.header.', '').toLowerCase()
    if (value !== undefined && areFields({ [header]: value })) headers[header] = value
  }
  return { status, headers, body: Buffer.from(rendered(call, error, template)) }
}

/** Only plain references are filled in here: gateway responses run no directives. */
function rendered(call: ApiCall, error: GatewayError, template: string): string {
  const message = error.hasMessage ? error.message : null
  const context = {
    ...contextVariable(call),
    error: {
      message: message ?? 'null',
      messageString: JSON.stringify(message),
      responseType: error.responseType,
      validationErrorString: JSON.stringify(error.validationErrors),
    },
  }
  const parameters = {
    path: call.pathParameters,
    querystring: lastValues(call.query),
    header: lastValues(call.headers),
  }
  const variables = {
    context,
    stageVariables: { ...call.variables },
    input: inputVariable(call.body.toString(), parameters),
    util: utilVariable(),
  }
  return renderTemplate(template.replaceAll('#', '#[[#]]#'), variables)
}
