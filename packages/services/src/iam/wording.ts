import { type AwsError, type Violation, validationMessage } from '@cloud-orrery/models'
import type { DenialWording } from '@cloud-orrery/policy'
import { identityArn } from '../shared/identity/arns.ts'
import { validationError } from './errors.ts'

/** Calls that AWS's denials print with the whole ARN, as they do listings of users, roles and groups. */
const wholeArn = new Set([
  'iam:CreateUser',
  'iam:CreateRole',
  'iam:CreateGroup',
  'iam:CreateInstanceProfile',
  'iam:CreateServiceLinkedRole',
  'iam:PassRole',
  'iam:ListUsers',
  'iam:ListRoles',
  'iam:ListGroups',
  'iam:ListInstanceProfiles',
])

/**
 * IAM names what a denied call is about in its own words: `role Deploy`, `policy arn:...`, `user Bob`.
 * Seen in AWS's answers, as quoted in public issue reports.
 */
export function denialWording(action: string, resource: string): DenialWording {
  const arn = identityArn(resource)
  if (arn === undefined || wholeArn.has(action)) return {}
  switch (arn.type) {
    case 'user':
    case 'role':
    case 'group':
      return { resource: `${arn.type} ${arn.name}` }
    case 'instance-profile':
      return { resource: `instance profile ${arn.name}` }
    case 'policy':
      if (action === 'iam:CreatePolicy') return { resource: `policy ${arn.name}` }
      if (action === 'iam:ListPolicies') return { resource: `policy path /${arn.rest}` }
      return { resource: `policy ${resource}` }
    default:
      return {}
  }
}

const names = new Set(['userName', 'newUserName', 'groupName', 'newGroupName', 'roleName'])
  .add('policyName')
  .add('instanceProfileName')
const paths = new Set(['path', 'newPath'])

/**
 * IAM's forms of a broken constraint: names and paths have sentences of their own, everything else is told
 * without the value, an enum without its values. Recorded: iam, 2025 and 2026.
 */
export function invalidInput(_message: string, violations: readonly Violation[]): AwsError {
  const [first] = violations
  if (first?.kind === 'pattern') {
    const { path } = first
    if (names.has(path)) {
      return validationError(
        `The specified value for ${path} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
      )
    }
    if (paths.has(path)) {
      return validationError(
        `The specified value for ${path} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`,
      )
    }
    if (path === 'pathPrefix') {
      return validationError(
        'The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters.',
      )
    }
  }
  return validationError(
    validationMessage(
      violations.map((violation) => ({
        ...violation,
        shown: violation.kind === 'required' ? violation.shown : '',
        constraint:
          violation.kind === 'enum' ? 'Member must satisfy enum value set' : violation.constraint,
      })),
    ),
  )
}
