import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replaying, recordedPattern, replaying } from './recorded-cloud.test-support.ts'

const file = 'events/test_events'
const recorded = test.skipIf(!recordingsPresent)
const EventPattern = recordedPattern
const queueArn = 'arn:aws:sqs:us-east-1:111111111111:q'

async function busWithRule({ events }: Replaying, rule = 'a-rule') {
  const EventBusName = 'a-bus'
  await events.send(new CreateEventBusCommand({ Name: EventBusName }))
  await events.send(new PutRuleCommand({ Name: rule, EventBusName, EventPattern }))
  return { EventBusName, Rule: rule }
}

recorded('a rule of a custom bus from its beginning to its end', async () => {
  const { answers, events } = replaying(
    file,
    'TestEventRule::test_put_list_with_prefix_describe_delete_rule[custom]',
  )
  const EventBusName = 'a-bus'
  const rule = { Name: 'a-rule', EventBusName }
  await events.send(new CreateEventBusCommand({ Name: EventBusName }))
  await answers('put-rule', events.send(new PutRuleCommand({ ...rule, EventPattern })))
  const list = () => events.send(new ListRulesCommand({ EventBusName, NamePrefix: 'a-ru' }))
  await answers('list-rules', list())
  await answers('describe-rule', events.send(new DescribeRuleCommand(rule)))
  await answers('delete-rule', events.send(new DeleteRuleCommand(rule)))
  await answers('list-rules-after-delete', list())
})

recorded('rules are listed page by page', async () => {
  const { answers, events } = replaying(file, 'TestEventRule::test_list_rule_with_limit')
  const EventBusName = 'a-bus'
  await events.send(new CreateEventBusCommand({ Name: EventBusName }))
  for (let i = 0; i < 6; i += 1) {
    await events.send(new PutRuleCommand({ Name: `p-${i}`, EventBusName, EventPattern }))
  }
  const page = { Limit: 3, EventBusName, NamePrefix: 'p' }
  const first = await answers('list-rules-limit', events.send(new ListRulesCommand(page)))
  const next = { ...page, NextToken: String(first['NextToken']) }
  await answers('list-rules-limit-next-token', events.send(new ListRulesCommand(next)))
})

recorded('a rule that is not there is not described', async () => {
  const { answers, events } = replaying(file, 'TestEventRule::test_describe_nonexistent_rule')
  await answers(
    'describe-not-existing-rule-error',
    events.send(new DescribeRuleCommand({ Name: 'gone' })),
  )
})

recorded('a rule is disabled and enabled again', async () => {
  const { answers, events } = replaying(file, 'TestEventRule::test_disable_re_enable_rule[default]')
  const rule = { Name: 'a-rule' }
  await events.send(new PutRuleCommand({ ...rule, EventPattern }))
  await answers('disable-rule', events.send(new DisableRuleCommand(rule)))
  await answers('describe-rule-disabled', events.send(new DescribeRuleCommand(rule)))
  await answers('enable-rule', events.send(new EnableRuleCommand(rule)))
  await answers('describe-rule-enabled', events.send(new DescribeRuleCommand(rule)))
})

recorded('names of rules are listed by target, page by page', async () => {
  const { answers, events } = replaying(
    file,
    'TestEventRule::test_list_rule_names_by_target_with_limit[default]',
  )
  for (let i = 0; i < 5; i += 1) {
    const Name = `p${i}`
    await events.send(new PutRuleCommand({ Name, EventPattern }))
    await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 't', Arn: queueArn }] }))
  }
  const page = { TargetArn: queueArn, Limit: 2 }
  const list = (NextToken?: unknown) =>
    events.send(
      new ListRuleNamesByTargetCommand({
        ...page,
        ...(NextToken === undefined ? {} : { NextToken: String(NextToken) }),
      }),
    )
  // The recorded tokens are placeholders within placeholders, which stand for any text.
  const first = await answers('first_page', list(), ['NextToken'])
  const second = await answers('second_page', list(first['NextToken']), ['NextToken'])
  await answers('third_page', list(second['NextToken']))
})

for (const kind of ['custom', 'default'] as const) {
  recorded(`no rule has a target that none was given: ${kind}`, async () => {
    const replay = replaying(
      file,
      `TestEventRule::test_list_rule_names_by_target_no_matches[${kind}]`,
    )
    const { EventBusName } = await busWithRule(replay)
    await replay.answers(
      'list_rule_names_by_target_no_matches',
      replay.events.send(
        new ListRuleNamesByTargetCommand({
          TargetArn: queueArn,
          ...(kind === 'custom' ? { EventBusName } : {}),
        }),
      ),
    )
  })
}

