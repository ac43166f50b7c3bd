import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client, waitUntilObjectExists } from '@aws-sdk/client-s3'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'

// What this app is for, shown once: `orrery policy` asks again and again whether it still does it. The clients find
// endpoint, region and keys in the environment, so the same script passes against AWS.

const region = process.env.AWS_REGION
const { Stacks } = await new CloudFormationClient({ region }).send(
  new DescribeStacksCommand({ StackName: 'StrangerWork' }),
)
const outputs = Object.fromEntries(
  Stacks[0].Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
)
const { BucketName, QueueUrl, ReaderName } = outputs

// By default this client goes to the host of the queue's URL, wherever AWS_ENDPOINT_URL points.
const sqs = new SQSClient({ region, useQueueUrlAsEndpoint: false })
await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'first' }))
await waitUntilObjectExists(
  {
    client: new S3Client({ region, forcePathStyle: true }),
    maxWaitTime: 30,
    minDelay: 1,
    maxDelay: 1,
  },
  { Bucket: BucketName, Key: 'orders/first' },
)

const { FunctionError, Payload } = await new LambdaClient({ region }).send(
  new InvokeCommand({ FunctionName: ReaderName, Payload: JSON.stringify({ key: 'marker' }) }),
)
const answer = JSON.parse(Buffer.from(Payload).toString())
const expected = { keys: ['index.html', 'marker', 'orders/first'], text: 'made by a function' }
if (FunctionError !== undefined || JSON.stringify(answer) !== JSON.stringify(expected)) {
  throw new Error(`The reader answered ${JSON.stringify(answer)}.`)
}
console.log('The order is kept, and the reader reads the marker.')
