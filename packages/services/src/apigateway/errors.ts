import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  BadRequestException,
  ConflictException,
  LimitExceededException,
  NotFoundException,
} from '@cloud-orrery/models/apigateway'

export function badRequest(message: string): AwsError {
  return awsError(BadRequestException, message)
}

export function notFound(message: string): AwsError {
  return awsError(NotFoundException, message)
}

export function conflict(message: string): AwsError {
  return awsError(ConflictException, message)
}

export function limitExceeded(message: string): AwsError {
  return awsError(LimitExceededException, message)
}

export function validation(message: string): AwsError {
  return awsError(commonError('ValidationException', 400), message)
}

export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDeniedException', 403), message)
}

/** Recorded: apigateway, UpdateRestApi and others. */
export function apiNotFound(accountId: string, id: string): AwsError {
  return notFound(`Invalid API identifier specified ${accountId}:${id}`)
}

export function resourceNotFound(): AwsError {
  return notFound('Invalid Resource identifier specified')
}

export function methodNotFound(): AwsError {
  return notFound('Invalid Method identifier specified')
}

export function integrationNotFound(): AwsError {
  return notFound('Invalid Integration identifier specified')
}

export function statusCodeNotFound(): AwsError {
  return notFound('Invalid Response status code specified')
}

export function stageNotFound(): AwsError {
  return notFound('Invalid stage identifier specified')
}

export function deploymentNotFound(): AwsError {
  return notFound('Invalid Deployment identifier specified')
}

export function authorizerNotFound(): AwsError {
  return notFound('Invalid Authorizer identifier specified')
}

export function modelNotFound(name: string): AwsError {
  return notFound(`Invalid model name specified: ${name}`)
}

export function validatorNotFound(): AwsError {
  return notFound('Invalid Request Validator identifier specified')
}

export function documentationPartNotFound(): AwsError {
  return notFound('Invalid Documentation part identifier specified')
}

export function documentationVersionNotFound(): AwsError {
  return notFound('Invalid Documentation version specified')
}

export function apiKeyNotFound(): AwsError {
  return notFound('Invalid API Key identifier specified')
}

export function usagePlanNotFound(): AwsError {
  return notFound('Invalid Usage Plan ID specified')
}

export function domainNameNotFound(): AwsError {
  return notFound('Invalid domain name identifier specified')
}

export function mappingNotFound(): AwsError {
  return notFound('Invalid base path mapping identifier specified')
}

export function invalidPosition(): AwsError {
  return badRequest('Invalid position token')
}

/** Recorded: apigateway, UpdateRestApi, UpdateMethod and others. */
export function unsupportedOperation(allowed: readonly string[]): AwsError {
  return badRequest(`Invalid patch operation specified. Must be one of: [${allowed.join(', ')}]`)
}

export function invalidPatchPath(path: string | undefined): AwsError {
  return badRequest(`Invalid patch path ${path ?? 'null'}`)
}
