import { type PolicyDocument, PolicyError, parsePolicy } from '@cloud-orrery/policy'
import type { StoredPolicy } from '../shared/identity/state.ts'
import { invalidParameter } from './errors.ts'
import { policyBytesMax } from './limits.ts'

/**
 * Actions that a topic's policy may name; wildcards are none of them.
 * Source: SNS Developer Guide, "Amazon SNS API permissions". Recorded: sns, AddPermission.
 */
const actions: ReadonlySet<string> = new Set(
  [
    'AddPermission',
    'DeleteTopic',
    'GetDataProtectionPolicy',
    'GetTopicAttributes',
    'ListSubscriptionsByTopic',
    'ListTagsForResource',
    'Publish',
    'PutDataProtectionPolicy',
    'Receive',
    'RemovePermission',
    'SetTopicAttributes',
    'Subscribe',
  ].map((name) => `sns:${name.toLowerCase()}`),
)

/** The policy that AWS gives to a new topic. Recorded: sns, GetTopicAttributes. */
export function defaultPolicy(topicArn: string, accountId: string): StoredPolicy {
  return stored({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  })
}

export function stored(document: PolicyDocument): StoredPolicy {
  return { text: JSON.stringify(document), document }
}

/** Reads a policy for a topic. `prefix` stands before the reason: CreateTopic names its `Attributes`. */
export function readPolicy(text: string, prefix = ''): StoredPolicy {
  if (Buffer.byteLength(text) > policyBytesMax) {
    throw invalidParameter(`${prefix}Policy Error: policy is too long`)
  }
  let document: PolicyDocument
  try {
    document = parsePolicy(text, 'resource')
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw invalidParameter(
      `${prefix}Policy Error: ${error.problem === 'json' ? 'null' : error.message}`,
    )
  }
  for (const { Action } of statementsOf(document)) {
    for (const action of typeof Action === 'string' ? [Action] : (Action ?? [])) {
      requireTopicAction(action, prefix)
    }
  }
  return { text, document }
}

/** Recorded: sns, AddPermission, `invalid-action`. */
export function requireTopicAction(action: string, prefix = ''): void {
  if (actions.has(action.toLowerCase())) return
  throw invalidParameter(`${prefix}Policy statement action out of service scope!`)
}

export function statementsOf({ Statement }: PolicyDocument) {
  return Array.isArray(Statement)
    ? Statement
    : [Statement as Exclude<typeof Statement, readonly unknown[]>]
}
