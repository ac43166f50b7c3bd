import { type EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge'
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import {
  CreateOpsItemCommand,
  OpsItemAlreadyExistsException,
  type SSMClient,
} from '@aws-sdk/client-ssm'
import { type DeadLetter, readDeadLetter, readOpsItem, ruleOf, transform } from './logic.ts'

export interface Clients {
  readonly sqs: SQSClient
  readonly events: EventBridgeClient
  readonly ssm: SSMClient
  readonly sns: SNSClient
}

/**
 * Delivers what waits in the dead-letter queue, as its rule would have, and takes it out. Delivering twice
 * opens no second OpsItem: the dedup string is the same. Gives how many were delivered.
 */
export async function redrive(clients: Clients, queueUrl: string): Promise<number> {
  let delivered = 0
  for (;;) {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    )
    if (Messages.length === 0) return delivered
    for (const { Body, MessageAttributes, ReceiptHandle } of Messages) {
      await deliver(clients, readDeadLetter(Body, MessageAttributes))
      await clients.sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
      delivered += 1
    }
  }
}

async function deliver(clients: Clients, letter: DeadLetter): Promise<void> {
  const { Name: Rule, EventBusName } = ruleOf(letter.ruleArn)
  const { Targets = [] } = await clients.events.send(
    new ListTargetsByRuleCommand({ Rule, EventBusName }),
  )
  const target = Targets.find(({ Arn }) => Arn === letter.targetArn)
  const transformer = target?.InputTransformer
  const input =
    transformer === undefined ? JSON.stringify(letter.event) : transform(letter.event, transformer)
  if (letter.targetArn.split(':')[2] === 'sns') {
    await clients.sns.send(new PublishCommand({ TopicArn: letter.targetArn, Message: input }))
  } else {
    await openItem(clients.ssm, input)
  }
}

async function openItem(ssm: SSMClient, input: string): Promise<void> {
  const { title, description, category, severity, source, operationalData } = readOpsItem(input)
  try {
    await ssm.send(
      new CreateOpsItemCommand({
        Title: title,
        Description: description,
        Category: category,
        Severity: severity,
        Source: source,
        OperationalData: operationalData,
      }),
    )
  } catch (error) {
    // The item is open already: that is what was wanted.
    if (!(error instanceof OpsItemAlreadyExistsException)) throw error
  }
}
