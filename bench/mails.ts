/**
 * How long a campaign of 100,000 mails takes through system 06, as it is deployed from its own templates: queue, loop,
 * senders, ledger, SES, its events and their recorder. Each mail is checked: once, to whom it was meant, as it was written.
 * Run: node bench/mails.ts [count], compiled.
 */
import {
  CloudFormationClient,
  DescribeStacksCommand,
  type Output,
} from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { createCloud } from '@cloud-orrery/cloud'
import { SendMessageBatch } from '@cloud-orrery/models/sqs'
import { Aws } from '@cloud-orrery/vitest/aws'
import { printTable, type Row } from './table.ts'

const targetS = 60
const count = Number(process.argv[2] ?? 100_000)
const sender = 'news@example.com'
/** Mails a second that the account may send. */
const maxSendRate = 2000
const folder = new URL('../systems/06-email-throttling', import.meta.url).pathname

// The journal of a million calls is another matter than the mails.
const aws = new Aws(createCloud({ journalEntriesMax: 1000 }))
await aws.mailbox.setSendingLimits({ maxSendRate, max24HourSend: -1, productionAccess: true })
await aws.deploy(folder)
await aws.mailbox.follow(aws.mailbox.to(sender)[0]?.links[0] ?? '')
const { Stacks = [] } = await aws.client(CloudFormationClient).send(new DescribeStacksCommand({}))
const outputs = new Map(
  Stacks.flatMap(({ StackName, Outputs = [] }) =>
    Outputs.map(({ OutputKey, OutputValue = '' }: Output): [string, string] => [
      `${StackName}.${OutputKey}`,
      OutputValue,
    ]),
  ),
)
for (const [key, Name] of outputs) {
  if (!key.endsWith('.RuleName') || key.startsWith('MailSingle.')) continue
  await aws.client(EventBridgeClient).send(new DisableRuleCommand({ Name }))
}
const url = outputs.get('MailSingle.MailsUrl') ?? ''

const toOf = (number: number) => `reader-${number}@example.net`
const subjectOf = (number: number) => `News ${number}`
const bodyOf = (number: number) => `Dear reader ${number}, <b> & "{{name}}"`

/** Without an SDK: what producers spend on theirs is not the system's. */
async function enqueue(): Promise<void> {
  for (let first = 0; first < count; first += 10) {
    const Entries = Array.from({ length: Math.min(10, count - first) }, (_, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({
        to_address: toOf(first + index),
        from_address: sender,
        subject: subjectOf(first + index),
        body: bodyOf(first + index),
      }),
    }))
    await aws.call(SendMessageBatch, { QueueUrl: url, Entries })
  }
}

/** Throws where a mail is not right, or there twice, or missing. */
function check(): void {
  const found = new Set<number>()
  for (const { to, subject, text, from } of aws.mailbox.all()) {
    if (from !== sender) continue
    const number = Number(/^reader-(\d+)@/.exec(to[0] ?? '')?.[1])
    const right = to.length === 1 && subject === subjectOf(number) && text.trim() === bodyOf(number)
    if (!right) throw new Error(`This mail is not as it was written: ${to} ${subject} ${text}`)
    if (found.has(number)) throw new Error(`${to} was sent to twice`)
    found.add(number)
  }
  if (found.size !== count) throw new Error(`${found.size} of ${count} mails were sent`)
}

/** Mails that the ledger has as sent: by their senders, and by SES's own events. */
async function ledger(): Promise<number> {
  const client = aws.client(DynamoDBClient)
  const input = { TableName: outputs.get('MailFoundation.LedgerName') }
  let sent = 0
  for await (const { Items = [] } of paginateScan({ client }, input)) {
    sent += Items.filter(({ state }) => state?.S === 'sent').length
  }
  return sent
}

async function isEmpty(sqs: SQSClient): Promise<boolean> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  )
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes
  return ApproximateNumberOfMessages === '0' && ApproximateNumberOfMessagesNotVisible === '0'
}

const sqs = aws.client(SQSClient)
const startedAt = performance.now()
const secondsSince = (ms: number) => (performance.now() - ms) / 1000
await enqueue()
const enqueuedS = secondsSince(startedAt)
const beganMs = aws.clock.now()
while (!(await isEmpty(sqs))) await aws.clock.advance({ seconds: 10 })
const modelS = (aws.clock.now() - beganMs) / 1000
await aws.clock.advance({ minutes: 1 })
const sentS = secondsSince(startedAt)
check()
if ((await ledger()) !== count) throw new Error('The ledger does not know of all mails')
const totalS = secondsSince(startedAt)
aws.cloud.close()

const rows: Row[] = [
  {
    what: `${count.toLocaleString('en')} mails through system 06, each checked`,
    value: `${totalS.toFixed(1)} s (${enqueuedS.toFixed(1)} s to queue them, ${(sentS - enqueuedS).toFixed(1)} s to send them in ${modelS} s of model time)`,
    target: `< ${targetS} s`,
    ok: totalS < targetS,
  },
]
printTable('Mails', rows)
