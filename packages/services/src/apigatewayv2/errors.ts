import { type AwsError, awsError, type Violation } from '@cloud-orrery/models'
import {
  BadRequestException,
  ConflictException,
  NotFoundException,
} from '@cloud-orrery/models/apigatewayv2'
import { discoveryUrl } from '../shared/apis/jwt.ts'

/** Source: users' reports of CreateRoute and others. */
export function apiNotFound(accountId: string, apiId: string): AwsError {
  return notFound(`Invalid API identifier specified ${accountId}:${apiId}`, 'Api')
}

/** The kind as AWS spells it: `Route`, `Integration`, `Stage`. The words of stages and domain names are ours. */
export function partNotFound(kind: string, id: string): AwsError {
  return notFound(`Invalid ${kind} identifier specified ${id}`, kind)
}

/** Source: users' reports of CreateRoute. */
export function routeExists(routeKey: string): AwsError {
  return conflict(`Route with key ${routeKey} already exists for this API`)
}

/** Source: users' reports of CreateStage. */
export function stageExists(name: string): AwsError {
  return conflict(`Stage with name ${name} already exists for this API`)
}

/** Source: users' reports of CreateAuthorizer. */
export function authorizerExists(name: string): AwsError {
  return bad(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`)
}

export function modelExists(name: string): AwsError {
  return conflict(`Model with name ${name} already exists for this API`)
}

/** Source: users' reports of CreateDomainName. */
export function domainNameExists(): AwsError {
  return bad('The domain name you provided already exists.')
}

export function bad(message: string): AwsError {
  return awsError(BadRequestException, message)
}

export function conflict(message: string): AwsError {
  return awsError(ConflictException, message)
}

function notFound(message: string, resourceType: string): AwsError {
  return awsError(NotFoundException, message, { fields: { ResourceType: resourceType } })
}

/** The words are ours, the code is AWS's: BadRequestException. */
export function invalidInput(message: string, _violations: readonly Violation[]): AwsError {
  return bad(message)
}

export function invalidToken(): AwsError {
  return bad('Invalid NextToken specified')
}

/** Source: users' reports of CreateAuthorizer with an issuer that does not answer. */
export function issuerUnreachable(issuer: string, reason: string): AwsError {
  const url = discoveryUrl(issuer)
  return bad(
    `Caught exception when connecting to ${url} for issuer ${issuer}. Please try again later. Error: ${reason}`,
  )
}

/** Source: as above. */
export function issuerInvalid(issuer: string): AwsError {
  return issuerUnreachable(
    issuer,
    `Invalid issuer: ${issuer}. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'`,
  )
}
