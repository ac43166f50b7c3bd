import { Publish } from '@cloud-orrery/models/sns'
import { task } from '../../define.ts'
import { isTransient } from '../../shared/transient-errors.ts'

/** What a topic hears of an OpsItem. */
interface Notification {
  readonly topicArn: string
  readonly opsItemArn: string
  readonly subject: string
  readonly message: string
}

/**
 * Tells a topic that an OpsItem was made or changed. A topic that does not let `ssm.amazonaws.com` publish
 * hears nothing: the journal has the refusal.
 * Source: Systems Manager User Guide, "Set up Amazon SNS to receive notifications about OpsItems".
 * Deviation: AWS documents no form of the message; ours is the detail of the EventBridge event. Its retries
 * are not documented either: ours are three, after 1, 10 and 60 seconds, and only for faults and throttles.
 */
export const notifyTopic = task<Notification>('ssm.notifyTopic', {
  retryDelayMs: (attempt, error) => (isTransient(error) ? delaysMs[attempt - 1] : undefined),
  async run(ctx, { topicArn, opsItemArn, subject, message }) {
    const input = { TopicArn: topicArn, Subject: subject, Message: message }
    const region = topicArn.split(':')[3] ?? ctx.region
    await ctx.call(Publish, input, { as: 'ssm.amazonaws.com', sourceArn: opsItemArn, region })
  },
})

const delaysMs = [1000, 10_000, 60_000]
