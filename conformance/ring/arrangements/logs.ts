import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutResourcePolicyCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A group with a stream that has an event, a retention and a resource policy. */
export async function arrangeLogs(cloud: Cloud): Promise<KnownValues> {
  const logs = client(cloud, CloudWatchLogsClient)
  const group = { logGroupName: '/ring' }
  const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:/ring'
  const event = { timestamp: cloud.kernel.clock.nowMs, message: 'hello' }
  const metric = { metricName: 'Rings', metricNamespace: 'Ring', metricValue: '1' }
  const policyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'logs:PutLogEvents',
      Resource: `${arn}:*`,
    },
  })
  await logs.send(new CreateLogGroupCommand(group))
  await logs.send(new CreateLogStreamCommand({ ...group, logStreamName: 'ring' }))
  await logs.send(new PutLogEventsCommand({ ...group, logStreamName: 'ring', logEvents: [event] }))
  await logs.send(new PutResourcePolicyCommand({ policyName: 'ring', policyDocument }))
  await logs.send(new PutRetentionPolicyCommand({ ...group, retentionInDays: 7 }))
  return {
    ...group,
    'CreateLogGroup.logGroupName': '/ring-new',
    logStreamName: 'ring',
    'CreateLogStream.logStreamName': 'ring-new',
    logGroupIdentifier: arn,
    'DescribeLogStreams.': group,
    'FilterLogEvents.': group,
    'GetLogEvents.': { ...group, logStreamName: 'ring' },
    'PutLogGroupDeletionProtection.logGroupIdentifier': '/ring',
    filterName: 'ring',
    filterPattern: 'ring',
    resourceArn: arn,
    policyName: 'ring',
    policyDocument,
    'PutResourcePolicy.': { policyName: 'ring', policyDocument },
    'DeleteResourcePolicy.': { policyName: 'ring' },
    'logEvents[]': event,
    'logEvents[].timestamp': event.timestamp,
    'metricTransformations[]': metric,
    'metricTransformations[].metricValue': '1',
    retentionInDays: 30,
    destinationArn: 'arn:aws:lambda:us-east-1:123456789012:function:ring',
    startTime: event.timestamp - 1000,
    endTime: event.timestamp + 1000,
  }
}
