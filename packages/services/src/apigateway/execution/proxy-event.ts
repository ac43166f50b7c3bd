import { type ApiCall, headerOf, lastValues, logTime, type MultiStrings } from './api-call.ts'
import { authorizerOf, identityOf } from './context-variables.ts'
import { isBinary } from './mapping.ts'

/**
 * What a function behind a proxy integration gets.
 * Source: developer guide, "Input format of a Lambda function for proxy integration"; recorded: apigateway,
 * `test_lambda_aws_proxy_integration_request_data_mapping`.
 */
export function proxyEvent(call: ApiCall, headers: MultiStrings, query: MultiStrings): object {
  const { request, resource, pathParameters, body } = call
  const binary = isBinary(call.api.binaryMediaTypes, headerOf(call.headers, 'content-type'))
  const isBase64Encoded = body.byteLength > 0 && binary
  return {
    resource: resource.path,
    path: call.path,
    httpMethod: request.method,
    headers: orNull(lastValues(headers)),
    multiValueHeaders: orNull(headers),
    queryStringParameters: orNull(lastValues(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(pathParameters),
    stageVariables: orNull(call.variables),
    requestContext: requestContext(call),
    body: body.byteLength === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  }
}

export function orNull<T extends object>(values: T): T | null {
  return Object.keys(values).length === 0 ? null : values
}

export function requestContext(call: ApiCall): Record<string, unknown> {
  const { ctx, request, resource } = call
  const authorizer = authorizerOf(call)
  return {
    resourceId: resource.id,
    ...(authorizer === undefined ? {} : { authorizer }),
    ...(call.method.operationName === undefined
      ? {}
      : { operationName: call.method.operationName }),
    resourcePath: resource.path,
    httpMethod: request.method,
    extendedRequestId: call.extendedRequestId,
    requestTime: logTime(call.startedAtMs),
    path: call.fullPath,
    accountId: ctx.accountId,
    protocol: 'HTTP/1.1',
    stage: call.stageName,
    domainPrefix: request.host.split('.')[0] ?? '',
    requestTimeEpoch: call.startedAtMs,
    requestId: call.requestId,
    identity: identityOf(call),
    domainName: request.host,
    deploymentId: call.deploymentId,
    apiId: call.apiId,
  }
}
