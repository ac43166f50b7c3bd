import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/elbv2'

// Where no recorded answer is known, the words are those of users' reports; the README says so.

export function validationError(message: string): AwsError {
  return awsError(commonError('ValidationError', 400), message)
}

export function loadBalancersNotFound(names: readonly string[]): AwsError {
  return awsError(
    model.LoadBalancerNotFoundException,
    names.every((name) => name.startsWith('arn:')) && names.length === 1
      ? `Load balancer '${names[0]}' not found`
      : `Load balancers '[${names.join(', ')}]' not found`,
  )
}

export function listenersNotFound(arns: readonly string[]): AwsError {
  return awsError(
    model.ListenerNotFoundException,
    arns.length === 1 ? `Listener '${arns[0]}' not found` : `One or more listeners not found`,
  )
}

export function rulesNotFound(): AwsError {
  return awsError(model.RuleNotFoundException, 'One or more rules not found')
}

export function targetGroupsNotFound(): AwsError {
  return awsError(model.TargetGroupNotFoundException, 'One or more target groups not found')
}

export function resourceNotFound(arn: string): AwsError {
  const [, kind] = /:(loadbalancer|listener|listener-rule|targetgroup)\//.exec(arn) ?? []
  if (kind === 'loadbalancer') return loadBalancersNotFound([arn])
  if (kind === 'listener') return listenersNotFound([arn])
  return kind === 'listener-rule' ? rulesNotFound() : targetGroupsNotFound()
}

export function duplicateLoadBalancer(): AwsError {
  return awsError(
    model.DuplicateLoadBalancerNameException,
    'A load balancer with the same name exists, but with different settings',
  )
}

export function duplicateTargetGroup(name: string): AwsError {
  return awsError(
    model.DuplicateTargetGroupNameException,
    `A target group with the same name '${name}' exists, but with different settings`,
  )
}

export function duplicateListener(): AwsError {
  return awsError(
    model.DuplicateListenerException,
    'A listener already exists on this port for this load balancer',
  )
}

export function priorityInUse(priority: number): AwsError {
  return awsError(model.PriorityInUseException, `Priority '${priority}' is currently in use`)
}

export function invalidConfiguration(message: string): AwsError {
  return awsError(model.InvalidConfigurationRequestException, message)
}

export function invalidAction(message: string): AwsError {
  return awsError(model.InvalidLoadBalancerActionException, message)
}

export function operationNotPermitted(message: string): AwsError {
  return awsError(model.OperationNotPermittedException, message)
}

export function resourceInUse(message: string): AwsError {
  return awsError(model.ResourceInUseException, message)
}

export function subnetNotFound(id: string): AwsError {
  return awsError(model.SubnetNotFoundException, `The subnet ID '${id}' does not exist`)
}

export function invalidSubnet(message: string): AwsError {
  return awsError(model.InvalidSubnetException, message)
}

export function invalidSecurityGroup(message: string): AwsError {
  return awsError(model.InvalidSecurityGroupException, message)
}

export function certificateNotFound(arn: string): AwsError {
  return awsError(model.CertificateNotFoundException, `Certificate '${arn}' not found`)
}

/** What users report of certificates that are not issued yet; the model does not list it. */
export function unsupportedCertificate(arn: string): AwsError {
  return awsError(
    commonError('UnsupportedCertificate', 400),
    `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
  )
}

export function sslPolicyNotFound(name: string): AwsError {
  return awsError(model.SSLPolicyNotFoundException, `SSL policy '${name}' not found`)
}

export function invalidTarget(message: string): AwsError {
  return awsError(model.InvalidTargetException, message)
}

export function groupOfOtherBalancer(arn: string): AwsError {
  return awsError(
    model.TargetGroupAssociationLimitException,
    `The following target groups cannot be associated with more than one load balancer: ${arn}`,
  )
}

export function incompatibleProtocols(message: string): AwsError {
  return awsError(model.IncompatibleProtocolsException, message)
}

export function unsupportedProtocol(message: string): AwsError {
  return awsError(model.UnsupportedProtocolException, message)
}

export function tooMany(what: keyof typeof limits): AwsError {
  const [descriptor, message] = limits[what]
  return awsError(descriptor, message)
}

const limits = {
  balancers: [
    model.TooManyLoadBalancersException,
    'The maximum number of load balancers has been reached',
  ],
  listeners: [model.TooManyListenersException, 'The maximum number of listeners has been reached'],
  rules: [model.TooManyRulesException, 'The maximum number of rules has been reached'],
  groups: [
    model.TooManyTargetGroupsException,
    'The maximum number of target groups has been reached',
  ],
  targets: [model.TooManyTargetsException, 'The maximum number of targets has been reached'],
  certificates: [
    model.TooManyCertificatesException,
    'The maximum number of certificates has been reached',
  ],
  tags: [model.TooManyTagsException, 'The maximum number of tags has been reached'],
  actions: [model.TooManyActionsException, 'The maximum number of actions has been reached'],
} as const

/** Who registers a function that the load balancer may not invoke is told so. Source: users' reports. */
export function functionNotAllowed(functionArn: string, groupArn: string): AwsError {
  return awsError(
    commonError('AccessDenied', 403),
    `elasticloadbalancing principal does not have permission to invoke ${functionArn} from target group ${groupArn}`,
  )
}

/** What the model forbids. Recorded of other query services: `ValidationError` with the model's words. */
export function invalidInput(message: string, _violations: readonly Violation[]): AwsError {
  return validationError(message)
}
