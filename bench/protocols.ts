/**
 * What the wire costs: decoding and encoding one SQS SendMessage, and verifying its signature.
 * Run: node bench/protocols.ts, compiled.
 */
import { loadServiceModel } from '@cloud-orrery/models'
import {
  decodeInput,
  encodeOutput,
  type HttpRequest,
  parseSignature,
  resolveOperation,
  type SignedRequest,
  signRequest,
  verifySignature,
} from '@cloud-orrery/protocols'
import { printTable } from './table.ts'

const rounds = 50_000
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const sqs = loadServiceModel('sqs')
const s3 = loadServiceModel('s3')

const output = {
  MessageId: 'b2c9f6b4-6e5a-4b39-9f0c-5a3a4f6a8a11',
  MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592',
  MD5OfMessageAttributes: '7ea4a2eb3b6ea02a1a1a1a1a1a1a1a1a',
}

function signed(request: HttpRequest, service: string): HttpRequest {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey }
  return signRequest(request, {
    credentials,
    region: 'us-east-1',
    service,
    nowMs: 1_750_000_000_000,
  })
}

const json = signed(
  {
    method: 'POST',
    path: '/',
    query: '',
    headers: {
      host: 'sqs.us-east-1.amazonaws.com',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessage',
      'amz-sdk-invocation-id': 'b2c9f6b4-6e5a-4b39-9f0c-5a3a4f6a8a11',
      'amz-sdk-request': 'attempt=1; max=3',
    },
    body: Buffer.from(
      JSON.stringify({
        QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/orders',
        MessageBody: 'hello',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' } },
      }),
    ),
  },
  'sqs',
)

const form = {
  ...json,
  headers: {
    host: 'sqs.us-east-1.amazonaws.com',
    'content-type': 'application/x-www-form-urlencoded',
  },
  body: Buffer.from(
    'Action=SendMessage&Version=2012-11-05&QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Forders&MessageBody=hello&MessageAttribute.1.Name=kind&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=order',
  ),
}

const object = signed(
  {
    method: 'PUT',
    path: '/bucket/a/key.txt',
    query: 'x-id=PutObject',
    headers: {
      host: 's3.us-east-1.amazonaws.com',
      'content-type': 'text/plain',
      'x-amz-meta-a': 'b',
    },
    body: Buffer.alloc(1024, 'x'),
  },
  's3',
)

function roundTrip(model: typeof sqs, request: HttpRequest, result: object): void {
  // A new object each time: what is remembered per request must not flatter the figure.
  const resolved = resolveOperation(model, { ...request })
  if (resolved === undefined) throw new Error('The request names an operation')
  decodeInput(model, resolved, { ...request })
  encodeOutput(model, resolved, result, 'b2c9f6b4-6e5a-4b39-9f0c-5a3a4f6a8a11')
}

function verified(request: HttpRequest): void {
  const signature = parseSignature(request) as SignedRequest
  if (!verifySignature(request, signature, secretAccessKey).ok) throw new Error('It verifies')
}

function microseconds(run: () => void): number {
  for (let i = 0; i < rounds / 5; i++) run()
  let best = Number.POSITIVE_INFINITY
  for (let sample = 0; sample < 5; sample++) {
    const start = process.hrtime.bigint()
    for (let i = 0; i < rounds / 5; i++) run()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / (rounds / 5))
  }
  return best
}

const rows: readonly (readonly [string, number, () => void])[] = [
  ['SQS SendMessage, awsJson1_0: decode and encode', 15, () => roundTrip(sqs, json, output)],
  ['SQS SendMessage, awsQuery: decode and encode', 40, () => roundTrip(sqs, form, output)],
  [
    'S3 PutObject 1 KB, restXml: decode and encode',
    40,
    () => roundTrip(s3, object, { ETag: '"x"' }),
  ],
  ['SigV4 verification, SQS', 40, () => verified(json)],
  ['SigV4 verification, S3', 40, () => verified(object)],
]

printTable(
  'The wire',
  rows.map(([what, mostUs, run]) => {
    const us = microseconds(run)
    return { what, value: `${us.toFixed(1)} µs`, target: `<= ${mostUs} µs`, ok: us <= mostUs }
  }),
)
