import { PolicyError } from './policy-error.ts'

/** Wildcards are let through, as AWS's own managed policies show. */
const partitions = /^(\*|aws(-cn|-us-gov|-iso(-[a-z])?|-eusc|\*|-\*)?)$/

/** Segments before the fifth colon: letters, digits, hyphens and wildcards; no variables. */
const segment = /^[A-Za-z0-9*?-]*$/

const iamPaths = [
  'user',
  'federated-user',
  'role',
  'group',
  'instance-profile',
  'mfa',
  'server-certificate',
  'policy',
  'sms-mfa',
  'saml-provider',
  'oidc-provider',
  'report',
  'access-report',
]

/**
 * Checks the form of `Resource` values. What breaks the old parser is thrown at once; what only
 * the newer checks refuse is handed back, because IAM reports other faults of the document first.
 * Source: IAM's answers to CreatePolicy.
 */
export function checkResourceArns(resources: readonly string[]): PolicyError | undefined {
  let later: PolicyError | undefined
  for (const resource of resources) {
    if (resource === '*') continue
    if (!resource.includes(':')) {
      later ??= fault(`Resource ${resource} must be in ARN format or "*".`)
      continue
    }
    const parts = padded(resource)
    const [, partition = '', vendor = '', region = '', account = ''] = parts
    if (!partitions.test(partition)) {
      const whole = ['arn', ...parts.slice(1)].join(':')
      return later ?? fault(`Partition "${partition}" is not valid for resource "${whole}".`)
    }
    if (vendor === '' || !segment.test(region) || !segment.test(account)) {
      throw fault('The policy failed legacy parsing')
    }
    later ??= vendorFault(resource, vendor, region, parts.slice(5).join(':'))
  }
  return later
}

function fault(message: string): PolicyError {
  return new PolicyError('value', message)
}

/** The ARN's parts, with an asterisk for each of the six that is not there. */
function padded(resource: string): readonly string[] {
  const parts = resource.split(':')
  return [...parts, ...new Array<string>(Math.max(0, 6 - parts.length)).fill('*')]
}

function vendorFault(
  resource: string,
  vendor: string,
  region: string,
  path: string,
): PolicyError | undefined {
  if (/[*?]/.test(vendor)) {
    return fault('Resource vendor must be fully qualified and cannot contain regexes.')
  }
  const regional = region !== '' && region !== '*'
  if (vendor === 'iam') {
    if (regional) return fault(`IAM resource ${resource} cannot contain region information.`)
    const isKnown = iamPaths.some((prefix) => path.startsWith(`${prefix}/`))
    // The message does not name root, but policies for sts:AssumeRoot may.
    if (!isKnown && path !== 'root' && !/^[*?]/.test(path)) {
      const known = iamPaths.map((prefix) => `${prefix}/`).join(', ')
      return fault(`IAM resource path must either be "*" or start with ${known}.`)
    }
  }
  if (vendor === 's3' && regional && !path.startsWith('accesspoint/')) {
    return fault(`Resource ${resource} can not contain region information.`)
  }
  return undefined
}
