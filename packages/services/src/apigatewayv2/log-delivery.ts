import { DescribeResourcePolicies, PutResourcePolicy } from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'

/** As whom access logs are delivered. Source: CloudWatch Logs user guide, "vended logs". */
export const deliveryPrincipal = 'delivery.logs.amazonaws.com'

/** The policy that log deliveries of all services share. Source: as above. */
const policyName = 'AWSLogDeliveryWrite20150319'

interface Statement {
  readonly Resource: string | readonly string[]
}

/** Lets log delivery write to a group, as whoever sets up the stage. */
export async function allowDelivery(ctx: Context, groupArn: string | undefined): Promise<void> {
  if (groupArn === undefined) return
  const resource = `${groupArn.replace(/:\*$/, '')}:log-stream:*`
  const { resourcePolicies = [] } = await ctx.call(DescribeResourcePolicies, {})
  const policy = resourcePolicies.find((it) => it.policyName === policyName)?.policyDocument
  // The document is one of this form: no one else writes under this name.
  const statements: readonly Statement[] = policy === undefined ? [] : JSON.parse(policy).Statement
  const allowed = statements.flatMap(({ Resource }) => Resource)
  if (allowed.includes(resource)) return
  const { accountId, partition, region } = ctx
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
          StringEquals: { 'aws:SourceAccount': accountId },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${accountId}:*` },
        },
      },
    ],
  })
  await ctx.call(PutResourcePolicy, { policyName, policyDocument })
}
