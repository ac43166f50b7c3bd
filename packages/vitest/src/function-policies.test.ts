import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { prove, record, replayedTrial } from '@cloud-orrery/cloud'
import { ZipFile } from 'yazl'
import { expect, test } from './index.ts'

const code = `
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs')
exports.handler = async () => {
  await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: 'hi' }))
  return 'sent'
}`

async function zipped(text: string): Promise<Uint8Array> {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(text), 'index.js')
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

test('a function’s role needs what its code calls and what its log takes', async ({ aws }) => {
  const iam = aws.client(IAMClient)
  const { QueueUrl = '' } = await aws
    .client(SQSClient)
    .send(new CreateQueueCommand({ QueueName: 'jobs' }))
  const statement = (more: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...more } })
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'sender',
      AssumeRolePolicyDocument: statement({
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    }),
  )
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'sender',
      PolicyName: 'all',
      PolicyDocument: statement({ Action: '*', Resource: '*' }),
    }),
  )
  const lambda = aws.client(LambdaClient)
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'sender',
      Role: Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: await zipped(code) },
      Environment: { Variables: { QUEUE: QueueUrl } },
    }),
  )
  await aws.clock.advance({ seconds: 30 })
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: 'sender' }),
  )
  expect([Buffer.from(Payload ?? []).toString(), FunctionError]).toEqual(['"sent"', undefined])
  await aws.clock.advance({ seconds: 30 })
  const { document } = aws.policies.least('sender')
  expect(document.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/sender:*',
    },
    {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: 'arn:aws:sqs:us-east-1:123456789012:jobs',
    },
  ])
  const tryOut = replayedTrial(record(aws.cloud), aws.cloud)
  const proof = await prove('arn:aws:iam::123456789012:role/sender', document, tryOut)
  expect([proof.why, proof.rows.map(({ action, needed }) => [action, needed])]).toEqual([
    undefined,
    [
      [undefined, true],
      ['logs:CreateLogGroup', true],
      ['logs:CreateLogStream', true],
      ['logs:PutLogEvents', true],
      [undefined, true],
    ],
  ])
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'sender',
      PolicyName: 'all',
      PolicyDocument: JSON.stringify(document),
    }),
  )
  expect(aws).toHaveNoUnusedGrants()
})
