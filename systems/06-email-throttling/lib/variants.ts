import { CfnOutput, Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { Construct } from 'constructs'
import { type CampaignProps, CampaignStack, laneOf } from './campaign-stack.ts'
import { Code } from './code.ts'
import { takeFrom } from './mail-foundation.ts'

/** A: one queue, one sender. */
export class MailSingle extends CampaignStack {
  constructor(scope: Construct, id: string, props: CampaignProps) {
    super(scope, id, props)
    const mails = this.queue('Mails')
    this.loop(this.sender('Sender', { pace: 'account', share: 1 }, [[mails, 1]]))
  }
}

/** B: a sender for each campaign, each with its part of the quota for good. */
export class MailSplit extends CampaignStack {
  constructor(scope: Construct, id: string, props: CampaignProps) {
    super(scope, id, props)
    const [first, second] = [this.queue('Campaign1'), this.queue('Campaign2')]
    this.loop(
      this.sender('Sender1', { pace: 'campaign1', share: 0.9 }, [[first, 1]]),
      this.sender('Sender2', { pace: 'campaign2', share: 0.1 }, [[second, 1]]),
    )
  }
}

/** C: one sender takes from both campaigns, and from the other alone when one has nothing left. */
export class MailMerged extends CampaignStack {
  constructor(scope: Construct, id: string, props: CampaignProps) {
    super(scope, id, props)
    const [first, second] = [this.queue('Campaign1'), this.queue('Campaign2')]
    const sender = this.sender('Sender', { pace: 'account', share: 1 }, [
      [first, 0.9],
      [second, 0.1],
    ])
    this.loop(sender)
  }
}

/** D: a mover brings both campaigns into one FIFO queue, one in ten of the second; the sender takes from that alone. */
export class MailFifo extends CampaignStack {
  constructor(scope: Construct, id: string, props: CampaignProps) {
    super(scope, id, props)
    const [first, second] = [this.queue('Campaign1'), this.queue('Campaign2')]
    const merged = this.queue('Merged', true)
    const lanes = [laneOf([first, 0.9]), laneOf([second, 0.1])]
    const mover = new Code(this, 'Mover', {
      description: 'Moves mails of all campaigns into one queue, in turn.',
      file: 'mover',
      timeout: Duration.seconds(30),
      maxEventAge: Duration.minutes(1),
      environment: { LANES: this.toJsonString(lanes), MERGED_URL: merged.queue.queueUrl },
    })
    mover.allow(
      takeFrom(first.queue, second.queue),
      new PolicyStatement({
        sid: 'Move',
        actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
        resources: [merged.queue.queueArn],
      }),
    )
    this.loop(mover, this.sender('Sender', { pace: 'account', share: 1 }, [[merged, 1]]))
  }
}

/** The control: a function on the queue, as one would write it first. It meets the limit, and cannot be told to wait. */
export class MailUnregulated extends CampaignStack {
  constructor(scope: Construct, id: string, props: CampaignProps) {
    super(scope, id, props)
    const { queue } = this.queue('Mails')
    const sender = new Code(this, 'Sender', {
      description: 'Sends mails as fast as they come.',
      file: 'unregulated',
      timeout: Duration.seconds(30),
      environment: {},
    })
    sender.allow(
      takeFrom(queue),
      new PolicyStatement({
        sid: 'Send',
        actions: ['ses:SendEmail'],
        resources: [this.identityArn],
      }),
    )
    sender.fn.addEventSource(
      new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }),
    )
    new CfnOutput(this, 'SenderName', { value: sender.fn.functionName })
  }
}
