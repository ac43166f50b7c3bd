import { type EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge'
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import {
  CreateOpsItemCommand,
  OpsItemAlreadyExistsException,
  type SSMClient,
} from '@aws-sdk/client-ssm'
import {
  type DeadLetter,
  readDeadLetter,
  readFailedInvocation,
  readOpsItem,
  ruleOf,
  transform,
} from './logic.ts'

export interface Clients {
  readonly sqs: SQSClient
  readonly events: EventBridgeClient
  readonly ssm: SSMClient
  readonly sns: SNSClient
  readonly lambda: LambdaClient
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
      const failed = readFailedInvocation(Body)
      if (failed === undefined) await deliver(clients, readDeadLetter(Body, MessageAttributes))
      else await invoke(clients.lambda, failed.functionArn, failed.event)
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
  const service = letter.targetArn.split(':')[2]
  if (service === 'lambda') {
    await invoke(clients.lambda, letter.targetArn, letter.event)
  } else if (service === 'sns') {
    await clients.sns.send(new PublishCommand({ TopicArn: letter.targetArn, Message: input }))
  } else {
    await openItem(clients.ssm, input)
  }
}

/** In the way of events: what fails again is tried again, and waits in the queue in the end. */
async function invoke(lambda: LambdaClient, FunctionName: string, event: unknown): Promise<void> {
  const Payload = JSON.stringify(event)
  await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }))
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
