import { AwsError } from '@cloud-orrery/models'
import {
  DescribeLogGroups,
  DescribeResourcePolicies,
  PutResourcePolicy,
} from '@cloud-orrery/models/logs'
import type { CallOptions, Context } from '../../context.ts'
import { invalidLogging, logsDenied } from '../errors.ts'
import type { Logging } from '../state.ts'

/** As whom log events of state machines are delivered. Source: CloudWatch Logs User Guide, "vended logs". */
export const deliveryPrincipal = 'delivery.logs.amazonaws.com'

/** The policy that log deliveries of all services share. Source: as above. */
const policyName = 'AWSLogDeliveryWrite20150319'

/**
 * Looks for the log group and lets log delivery write to it, all as the machine's role.
 * Recorded: states, CreateStateMachine with a log group that is gone, 2024.
 */
// Deviation: of the permissions for log deliveries (`logs:CreateLogDelivery` ...) none are asked for.
export async function prepareDestination(
  ctx: Context,
  logging: Logging,
  as: CallOptions,
): Promise<void> {
  const [arn] = logging.destinations ?? []
  if (arn === undefined || logging.level === 'OFF') return
  const name = arn.split(':')[6] ?? ''
  try {
    const { logGroups = [] } = await ctx.call(DescribeLogGroups, { logGroupNamePrefix: name }, as)
    if (!logGroups.some(({ logGroupName }) => logGroupName === name)) {
      throw invalidLogging('Log Destination not found.')
    }
    await allowDelivery(ctx, arn, as)
  } catch (error) {
    if (error instanceof AwsError && error.code === 'AccessDeniedException') throw logsDenied()
    throw error
  }
}

interface Statement {
  readonly Resource: string | readonly string[]
}

async function allowDelivery(ctx: Context, groupArn: string, as: CallOptions): Promise<void> {
  const resource = `${groupArn.replace(/:\*$/, '')}:log-stream:*`
  const { resourcePolicies = [] } = await ctx.call(DescribeResourcePolicies, {}, as)
  const policy = resourcePolicies.find((it) => it.policyName === policyName)?.policyDocument
  const statements: readonly Statement[] = policy === undefined ? [] : JSON.parse(policy).Statement
  const allowed = statements.flatMap(({ Resource }) => Resource)
  if (allowed.includes(resource)) return
  const policyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AWSLogDeliveryWrite',
        Effect: 'Allow',
        Principal: { Service: deliveryPrincipal },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: [...allowed, resource],
        Condition: {
          StringEquals: { 'aws:SourceAccount': ctx.accountId },
          ArnLike: {
            'aws:SourceArn': `arn:${ctx.partition}:logs:${ctx.region}:${ctx.accountId}:*`,
          },
        },
      },
    ],
  })
  await ctx.call(PutResourcePolicy, { policyName, policyDocument }, as)
}
