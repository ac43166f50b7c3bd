import type { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'

interface Tagged {
  readonly sid: string
  readonly actions: string[]
  readonly service: string
  readonly resources: string[]
}

/** What each service asks for, besides `tag:TagResources`, of whoever tags its resources. */
const tagged: readonly Tagged[] = [
  {
    sid: 'Events',
    actions: ['events:TagResource'],
    service: 'events',
    resources: ['rule/*', 'event-bus/*'],
  },
  { sid: 'Keys', actions: ['kms:TagResource'], service: 'kms', resources: ['key/*'] },
  {
    sid: 'Functions',
    actions: ['lambda:TagResource'],
    service: 'lambda',
    resources: ['function:*'],
  },
  { sid: 'LogGroups', actions: ['logs:TagResource'], service: 'logs', resources: ['log-group:*'] },
  { sid: 'Topics', actions: ['sns:TagResource'], service: 'sns', resources: ['*'] },
  { sid: 'Queues', actions: ['sqs:TagQueue'], service: 'sqs', resources: ['*'] },
  {
    sid: 'Parameters',
    actions: ['ssm:AddTagsToResource'],
    service: 'ssm',
    resources: ['parameter/*'],
  },
]

/** Tags on resources of this account and Region, of the kinds that `src/inventory/arns.ts` knows; nothing else. */
export function tagPermissions(stack: Stack): PolicyStatement[] {
  const inAccount = tagged.map(({ sid, actions, service, resources }) => {
    const arns = resources.map(
      (resource) => `${stack.formatArn({ service, resource: '' })}${resource}`,
    )
    return new PolicyStatement({ sid: `Tag${sid}`, actions, resources: arns })
  })
  return [
    // The action has no resources of its own: the statements below bound it.
    new PolicyStatement({ sid: 'Tag', actions: ['tag:TagResources'], resources: ['*'] }),
    ...inAccount,
    // Names of buckets say nothing of their owner.
    new PolicyStatement({
      sid: 'TagBuckets',
      actions: ['s3:GetBucketTagging', 's3:PutBucketTagging'],
      resources: [`arn:${stack.partition}:s3:::*`],
      conditions: { StringEquals: { 'aws:ResourceAccount': stack.account } },
    }),
  ]
}
