import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import {
  DescribeOpsItemsCommand,
  GetOpsItemCommand,
  type OpsItem,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'

export const operator = 'operators@example.com'

const folder = new URL('..', import.meta.url).pathname

/** Both stacks, deployed, the desk's one subscriber confirmed. */
export const desk = system({
  name: '14-cloudformation-events-workflow',
  async setUp(aws) {
    await aws.deploy(folder)
    const { Stacks = [] } = await aws
      .client(CloudFormationClient)
      .send(new DescribeStacksCommand({}))
    const outputs: Record<string, string> = {}
    for (const { OutputKey = '', OutputValue = '' } of Stacks.flatMap((it) => it.Outputs ?? [])) {
      outputs[OutputKey] = OutputValue
    }
    const [invitation] = aws.mailbox.to(operator)
    const link = invitation?.links.find((url) => url.includes('ConfirmSubscription'))
    if (link === undefined) throw new Error('no invitation came')
    await aws.mailbox.follow(link)
    return { outputs }
  },
})

/** Clients of the account that owns the desk, or of another one. */
export function clientsOf(aws: Aws, accountId = aws.accountId) {
  return {
    s3: aws.client(S3Client, { accountId }),
    sqs: aws.client(SQSClient, { accountId }),
    sns: aws.client(SNSClient, { accountId }),
    ssm: aws.client(SSMClient, { accountId }),
    lambda: aws.client(LambdaClient, { accountId }),
    tagging: aws.client(ResourceGroupsTaggingAPIClient, { accountId }),
    events: aws.client(EventBridgeClient, { accountId }),
  }
}

/** Every OpsItem that is not resolved yet, whole. */
export async function openItems(aws: Aws): Promise<OpsItem[]> {
  const { ssm } = clientsOf(aws)
  const { OpsItemSummaries = [] } = await ssm.send(
    new DescribeOpsItemsCommand({
      OpsItemFilters: [{ Key: 'Status', Operator: 'Equal', Values: ['Open'] }],
    }),
  )
  const items: OpsItem[] = []
  for (const { OpsItemId } of OpsItemSummaries) {
    const { OpsItem } = await ssm.send(new GetOpsItemCommand({ OpsItemId }))
    if (OpsItem !== undefined) items.push(OpsItem)
  }
  return items
}

/** What an item says of a fact: `fact(item, 'reason')`. */
export function fact(item: OpsItem | undefined, name: string): string | undefined {
  return item?.OperationalData?.[name]?.Value
}

/** Mails about failures, without the invitation. */
export function alerts(aws: Aws) {
  return aws.mailbox.to(operator).filter((mail) => !/Confirm/.test(mail.subject))
}

/** A template with one bucket of a given name. */
export function bucketTemplate(BucketName: string) {
  return { Resources: { Data: { Type: 'AWS::S3::Bucket', Properties: { BucketName } } } }
}
