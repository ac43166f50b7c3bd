import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { privateKey } from './signing-key.ts'
import type { Message } from './state.ts'
import { subscribeUrl, timestamp } from './urls.ts'

/** Parsed once: the key is a constant. */
let key: KeyObject | undefined

/** Base64 of the signature over a message. Source: SNS Developer Guide, "Verifying the signatures of messages". */
export function signatureOf(message: Message): string {
  key ??= createPrivateKey(privateKey)
  const algorithm = message.signatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1'
  return sign(algorithm, Buffer.from(textToSign(message)), key).toString('base64')
}

/** Names and values, each on a line, names in the order of their bytes. */
function textToSign(message: Message): string {
  const { type, id, body, subject, topicArn, publishedAtMs, token } = message
  const pairs: [string, string | undefined][] = [
    ['Message', body],
    ['MessageId', id],
    ['Subject', subject],
    ['SubscribeURL', token === undefined ? undefined : subscribeUrl(topicArn, token)],
    ['Timestamp', timestamp(publishedAtMs)],
    ['Token', token],
    ['TopicArn', topicArn],
    ['Type', type],
  ]
  return pairs
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join('')
}
