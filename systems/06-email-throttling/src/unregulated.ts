import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { readMessage } from './message.ts'

const ses = new SESv2Client({ maxAttempts: 1 })

/** What one would write first: a function on the queue. It sends as fast as messages come. */
export async function handler({
  Records,
}: {
  Records: readonly { messageId: string; body: string }[]
}) {
  const batchItemFailures: { itemIdentifier: string }[] = []
  for (const { messageId, body } of Records) {
    try {
      await send(body)
    } catch (error) {
      console.error(error)
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  return { batchItemFailures }
}

async function send(text: string): Promise<void> {
  const request = readMessage(text)
  if ('wrong' in request) throw new Error(request.wrong)
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: request.from_address,
      Destination: { ToAddresses: [request.to_address] },
      Content: {
        Simple: { Subject: { Data: request.subject }, Body: { Text: { Data: request.body } } },
      },
    }),
  )
}
