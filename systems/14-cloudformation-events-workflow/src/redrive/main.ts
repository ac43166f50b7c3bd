import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { redrive } from './redrive.ts'

// For operators: node src/redrive/main.ts QUEUE_URL
const [queueUrl] = process.argv.slice(2)
if (queueUrl === undefined) {
  process.stderr.write('Name the queue: node src/redrive/main.ts QUEUE_URL\n')
  process.exit(2)
}
const clients = {
  sqs: new SQSClient(),
  events: new EventBridgeClient(),
  ssm: new SSMClient(),
  sns: new SNSClient(),
  lambda: new LambdaClient(),
}
process.stdout.write(`${await redrive(clients, queueUrl)} delivered\n`)
