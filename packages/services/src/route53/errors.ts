import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import * as models from '@cloud-orrery/models/route53'

// Deviation: input that breaks the model is named as other services name it; Route 53 quotes its XML schema (`Invalid XML ; cvc-…`).
export function invalidInput(message: string, _violations: readonly Violation[]): AwsError {
  return awsError(models.InvalidInput, message)
}

export function invalidRequest(message: string): AwsError {
  return awsError(models.InvalidInput, message)
}

export function noSuchHostedZone(id: string): AwsError {
  return awsError(models.NoSuchHostedZone, `No hosted zone found with ID: ${id}`)
}

/** Another account's zone. */
export function notYours(caller: string): AwsError {
  return awsError(
    commonError('AccessDenied', 403),
    `User: ${caller} is not authorized to access this resource`,
  )
}

export function noSuchChange(id: string): AwsError {
  return awsError(models.NoSuchChange, `Could not find resource with ID: ${id}`)
}

export function hostedZoneAlreadyExists(): AwsError {
  return awsError(
    models.HostedZoneAlreadyExists,
    'A hosted zone has already been created with the specified caller reference.',
  )
}

export function hostedZoneNotEmpty(): AwsError {
  return awsError(
    models.HostedZoneNotEmpty,
    'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
  )
}

export function invalidDomainName(message: string): AwsError {
  return awsError(models.InvalidDomainName, message)
}

export function reservedDomainName(name: string): AwsError {
  return invalidDomainName(`${name} is reserved by AWS!`)
}

export function invalidVpcId(): AwsError {
  return awsError(models.InvalidVPCId, 'The VPC ID is invalid.')
}

/** All that is wrong with a batch, in brackets, as AWS lists it. */
export function invalidChangeBatch(messages: readonly string[]): AwsError {
  return awsError(models.InvalidChangeBatch, `[${messages.join(', ')}]`)
}

export function tooManyHostedZones(max: number): AwsError {
  return awsError(
    models.TooManyHostedZones,
    `This request would cause the account to exceed its limit of ${max} hosted zones.`,
  )
}

export function noSuchHealthCheck(id: string): AwsError {
  return awsError(models.NoSuchHealthCheck, `A health check with id ${id} does not exist.`)
}

export function healthCheckAlreadyExists(): AwsError {
  return awsError(
    models.HealthCheckAlreadyExists,
    'A health check with the same caller reference but different configuration already exists.',
  )
}

export function healthCheckVersionMismatch(): AwsError {
  return awsError(
    models.HealthCheckVersionMismatch,
    'The value of HealthCheckVersion in the request does not match the version of the health check.',
  )
}

export function healthCheckInUse(id: string): AwsError {
  return awsError(
    models.HealthCheckInUse,
    `The health check ${id} is in use by a calculated health check.`,
  )
}

export function tooManyHealthChecks(max: number): AwsError {
  return awsError(
    models.TooManyHealthChecks,
    `This request would cause the account to exceed its limit of ${max} health checks.`,
  )
}

export function noSuchDelegationSet(id: string): AwsError {
  return awsError(
    models.NoSuchDelegationSet,
    `A reusable delegation set with the specified ID does not exist. (${id})`,
  )
}

export function delegationSetInUse(): AwsError {
  return awsError(
    models.DelegationSetInUse,
    'The specified delegation set is associated with at least one active hosted zone.',
  )
}

export function delegationSetAlreadyCreated(): AwsError {
  return awsError(
    models.DelegationSetAlreadyCreated,
    'A delegation set has already been created with the specified caller reference.',
  )
}

export function delegationSetAlreadyReusable(): AwsError {
  return awsError(
    models.DelegationSetAlreadyReusable,
    'The specified delegation set has already been marked as reusable.',
  )
}

export function conflictingDomainExists(message: string): AwsError {
  return awsError(models.ConflictingDomainExists, message)
}

export function publicZoneVpcAssociation(): AwsError {
  return awsError(
    models.PublicZoneVPCAssociation,
    "You're trying to associate a VPC with a public hosted zone.",
  )
}

export function lastVpcAssociation(): AwsError {
  return awsError(
    models.LastVPCAssociation,
    'The VPC that you are trying to disassociate from the private hosted zone is the last VPC that is associated with the hosted zone.',
  )
}

export function vpcAssociationNotFound(zoneId: string, vpcId: string): AwsError {
  return awsError(
    models.VPCAssociationNotFound,
    `The VPC: ${vpcId} is not currently associated with the hosted zone: ${zoneId}`,
  )
}

export function vpcAuthorizationNotFound(): AwsError {
  return awsError(
    models.VPCAssociationAuthorizationNotFound,
    'The VPC that you specified is not authorized to be associated with the hosted zone.',
  )
}

export function vpcNotAuthorized(): AwsError {
  return awsError(
    models.NotAuthorizedException,
    'Associating the VPC with the hosted zone is not authorized by the account that owns the zone.',
  )
}

export function limitsExceeded(message: string): AwsError {
  return awsError(models.LimitsExceeded, message)
}
