import {
  CreateEventBusCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { openQueue, taken } from './delivered.test-support.ts'
import { type Replaying, recordedMessages, replaying } from './recorded-cloud.test-support.ts'

const file = 'events/test_events_schedule'
const recorded = test.skipIf(!recordingsPresent)

for (const [name, expression] of [
  ['TestScheduleRate::test_put_rule_with_schedule_rate', 'rate(1 minute)'],
  ['TestScheduleCron::tests_put_rule_with_schedule_cron', 'cron(0 20 * * ? *)'],
  ...[
    'cron(0 10 * * ? *)',
    'cron(15 12 * * ? *)',
    'cron(0 18 ? * MON-FRI *)',
    'cron(0 8 1 * ? *)',
    'cron(0/5 8-17 ? * MON-FRI *)',
    'cron(0/30 0-2 ? * MON-FRI *)',
    'cron(5,35 14 * * ? *)',
    'cron(0 2 ? * SAT#3 *)',
  ].map((text) => [`TestScheduleCron::tests_put_rule_with_schedule_cron[${text}]`, text] as const),
] as const) {
  recorded(`a rule is put with ${expression}: ${name}`, async () => {
    const { answers, events } = replaying(file, name)
    const rule = new PutRuleCommand({ Name: 'a-rule', ScheduleExpression: expression })
    await answers('put-rule', events.send(rule))
    await answers('list-rules', events.send(new ListRulesCommand({ NamePrefix: 'a-rule' })))
  })
}

for (const expression of ['cron(INVALID)', 'cron(71 8 1 * ? *)', 'cron(0 1 * * * *)']) {
  recorded(`a rule is refused with ${expression}`, async () => {
    const name = `TestScheduleCron::tests_put_rule_with_invalid_schedule_cron[${expression}]`
    const { answers, events } = replaying(file, name)
    const rule = new PutRuleCommand({ Name: 'a-rule', ScheduleExpression: expression })
    await answers('invalid-put-rule', events.send(rule))
  })
}

recorded('only the default bus has schedules', async () => {
  const name = 'TestScheduleRate::tests_put_rule_with_schedule_custom_event_bus'
  const { answers, events } = replaying(file, name)
  await events.send(new CreateEventBusCommand({ Name: 'a-bus' }))
  const schedule = { ScheduleExpression: 'rate(1 minute)', EventBusName: 'a-bus' }
  await answers(
    'put-rule-with-custom-event-bus-error',
    events.send(new PutRuleCommand({ Name: 'a-rule', ...schedule })),
  )
})

async function scheduled(replay: Replaying, expression: string, Input?: string) {
  const queue = await openQueue(replay.cloud)
  const schedule = { Name: 'a-rule', ScheduleExpression: expression }
  await replay.events.send(new PutRuleCommand(schedule))
  const Targets = [{ Id: 't', Arn: queue.arn, ...(Input === undefined ? {} : { Input }) }]
  await replay.events.send(new PutTargetsCommand({ Rule: 'a-rule', Targets }))
  await replay.cloud.advance({ minutes: 1 })
  return { queue, messages: recordedMessages(await taken(replay.cloud, queue)) }
}

recorded('a schedule sends an event of its own', async () => {
  const replay = replaying(file, 'TestScheduleCron::test_schedule_cron_target_sqs')
  const { messages } = await scheduled(replay, 'cron(* * * * ? *)')
  replay.holds('message', messages)
})

recorded('a schedule sends what its target is given as input', async () => {
  const name = 'TestScheduleRate::tests_schedule_rate_custom_input_target_sqs'
  const replay = replaying(file, name, { '<target-id>': 't' })
  const { messages } = await scheduled(
    replay,
    'rate(1 minute)',
    '{"custom-value":"somecustominput"}',
  )
  const list = new ListTargetsByRuleCommand({ Rule: 'a-rule' })
  await replay.answers('list-targets', replay.events.send(list))
  replay.holds('messages', messages)
})
