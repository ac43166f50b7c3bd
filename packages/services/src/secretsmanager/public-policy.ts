import {
  evaluate,
  type PolicyDocument,
  type Principal,
  principalContext,
} from '@cloud-orrery/policy'

/** Someone without an account, from an address that no policy means. */
const stranger: Principal = { kind: 'anonymous' }
const address = '203.0.113.1'

/** Operations that a policy of a secret can allow. */
const actions = [
  'DeleteResourcePolicy',
  'DeleteSecret',
  'DescribeSecret',
  'GetResourcePolicy',
  'GetSecretValue',
  'ListSecretVersionIds',
  'PutResourcePolicy',
  'PutSecretValue',
  'ReplicateSecretToRegions',
  'RestoreSecret',
  'RotateSecret',
  'TagResource',
  'UntagResource',
  'UpdateSecret',
  'UpdateSecretVersionStage',
]

/**
 * Whether a policy grants broad access: it lets a stranger in. AWS asks Zelkova, which proves what this tries out.
 * Source: PutResourcePolicy, `BlockPublicPolicy`.
 */
export function isPublic(document: PolicyDocument, arn: string): boolean {
  return actions.some((action) => {
    const request = {
      principal: stranger,
      action: `secretsmanager:${action}`,
      resource: arn,
      resourceAccountId: arn.split(':')[4] ?? '',
      context: { ...principalContext(stranger), 'aws:SourceIp': address },
    }
    const resource = { source: 'resource policy', document }
    return evaluate(request, { identity: [], resource }).allowed
  })
}
