/**
 * What a stack of fifty resources costs, and how soon a failure event is an OpsItem. Real time, in the process.
 * Run: node bench/stacks.ts, compiled.
 */
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation'
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { DescribeOpsItemsCommand, SSMClient } from '@aws-sdk/client-ssm'
import { client, createCloud, inProcessTarget } from '@cloud-orrery/cloud'
import { medianMs, printTable, type Row } from './table.ts'

const targetMs = 1_000
const resources = 50

/** Queues, topics, subscriptions, policies, parameters, rules and log groups that lean on each other. */
function template(): object {
  const Resources: Record<string, object> = {}
  for (let i = 0; Object.keys(Resources).length < resources; i += 1) {
    const arn = (id: string) => ({ 'Fn::GetAtt': [`${id}${i}`, 'Arn'] })
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn('Queue'),
    }
    const some = {
      [`Queue${i}`]: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 30 + i } },
      [`Topic${i}`]: { Type: 'AWS::SNS::Topic' },
      [`Subscription${i}`]: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: { Ref: `Topic${i}` }, Protocol: 'sqs', Endpoint: arn('Queue') },
      },
      [`Policy${i}`]: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: `Queue${i}` }],
          PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
        },
      },
      [`Parameter${i}`]: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { Ref: `Queue${i}` } },
      },
    }
    for (const [name, resource] of Object.entries(some)) {
      if (Object.keys(Resources).length < resources) Resources[name] = resource
    }
  }
  return { Resources }
}

async function deployFifty(): Promise<void> {
  const cloud = createCloud()
  const target = inProcessTarget(cloud)
  const { StackId = '' } = await client(cloud, CloudFormationClient).send(
    new CreateStackCommand({ StackName: 'bench', TemplateBody: JSON.stringify(template()) }),
  )
  let events = 0
  const count = (): void => {
    events += 1
  }
  const status = await target.untilStackRests(StackId, count, {})
  if (status !== 'CREATE_COMPLETE' || events < 2 * resources) {
    throw new Error(`The stack came to ${status} after ${events} events`)
  }
}

/** A rule that opens an OpsItem for each failed resource; the time from the event to the item. */
async function eventToOpsItem(): Promise<() => Promise<void>> {
  const cloud = createCloud()
  const [iam, events, ssm] = [
    client(cloud, IAMClient),
    client(cloud, EventBridgeClient),
    client(cloud, SSMClient),
  ]
  const document = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
  const trust = { Action: 'sts:AssumeRole', Principal: { Service: 'events.amazonaws.com' } }
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'items', AssumeRolePolicyDocument: document(trust) }),
  )
  const PolicyDocument = document({ Action: 'ssm:CreateOpsItem', Resource: '*' })
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'items', PolicyName: 'create', PolicyDocument }),
  )
  const EventPattern = JSON.stringify({ source: ['app'], 'detail-type': ['Resource failed'] })
  await events.send(new PutRuleCommand({ Name: 'failures', EventPattern }))
  const Arn = `arn:aws:ssm:${cloud.defaultRegion}:${cloud.defaultAccountId}:opsitem`
  const target = { Id: 'items', Arn, RoleArn: Role?.Arn }
  await events.send(new PutTargetsCommand({ Rule: 'failures', Targets: [target] }))
  let count = 0
  return async () => {
    count += 1
    const Detail = JSON.stringify({ resource: `r${count}` })
    const event = { Source: 'app', DetailType: 'Resource failed', Detail }
    await events.send(new PutEventsCommand({ Entries: [event] }))
    await cloud.settle()
    const found = await ssm.send(
      new DescribeOpsItemsCommand({ MaxResults: 50, OpsItemFilters: [] }),
    )
    if ((found.OpsItemSummaries ?? []).length < Math.min(count, 50)) {
      throw new Error('The event opened no OpsItem')
    }
  }
}

function row(what: string, ms: number): Row {
  return { what, value: `${ms.toFixed(0)} ms`, target: `<= ${targetMs} ms`, ok: ms <= targetMs }
}

const deployMs = await medianMs(9, deployFifty)
const itemMs = await medianMs(20, await eventToOpsItem())
printTable('Stacks and events', [
  row(`deployment of a stack of ${resources} resources`, deployMs),
  row('from an event to its OpsItem', itemMs),
])
