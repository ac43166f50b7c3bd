import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Lane, SenderSettings } from '../src/settings.ts'
import { Code } from './code.ts'
import type { MailFoundation } from './mail-foundation.ts'

/** A queue of mails, and the one where those wait that nobody can send. */
export interface CampaignQueue {
  readonly queue: Queue
  readonly deadLetters: Queue
}

export interface CampaignProps extends StackProps {
  readonly foundation: MailFoundation
}

/** Longer than the lease of a claim: a message whose sender died comes back when its claim has ended. */
const visibilityTimeout = Duration.minutes(6)

/** The parts of which every variant is made: queues, senders, and the loop that wakes them once a second. */
export abstract class CampaignStack extends Stack {
  readonly #foundation: MailFoundation

  constructor(scope: Construct, id: string, { foundation, ...props }: CampaignProps) {
    super(scope, id, props)
    this.#foundation = foundation
  }

  /** Of the address that mails come from. */
  protected get identityArn(): string {
    const resourceName = this.#foundation.sender.valueAsString
    return this.formatArn({ service: 'ses', resource: 'identity', resourceName })
  }

  protected queue(id: string, fifo = false): CampaignQueue {
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
      ...(fifo && { fifo }),
    }
    const deadLetters = new Queue(this, `${id}DeadLetters`, common)
    const queue = new Queue(this, id, {
      ...common,
      visibilityTimeout,
      // Senders lay aside what they cannot send after five receives, with the reason; this is for those that die of it.
      // Far more than five: a queue may give a message out again and again, and each time counts.
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 50 },
    })
    new Alarm(this, `${id}Old`, {
      alarmDescription: 'A mail waits for longer than an hour.',
      metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: 3600,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    new CfnOutput(this, `${id}Url`, { value: queue.queueUrl })
    new CfnOutput(this, `${id}DeadLettersUrl`, { value: deadLetters.queueUrl })
    return { queue, deadLetters }
  }

  /** `lanes`: the queues it takes from, with the part of each. */
  protected sender(
    id: string,
    { pace, share }: Pick<SenderSettings, 'pace' | 'share'>,
    lanes: readonly (readonly [CampaignQueue, number])[],
  ): Code {
    const { table, configurationSet } = this.#foundation
    const settings: SenderSettings = { pace, share, lanes: lanes.map(laneOf) }
    const sender = new Code(this, id, {
      description: 'Sends mails, each at the moment that the pace gives it.',
      file: 'sender',
      timeout: Duration.seconds(30),
      maxEventAge: Duration.minutes(1),
      environment: {
        SENDER: this.toJsonString(settings),
        TABLE: table.tableName,
        CONFIGURATION_SET: configurationSet.configurationSetName,
      },
    })
    sender.allow(
      ...queueStatements(lanes.map(([queue]) => queue)),
      new PolicyStatement({
        sid: 'Remember',
        actions: [
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:BatchWriteItem',
        ],
        resources: [table.tableArn],
      }),
      new PolicyStatement({ sid: 'ReadQuota', actions: ['ses:GetAccount'], resources: ['*'] }),
      new PolicyStatement({
        sid: 'Send',
        actions: ['ses:SendEmail', 'ses:SendBulkEmail'],
        resources: [
          this.identityArn,
          this.formatArn({
            service: 'ses',
            resource: 'configuration-set',
            resourceName: configurationSet.configurationSetName,
          }),
        ],
      }),
    )
    new CfnOutput(this, `${id}Role`, { value: sender.role.roleArn })
    new CfnOutput(this, `${id}Name`, { value: sender.fn.functionName })
    return sender
  }

  /** Wakes functions once a second, for a minute, every minute. */
  protected loop(...woken: readonly Code[]): void {
    const loop = new Code(this, 'Loop', {
      description: 'Wakes the senders once a second.',
      file: 'loop',
      timeout: Duration.seconds(90),
      environment: { FUNCTIONS: woken.map(({ fn }) => fn.functionName).join(',') },
      // Two loops at once would be no harm, the pace holds; they would be no use either.
      atOnce: 1,
      maxEventAge: Duration.minutes(1),
    })
    loop.allow(
      new PolicyStatement({
        sid: 'Wake',
        actions: ['lambda:InvokeFunction'],
        resources: woken.map(({ fn }) => fn.functionArn),
      }),
    )
    const rule = new Rule(this, 'EveryMinute', {
      description: 'Starts the loop.',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(loop.fn, { retryAttempts: 0 })],
    })
    new CfnOutput(this, 'RuleName', { value: rule.ruleName })
    new CfnOutput(this, 'LoopRole', { value: loop.role.roleArn })
  }
}

export function laneOf([{ queue, deadLetters }, part]: readonly [CampaignQueue, number]): Lane {
  return { url: queue.queueUrl, deadLetterUrl: deadLetters.queueUrl, part }
}

/** What whoever takes from queues and lays aside what cannot be sent needs. */
export function queueStatements(queues: readonly CampaignQueue[]): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'Take',
      actions: [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
      ],
      resources: queues.map(({ queue }) => queue.queueArn),
    }),
    new PolicyStatement({
      sid: 'LayAside',
      actions: ['sqs:SendMessage'],
      resources: queues.map(({ deadLetters }) => deadLetters.queueArn),
    }),
  ]
}
