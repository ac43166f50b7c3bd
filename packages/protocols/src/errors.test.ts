import { AwsError, commonError, loadServiceModel, type Protocol } from '@cloud-orrery/models'
import { describe, expect, test } from 'vitest'
import { commonFailure } from './common-failures.ts'
import type { HttpRequest } from './http.ts'
import { decodeInput, encodeError } from './protocol.ts'
import { unknownOperation } from './refusals.ts'
import { protocolOf, resolveOperation } from './routing.ts'

const context = { requestId: 'id-1', hostId: 'host-1' }
const sqs = loadServiceModel('sqs')
const s3 = loadServiceModel('s3')
const iam = loadServiceModel('iam')
const logs = loadServiceModel('logs')

function answered(
  service: string,
  protocol: Protocol,
  operation: string,
  error: AwsError,
  method?: string,
) {
  const model = loadServiceModel(service)
  const about = method === undefined ? context : { ...context, method }
  const response = encodeError(model, protocol, model.operations[operation], error, about)
  const { 'content-length': _length, ...headers } = response.headers
  return {
    status: response.status,
    headers,
    body: Buffer.from(response.body as Uint8Array).toString(),
  }
}

const queueDoesNotExist = new AwsError(
  {
    ...{ kind: 'error', code: 'QueueDoesNotExist', status: 400, fault: 'client' },
    ...{ queryCode: 'AWS.SimpleQueueService.NonExistentQueue', queryStatus: 400 },
  },
  'The specified queue does not exist.',
)

describe('an error reads as each protocol has it', () => {
  test('awsJson1_0, with the query protocol’s code in a header', () => {
    expect(answered('sqs', 'awsJson1_0', 'SendMessage', queueDoesNotExist)).toEqual({
      status: 400,
      headers: {
        'x-amzn-requestid': 'id-1',
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender',
      },
      body: '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}',
    })
  })

  test('awsQuery', () => {
    expect(answered('sqs', 'awsQuery', 'SendMessage', queueDoesNotExist)).toEqual({
      status: 400,
      headers: { 'x-amzn-requestid': 'id-1', 'content-type': 'text/xml' },
      body: '<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue does not exist.</Message></Error><RequestId>id-1</RequestId></ErrorResponse>',
    })
  })

  test('awsJson1_1', () => {
    const descriptor = commonError('ResourceNotFoundException', 400)
    const error = new AwsError(descriptor, 'The specified log group does not exist.')
    expect(answered('logs', 'awsJson1_1', 'PutLogEvents', error)).toEqual({
      status: 400,
      headers: { 'x-amzn-requestid': 'id-1', 'content-type': 'application/x-amz-json-1.1' },
      body: '{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}',
    })
  })

  test('S3, with fields of its own', () => {
    const error = new AwsError(
      commonError('NoSuchBucket', 404),
      'The specified bucket does not exist',
      {
        fields: { BucketName: 'a<b' },
      },
    )
    const headers = {
      ...{ 'x-amz-request-id': 'id-1', 'x-amz-id-2': 'host-1', 'content-type': 'application/xml' },
      server: 'AmazonS3',
    }
    expect(answered('s3', 'restXml', 'GetObject', error)).toEqual({
      status: 404,
      headers,
      body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>a&lt;b</BucketName><RequestId>id-1</RequestId><HostId>host-1</HostId></Error>',
    })
    expect(answered('s3', 'restXml', 'HeadObject', error)).toEqual({
      status: 404,
      headers,
      body: '',
    })
    expect(answered('s3', 'restXml', '', error, 'HEAD')).toEqual({ status: 404, headers, body: '' })
  })
})

