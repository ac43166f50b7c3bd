import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { Publish } from '@cloud-orrery/models/sns'
import { expect } from '@cloud-orrery/vitest/scenario'
import { alerts, clientsOf, desk } from './desk.ts'

desk.promise(
  6,
  'a rule of another account cannot publish to the topic',
  async ({ aws, outputs }) => {
    const stranger = clientsOf(aws, '333333333333')
    await stranger.events.send(
      new PutRuleCommand({ Name: 'spam', EventPattern: JSON.stringify({ source: ['spam'] }) }),
    )
    await stranger.events.send(
      new PutTargetsCommand({ Rule: 'spam', Targets: [{ Id: 'sns', Arn: outputs['TopicArn'] }] }),
    )
    await stranger.events.send(
      new PutEventsCommand({ Entries: [{ Source: 'spam', DetailType: 'spam', Detail: '{}' }] }),
    )
    await aws.clock.advance({ minutes: 1 })

    const [attempt, ...others] = aws.journal.calls(Publish)
    expect(others).toEqual([])
    expect(attempt?.caller).toBe('events.amazonaws.com')
    expect(attempt?.error?.message).toContain('is not authorized to perform: SNS:Publish')
    expect(aws.journal.explain(attempt?.sequence)).toContain('aws:SourceArn')
    expect(alerts(aws)).toEqual([])
  },
)
