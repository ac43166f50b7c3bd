import { signatureOf } from './signature.ts'
import type { Message, StoredAttribute } from './state.ts'
import { certificateUrl, subscribeUrl, timestamp, unsubscribeUrl } from './urls.ts'

/** The JSON document that carries a message. Recorded: sns, what queues and HTTP endpoints were given. */
export function envelope(message: Message, subscriptionArn: string): string {
  const { type, topicArn, token, attributes } = message
  const members: [string, unknown][] = [
    ['Type', type],
    ['MessageId', message.id],
    ['SequenceNumber', message.sequenceNumber],
    ['Token', token],
    ['TopicArn', topicArn],
    ['Subject', message.subject],
    ['Message', message.body],
    ['SubscribeURL', token === undefined ? undefined : subscribeUrl(topicArn, token)],
    ['Timestamp', timestamp(message.publishedAtMs)],
  ]
  if (message.signatureVersion !== undefined) {
    members.push(['SignatureVersion', message.signatureVersion])
    members.push(['Signature', message.signature ?? signatureOf(message)])
    members.push(['SigningCertURL', certificateUrl(topicArn)])
  }
  if (type === 'Notification')
    members.push(['UnsubscribeURL', unsubscribeUrl(topicArn, subscriptionArn)])
  const lines = members
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${JSON.stringify(name)} : ${JSON.stringify(value)}`)
  if (attributes !== undefined && Object.keys(attributes).length > 0)
    lines.push(attributesText(attributes))
  return `{\n${lines.join(',\n')}\n}`
}

function attributesText(attributes: Readonly<Record<string, StoredAttribute>>): string {
  const lines = Object.entries(attributes).map(
    ([name, { dataType, value }]) =>
      `    ${JSON.stringify(name)} : {"Type":${JSON.stringify(dataType)},"Value":${JSON.stringify(value)}}`,
  )
  return `  "MessageAttributes" : {\n${lines.join(',\n')}\n  }`
}
