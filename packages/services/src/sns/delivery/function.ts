import { Invoke } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { functionAddress } from '../arns.ts'
import { endpointFailed } from '../errors.ts'
import { signatureOf } from '../signature.ts'
import type { Message } from '../state.ts'
import { certificateUrl, timestamp, unsubscribeUrl } from '../urls.ts'

/** Invokes a function asynchronously, on the topic's behalf: the function's policy has to allow it. */
export async function invokeFunction(
  ctx: Context,
  functionArn: string,
  message: Message,
  subscriptionArn: string,
): Promise<void> {
  const address = functionAddress(functionArn)
  if (address === undefined) throw endpointFailed(400, `${functionArn} is no function.`)
  const { region, accountId } = address
  const Payload = Buffer.from(JSON.stringify(functionEvent(message, subscriptionArn)))
  await ctx.call(
    Invoke,
    { FunctionName: functionArn, InvocationType: 'Event', Payload },
    { as: 'sns.amazonaws.com', sourceArn: message.topicArn, region, accountId },
  )
}

/** Recorded: sns, `test_python_lambda_subscribe_sns_topic`: the members of `Sns`; the rest is Lambda's guide on SNS. */
export function functionEvent(message: Message, subscriptionArn: string): object {
  const { topicArn, attributes = {} } = message
  // Recorded: sns, `test_publish_lambda_verify_signature`: the first version even where the topic signs with the second.
  const signed = { ...message, signatureVersion: '1' as const }
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          Type: message.type,
          MessageId: message.id,
          TopicArn: topicArn,
          Subject: message.subject ?? null,
          Message: message.body,
          Timestamp: timestamp(message.publishedAtMs),
          SignatureVersion: signed.signatureVersion,
          Signature: signatureOf(signed),
          SigningCertUrl: certificateUrl(topicArn),
          UnsubscribeUrl: unsubscribeUrl(topicArn, subscriptionArn),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, { dataType, value }]) => [
              name,
              { Type: dataType, Value: value },
            ]),
          ),
        },
      },
    ],
  }
}
