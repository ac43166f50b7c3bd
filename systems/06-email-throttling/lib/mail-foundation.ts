import {
  CfnOutput,
  CfnParameter,
  Duration,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib'
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import {
  ConfigurationSet,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { Code } from './code.ts'

/** What all campaigns of an account share: the ledger of what was sent, the pace, and SES's word of what it took. */
export class MailFoundation extends Stack {
  readonly table: TableV2
  readonly configurationSet: ConfigurationSet
  /** The address that all campaigns come from. SES asks its owner by mail. */
  readonly sender: CfnParameter

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    this.table = new TableV2(this, 'Ledger', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: 'expires',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.sender = new CfnParameter(this, 'SenderAddress', {
      type: 'String',
      description: 'From whom mails come. The address has to confirm that it may.',
      allowedPattern: '[^@\\s]+@[^@\\s]+',
      default: 'news@example.com',
    })
    new EmailIdentity(this, 'Sender', { identity: Identity.email(this.sender.valueAsString) })
    this.configurationSet = new ConfigurationSet(this, 'Campaigns', {
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    })
    this.#recordEvidence()
    new CfnOutput(this, 'LedgerName', { value: this.table.tableName })
  }

  /** Every mail that SES takes is told of, and noted: also that of a sender that died before it could. */
  #recordEvidence(): void {
    const topic = new Topic(this, 'Taken', { enforceSSL: true })
    this.configurationSet.addEventDestination('Taken', {
      destination: EventDestination.snsTopic(topic),
      events: [EmailSendingEvent.SEND],
    })
    const unread = new Queue(this, 'Unread', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const evidence = new Queue(this, 'Evidence', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.minutes(3),
      deadLetterQueue: { queue: unread, maxReceiveCount: 5 },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    topic.addSubscription(new SqsSubscription(evidence, { rawMessageDelivery: true }))
    const recorder = new Code(this, 'Recorder', {
      description: 'Notes in the ledger which mails SES took.',
      file: 'recorder',
      timeout: Duration.seconds(30),
      environment: { TABLE: this.table.tableName },
    })
    recorder.allow(
      new PolicyStatement({
        sid: 'Note',
        actions: ['dynamodb:BatchWriteItem'],
        resources: [this.table.tableArn],
      }),
      takeFrom(evidence),
    )
    recorder.fn.addEventSource(
      new SqsEventSource(evidence, { batchSize: 1000, maxBatchingWindow: Duration.seconds(5) }),
    )
  }
}

/** What whoever takes messages needs, be it Lambda's poller or code. */
export function takeFrom(...queues: readonly Queue[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'Take',
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: queues.map(({ queueArn }) => queueArn),
  })
}
