import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { Ledger } from './ledger.ts'
import { setting } from './settings.ts'

const ledger = new Ledger(new DynamoDBClient({}), setting('TABLE'))

/** Source: SES Developer Guide, "Examples of event data that Amazon SES publishes to Amazon SNS". */
interface MailEvent {
  readonly eventType?: string
  readonly mail?: { readonly tags?: Readonly<Record<string, readonly string[]>> }
}

/** Notes in the ledger which mails SES took, also of senders that died before they could. */
export async function handler({ Records }: { Records: readonly { readonly body: string }[] }) {
  const ids = Records.flatMap(({ body }) => {
    const { mail } = JSON.parse(body) as MailEvent // SES writes nothing else into this queue.
    return mail?.tags?.['mail-id'] ?? []
  })
  await ledger.markSent(ids, Date.now())
}
