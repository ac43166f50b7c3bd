import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import type { AuthorizationRequest } from '@cloud-orrery/policy'

// EC2's model lists no errors: codes and words are those of the API reference, "Error codes", and of users' reports.

/** What can be missing, as the words of `<code>.NotFound` name it. */
const absences = {
  vpc: ['InvalidVpcID.NotFound', 'vpc ID'],
  subnet: ['InvalidSubnetID.NotFound', 'subnet ID'],
  'internet-gateway': ['InvalidInternetGatewayID.NotFound', 'internetGateway ID'],
  'route-table': ['InvalidRouteTableID.NotFound', 'routeTable ID'],
  'network-interface': ['InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'],
  'elastic-ip': ['InvalidAllocationID.NotFound', 'allocation ID'],
  'security-group': ['InvalidGroup.NotFound', 'security group'],
  'security-group-rule': ['InvalidSecurityGroupRuleId.NotFound', 'security group rule ID'],
  association: ['InvalidAssociationID.NotFound', 'association ID'],
} as const

export type Absent = keyof typeof absences | 'natgateway'

export function notFound(kind: Absent, id: string): AwsError {
  if (kind === 'natgateway') return refusal('NatGatewayNotFound', `NatGateway ${id} was not found`)
  const [code, name] = absences[kind]
  return refusal(code, `The ${name} '${id}' does not exist`)
}

/** Any refusal of EC2's with status 400. */
export function refusal(code: string, message: string): AwsError {
  return awsError(commonError(code, 400), message)
}

/** Recorded: ec2, CreateVolume without a size. */
export function missingParameter(name: string): AwsError {
  return refusal('MissingParameter', `The request must contain the parameter ${name}`)
}

export function invalidValue(message: string): AwsError {
  return refusal('InvalidParameterValue', message)
}

export function dependencyViolation(message: string): AwsError {
  return refusal('DependencyViolation', message)
}

export function dryRunSucceeded(): AwsError {
  return awsError(
    commonError('DryRunOperation', 412),
    'Request would have succeeded, but DryRun flag is set.',
  )
}

/**
 * Source: EC2 user guide, "Example policies to control access"; the encoded part is only for STS to read.
 * Deviation: it is not encrypted, and DecodeAuthorizationMessage is not there to read it.
 */
export function unauthorized(
  message: string,
  { action, resource }: AuthorizationRequest,
): AwsError {
  const encoded = Buffer.from(JSON.stringify({ action, resource })).toString('base64url')
  return awsError(
    commonError('UnauthorizedOperation', 403),
    `You are not authorized to perform this operation. ${message}. Encoded authorization failure message: ${encoded}`,
  )
}

/** What the model forbids, in EC2's words. */
export function invalidInput(message: string, violations: readonly Violation[]): AwsError {
  const [first] = violations
  if (first === undefined) return invalidValue(message)
  const { path, value, kind, constraint } = first
  if (kind === 'required') return missingParameter(path)
  return invalidValue(`Value (${String(value)}) for parameter ${path} is invalid. ${constraint}`)
}