/** Requests that can't be decoded, and AWS's answer. */
const undecodable: readonly (readonly [string, string, Partial<HttpRequest>, string, string])[] = [
  ...(
    [
      ['{', ''],
      ['', ''],
      ['null', ''],
      ['{"MessageAttributes":{"a":"x"}}', 'Expected null'],
      ['{"MessageAttributes":{"a":{"StringListValues":"x"}}}', 'Expected list or null'],
      ['[]', 'Start of list found where not expected'],
      ['{"DelaySeconds":"1"}', 'STRING_VALUE can not be converted to an Integer'],
      ['{"DelaySeconds":true}', 'TRUE_VALUE can not be converted to an Integer'],
      ['{"DelaySeconds":[1]}', 'Start of list found where not expected'],
      ['{"DelaySeconds":{"a":1}}', 'Start of structure or map found where not expected.'],
      ['{"QueueUrl":1}', 'NUMBER_VALUE can not be converted to a String'],
      ['{"QueueUrl":true}', 'TRUE_VALUE can not be converted to a String'],
    ] as const
  ).map(
    ([body, message]) =>
      [
        `awsJson ${body}`,
        'sqs',
        { headers: { 'x-amz-target': 'AmazonSQS.SendMessage' }, body: Buffer.from(body) },
        'SerializationException',
        message,
      ] as const,
  ),
  [
    'a list of the wrong form',
    'sns',
    { body: Buffer.from('Action=TagResource&TagKeys.member=1&Tags.x=1') },
    'MalformedInput',
    'Top level element may not be treated as a list',
  ],
  [
    'a structure where a text belongs',
    'sns',
    { body: Buffer.from('Action=Subscribe&Endpoint.EndpointArn=a') },
    'MalformedInput',
    'Start of list found where not expected',
  ],
  [
    'XML that is none',
    's3',
    { method: 'PUT', path: '/b', query: 'versioning', body: Buffer.from('<a>') },
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  ],
  [
    'XML that S3 does not know',
    's3',
    {
      ...{ method: 'PUT', path: '/b', query: 'versioning' },
      body: Buffer.from('<VersioningConfiguration><No/></VersioningConfiguration>'),
    },
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  ],
  [
    'a number that is none',
    's3',
    { method: 'GET', path: '/b', query: 'list-type=2&max-keys=x' },
    'InvalidArgument',
    'Provided max-keys not an integer or within integer range',
  ],
]

test.each(undecodable)('%s is refused', (_name, service, change, code, message) => {
  const model = loadServiceModel(service)
  const request = {
    method: 'POST',
    path: '/',
    query: '',
    headers: {},
    body: Buffer.alloc(0),
    ...change,
  }
  const resolved = resolveOperation(model, request)
  if (resolved === undefined) throw new Error('It names an operation')
  expect(() => decodeInput(model, resolved, request)).toThrow(
    expect.objectContaining({ code, message, status: 400 }),
  )
})

describe('a request that names no operation', () => {
  const empty = { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.alloc(0) }

  test.each([
    [sqs, { headers: { 'x-amz-target': 'AmazonSQS.Nope' } }, 'UnknownOperationException', 400],
    [
      logs,
      { headers: { 'x-amz-target': 'Logs_20140328.constructor' } },
      'UnknownOperationException',
      400,
    ],
    [iam, { query: 'Action=Nope&Version=2010-05-08' }, 'InvalidAction', 400],
    [iam, { query: 'Action=ListUsers&Version=1999-01-01' }, 'InvalidAction', 400],
    [iam, {}, 'MissingAction', 400],
    [s3, { method: 'POST', path: '/b' }, 'MethodNotAllowed', 405],
    [s3, { method: 'POST', path: '/b/k' }, 'MethodNotAllowed', 405],
  ])('is refused in the service’s protocol', (model, change, code, status) => {
    const request: HttpRequest = { ...empty, ...change }
    expect(resolveOperation(model, request)).toBeUndefined()
    expect(unknownOperation(model, request)).toMatchObject({ code, status })
    expect(protocolOf(model, request)).toBeDefined()
  })
})

test('one failure has the name and status of each protocol', () => {
  const named = (service: string, protocol: Protocol) => {
    const { code, status, queryCode } = commonFailure(
      loadServiceModel(service),
      protocol,
      'access-denied',
      'No.',
    )
    return [code, status, queryCode]
  }
  expect(named('iam', 'awsQuery')).toEqual(['AccessDenied', 403, undefined])
  expect(named('sqs', 'awsJson1_0')).toEqual(['AccessDeniedException', 400, 'AccessDenied'])
  expect(named('sqs', 'awsQuery')).toEqual(['AccessDenied', 403, undefined])
  expect(named('s3', 'restXml')).toEqual(['AccessDenied', 403, undefined])
  expect(named('logs', 'restJson1')).toEqual(['AccessDeniedException', 403, undefined])
  expect(named('iam', 'ec2Query')).toEqual(['UnauthorizedOperation', 403, undefined])
})
