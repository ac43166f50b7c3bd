import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { SendEmail } from '@cloud-orrery/models/sesv2'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'

const folder = new URL('..', import.meta.url).pathname

/** Outputs of all stacks: `MailSingle.MailsUrl`. */
export type Outputs = Readonly<Record<string, string>>

export const sender = 'news@example.com'

/** All variants, deployed, their loops at rest; the sender's address is verified. */
export const mail = system({
  name: '06-email-throttling',
  async setUp(aws) {
    await setLimits(aws, { maxSendRate: 3, max24HourSend: 50_000, productionAccess: true })
    await aws.deploy(folder)
    const [invitation] = aws.mailbox.to(sender)
    await aws.mailbox.follow(invitation?.links[0] ?? '')
    const { Stacks = [] } = await aws
      .client(CloudFormationClient)
      .send(new DescribeStacksCommand({}))
    const outputs: Record<string, string> = {}
    for (const { StackName, Outputs = [] } of Stacks) {
      for (const { OutputKey, OutputValue = '' } of Outputs) {
        outputs[`${StackName}.${OutputKey}`] = OutputValue
      }
    }
    return { outputs }
  },
})

/** What the account may send: on AWS, Service Quotas and support say so. */
export async function setLimits(
  aws: Aws,
  limits: { maxSendRate?: number; max24HourSend?: number; productionAccess?: boolean },
): Promise<void> {
  const url = `https://sending-limits.${aws.region}.orrery/?account=${aws.accountId}`
  const { status } = await aws.fetch(url, { method: 'PUT', body: JSON.stringify(limits) })
  if (status !== 200) throw new Error(`limits were not set: ${status}`)
}

/** Stops the loops of all other variants, so that a promise is about one alone. */
export async function alone(aws: Aws, outputs: Outputs, stack: string): Promise<void> {
  const events = aws.client(EventBridgeClient)
  for (const [key, Name] of Object.entries(outputs)) {
    if (!key.endsWith('.RuleName') || key.startsWith(`${stack}.`)) continue
    await events.send(new DisableRuleCommand({ Name }))
  }
}

/** Puts mails into a queue, numbered from 1: to `name-1@example.net` and so on. */
export async function enqueue(
  aws: Aws,
  QueueUrl: string | undefined,
  name: string,
  count: number,
): Promise<void> {
  const sqs = aws.client(SQSClient)
  for (let first = 1; first <= count; first += 10) {
    const Entries = Array.from({ length: Math.min(10, count + 1 - first) }, (_, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({
        to_address: `${name}-${first + index}@example.net`,
        from_address: sender,
        subject: `News for ${name}`,
        body: bodyFor(first + index),
      }),
    }))
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
}

/** What a mail says: nothing in it may be taken for HTML or for a template. */
export function bodyFor(number: number): string {
  return `Dear reader ${number}, <b> & "{{name}}"\n{{{body}}}`
}

/** A campaign's mails in the outbox: who got them, and when, ms since 1970. */
export function outbox(aws: Aws, name: string): { to: string; atMs: number }[] {
  return aws.mailbox
    .all()
    .filter(({ subject }) => subject === `News for ${name}`)
    .map(({ to: [to = ''], sentAtMs }) => ({ to, atMs: sentAtMs }))
}

/** The most mails in any second that begins with a mail. */
export function mostInASecond(moments: readonly number[]): number {
  const sorted = [...moments].sort((a, b) => a - b)
  return Math.max(
    0,
    ...sorted.map((start, first) => {
      const end = sorted.findIndex((moment, index) => index > first && moment >= start + 1000)
      return (end === -1 ? sorted.length : end) - first
    }),
  )
}

/** Calls that SES refused for the rate or the day. */
export function throttles(aws: Aws): number {
  return aws.journal
    .calls(SendEmail)
    .filter(({ error }) => /TooManyRequests|LimitExceeded/.test(error?.code ?? '')).length
}

/** Messages that can be received, and those that are being worked on. */
export async function depth(
  aws: Aws,
  QueueUrl: string | undefined,
): Promise<{ visible: number; inFlight: number }> {
  const { Attributes = {} } = await aws
    .client(SQSClient)
    .send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
  return {
    visible: Number(Attributes['ApproximateNumberOfMessages']),
    inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
  }
}

/** A text of every address once: `name-1@example.net` to `name-<count>@example.net`. */
export function everyone(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}@example.net`).sort()
}