recorded('targets are put, listed and removed', async () => {
  const replay = replaying(file, 'TestEventTarget::test_put_list_remove_target[custom]')
  const { answers, events } = replay
  const rule = await busWithRule(replay)
  const Targets = [{ Id: 'a-target', Arn: queueArn }]
  const list = () => events.send(new ListTargetsByRuleCommand(rule))
  await answers('put-target', events.send(new PutTargetsCommand({ ...rule, Targets })))
  await answers('list-targets', list())
  await answers(
    'remove-target',
    events.send(new RemoveTargetsCommand({ ...rule, Ids: ['a-target'] })),
  )
  await answers('list-targets-after-delete', list())
})

recorded('a rule has at most five targets', async () => {
  const replay = replaying(file, 'TestEventTarget::test_add_exceed_fife_targets_per_rule')
  const rule = await busWithRule(replay)
  const Targets = Array.from({ length: 6 }, (_, i) => ({ Id: `t${i}`, Arn: `${queueArn}${i}` }))
  await replay.answers(
    'put-targets-client-error',
    replay.events.send(new PutTargetsCommand({ ...rule, Targets })),
  )
})

recorded('targets are listed page by page', async () => {
  const replay = replaying(file, 'TestEventTarget::test_list_target_by_rule_limit', {
    '<queue-arn>': queueArn,
    '<target-id>': 't',
  })
  const { answers, events } = replay
  const rule = await busWithRule(replay)
  const Targets = Array.from({ length: 5 }, (_, i) => ({ Id: `t${i}`, Arn: queueArn }))
  await events.send(new PutTargetsCommand({ ...rule, Targets }))
  const page = { ...rule, Limit: 3 }
  const first = await answers('list-targets-limit', events.send(new ListTargetsByRuleCommand(page)))
  const next = { ...page, NextToken: String(first['NextToken']) }
  await answers('list-targets-limit-next-token', events.send(new ListTargetsByRuleCommand(next)))
})

// These three recordings name the ARN and the ids by plain words in place of what was sent.
const names = { Arn: 'target-arn', Id: 'target-id' }

function named(output: { Targets?: readonly object[] | undefined }, ids: readonly string[]) {
  return {
    Targets: output.Targets?.map((target, i) => ({ ...target, Arn: names.Arn, Id: ids[i] })),
    ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: 200 },
  }
}

recorded('a target that is put again under its id is replaced', async () => {
  const replay = replaying(
    file,
    'TestEventTarget::test_put_multiple_targets_with_same_id_single_rule',
  )
  const { events, holds } = replay
  const rule = await busWithRule(replay)
  for (const InputPath of ['$.detail', '$.notexisting']) {
    const Targets = [{ Id: 't', Arn: queueArn, InputPath }]
    await events.send(new PutTargetsCommand({ ...rule, Targets }))
  }
  const output = await events.send(new ListTargetsByRuleCommand(rule))
  holds('list-targets', named(output, [names.Id]))
})

recorded('one ARN may be the target twice under two ids', async () => {
  const replay = replaying(
    file,
    'TestEventTarget::test_put_multiple_targets_with_same_arn_single_rule',
  )
  const { events, holds } = replay
  const rule = await busWithRule(replay)
  const Targets = [
    { Id: 'one', Arn: queueArn, InputPath: '$.detail' },
    { Id: 'two', Arn: queueArn, InputPath: '$.doesnotexist' },
  ]
  await events.send(new PutTargetsCommand({ ...rule, Targets }))
  const output = await events.send(new ListTargetsByRuleCommand(rule))
  holds('list-targets', named(output, ['target-id-one', 'target-id-two']))
})

recorded('one ARN may be the target of two rules under one id', async () => {
  const replay = replaying(
    file,
    'TestEventTarget::test_put_multiple_targets_with_same_arn_across_different_rules',
  )
  const { events, holds } = replay
  const first = await busWithRule(replay, 'rule-one')
  const second = { ...first, Rule: 'rule-two' }
  await events.send(
    new PutRuleCommand({ Name: second.Rule, EventBusName: first.EventBusName, EventPattern }),
  )
  for (const [rule, InputPath, key] of [
    [first, '$.detail', 'list-targets-rule-one'],
    [second, '$.doesnotexist', 'list-targets-rule-two'],
  ] as const) {
    const Targets = [{ Id: 't', Arn: queueArn, InputPath }]
    await events.send(new PutTargetsCommand({ ...rule, Targets }))
    const output = await events.send(new ListTargetsByRuleCommand(rule))
    holds(key, named(output, [names.Id]))
  }
})

recorded('a template may use no placeholder that is not defined', async () => {
  const replay = replaying(
    'events/test_events_inputs',
    'TestInputTransformer::test_put_events_with_input_transformer_missing_keys',
  )
  const rule = await busWithRule(replay)
  const InputTransformer = {
    InputPathsMap: { command: '$.detail.command' },
    InputTemplate: '{"a": <command>, "b": <notdefinedkey>}',
  }
  const Targets = [{ Id: 't', Arn: queueArn, InputTransformer }]
  await replay.answers(
    'missing-key-exception-error',
    replay.events.send(new PutTargetsCommand({ ...rule, Targets })),
  )
})
