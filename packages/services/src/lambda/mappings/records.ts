import type { Message, MessageAttributeValue } from '@cloud-orrery/models/sqs'
import type { MappingRecord } from './state.ts'

/** A message as functions see it. Recorded: lambda, mappings of SQS. */
export function recordOf(
  { sourceArn, windowSeconds }: MappingRecord,
  message: Message,
): Record<string, unknown> {
  const { MD5OfMessageAttributes: digest } = message
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, it]) => [name, attributeOf(it)]),
    ),
    // Where there is none, mappings with a window say so, and mappings without one say nothing.
    ...(digest === undefined && windowSeconds === 0
      ? {}
      : { md5OfMessageAttributes: digest ?? null }),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: sourceArn,
    awsRegion: sourceArn.split(':')[3],
  }
}

function attributeOf({ DataType, StringValue, BinaryValue }: MessageAttributeValue) {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined
      ? {}
      : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  }
}
