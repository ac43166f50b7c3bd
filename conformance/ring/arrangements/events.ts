import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  EventBridgeClient,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'
import { serviceTrust } from './iam.ts'

/** A bus with a rule, a target, a permission, an archive and a replay of it. */
export async function arrangeEvents(cloud: Cloud): Promise<KnownValues> {
  const events = client(cloud, EventBridgeClient)
  await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'ring' }))
  const { Role } = await client(cloud, IAMClient).send(
    new CreateRoleCommand({ RoleName: 'ring', AssumeRolePolicyDocument: serviceTrust('events') }),
  )
  const queueArn = 'arn:aws:sqs:us-east-1:123456789012:ring'
  const EventPattern = '{"source":["ring"]}'
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: 'ring-bus' }))
  const { RuleArn } = await events.send(new PutRuleCommand({ Name: 'ring', EventPattern }))
  await events.send(
    new PutTargetsCommand({ Rule: 'ring', Targets: [{ Id: 'one', Arn: queueArn }] }),
  )
  const permission = { StatementId: 'ring', Action: 'events:PutEvents', Principal: '222222222222' }
  await events.send(new PutPermissionCommand(permission))
  const EventSourceArn = 'arn:aws:events:us-east-1:123456789012:event-bus/default'
  await events.send(new CreateArchiveCommand({ ArchiveName: 'ring', EventSourceArn }))
  const archiveArn = 'arn:aws:events:us-east-1:123456789012:archive/ring'
  const replay = {
    EventSourceArn: archiveArn,
    EventStartTime: new Date('2025-12-31T00:00:00Z'),
    EventEndTime: new Date('2025-12-31T01:00:00Z'),
    Destination: { Arn: EventSourceArn },
  }
  await events.send(new StartReplayCommand({ ReplayName: 'ring', ...replay }))
  return {
    Name: 'ring',
    'CreateEventBus.Name': 'ring-new',
    'DeleteEventBus.Name': 'ring-bus',
    'DescribeEventBus.Name': 'ring-bus',
    'UpdateEventBus.Name': 'ring-bus',
    'UpdateEventBus.': { Name: 'ring-bus' },
    Rule: 'ring',
    // A rule needs a pattern or a schedule, which the model does not say.
    'PutRule.': { Name: 'ring', EventPattern },
    EventBusName: 'default',
    ScheduleExpression: 'rate(5 minutes)',
    EventPattern,
    RoleArn: Role?.Arn,
    TargetArn: queueArn,
    'Targets[].Id': 'one',
    'Targets[].Arn': queueArn,
    'Targets[].DeadLetterConfig.Arn': queueArn,
    'Targets[].Input': '{"a":1}',
    'Targets[].InputPath': '$.detail',
    'Targets[].InputTransformer.InputTemplate': '"fixed"',
    'Ids[]': 'one',
    Event: JSON.stringify({
      id: '1',
      account: '123456789012',
      source: 'ring',
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [],
      'detail-type': 'Ring',
      detail: {},
    }),
    'Entries[]': { Source: 'ring', DetailType: 'Ring', Detail: '{}' },
    ResourceARN: RuleArn,
    ArchiveName: 'ring',
    'CreateArchive.ArchiveName': 'ring-new',
    EventSourceArn: EventBusArn,
    'StartReplay.ReplayName': 'ring-new',
    'StartReplay.EventSourceArn': archiveArn,
    'StartReplay.EventStartTime': replay.EventStartTime,
    'StartReplay.EventEndTime': replay.EventEndTime,
    'Destination.Arn': EventSourceArn,
    ReplayName: 'ring',
    'PutPermission.': { ...permission, StatementId: 'second' },
    'RemovePermission.': { StatementId: 'ring' },
  }
}
