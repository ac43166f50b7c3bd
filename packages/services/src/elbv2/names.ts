import { validationError } from './errors.ts'
import { nameLengthMax } from './limits.ts'

/** Source: CreateLoadBalancer, `Name`; words of users' reports. */
export function checkName(what: 'Load balancer' | 'Target group', name: string): void {
  if (name.length > nameLengthMax) {
    throw validationError(
      `${what} name '${name}' cannot be longer than '${nameLengthMax}' characters`,
    )
  }
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(
      `${what} name '${name}' can only contain characters that are alphanumeric characters or hyphens(-)`,
    )
  }
  if (name.startsWith('-')) {
    throw validationError(`${what} name '${name}' cannot begin with '-'`)
  }
  if (name.endsWith('-')) {
    throw validationError(`${what} name '${name}' cannot end with '-'`)
  }
  if (what === 'Load balancer' && name.startsWith('internal-')) {
    throw validationError(`${what} name '${name}' cannot begin with 'internal-'`)
  }
}

/** Hosted zones in which load balancers have their names. Source: AWS General Reference, Elastic Load Balancing endpoints. */
const zones: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'Z14GRHDCWA56QT',
  'ap-northeast-2': 'ZWKZPGTI48KDX',
  'ap-northeast-3': 'Z5LXEXXYW11ES',
  'ap-south-1': 'ZP97RAFLXTNZK',
  'ap-southeast-1': 'Z1LMS91P8CMLE5',
  'ap-southeast-2': 'Z1GM3OXH4ZPM65',
  'ca-central-1': 'ZQSVJUPU6J1EY',
  'eu-central-1': 'Z215JYRZR1TBD5',
  'eu-north-1': 'Z23TAZ6LKFMNIO',
  'eu-west-1': 'Z32O12XQLNTSW2',
  'eu-west-2': 'ZHURV8PSTC4K8',
  'eu-west-3': 'Z3Q77PNBQS71R4',
  'sa-east-1': 'Z2P70J7HTTTPLU',
  'us-east-1': 'Z35SXDOTRQ7X7K',
  'us-east-2': 'Z3AADJGX6KTTL2',
  'us-west-1': 'Z368ELLRRE2KJ0',
  'us-west-2': 'Z1H1FL5HABSF5',
}

export function hostedZoneOf(region: string): string {
  return zones[region] ?? 'Z35SXDOTRQ7X7K'
}
