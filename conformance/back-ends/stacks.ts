import { CfnOutput, Duration, RemovalPolicy, type Stack, TimeZone } from 'aws-cdk-lib'
import {
  Alarm,
  AlarmRule,
  AlarmState,
  CompositeAlarm,
  Dashboard,
  GraphWidget,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb'
import { Code, Function as LambdaFunction, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import {
  ConfigurationSet,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
} from 'aws-cdk-lib/aws-ses'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks'

/** What a stack of each kind holds: all of it goes when the stack goes. */
const forget = { removalPolicy: RemovalPolicy.DESTROY }
const key = (name: string) => ({ name, type: dynamodb.AttributeType.STRING })

function functionOf(stack: Stack, id: string, code: string): LambdaFunction {
  return new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline(code),
    timeout: Duration.seconds(20),
  })
}

export function tables(stack: Stack): void {
  const orders = new dynamodb.TableV2(stack, 'Orders', {
    ...forget,
    partitionKey: key('pk'),
    sortKey: key('sk'),
    globalSecondaryIndexes: [{ indexName: 'kinds', partitionKey: key('kind') }],
    localSecondaryIndexes: [{ indexName: 'dates', sortKey: key('date') }],
    timeToLiveAttribute: 'until',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
    dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
  })
  const totals = new dynamodb.Table(stack, 'Totals', {
    ...forget,
    partitionKey: key('kind'),
    billingMode: dynamodb.BillingMode.PROVISIONED,
    readCapacity: 5,
    writeCapacity: 5,
  })
  const counter = functionOf(
    stack,
    'Counter',
    `const { DynamoDBClient, UpdateItemCommand } = require('@aws-sdk/client-dynamodb')
    const client = new DynamoDBClient()
    exports.handler = async ({ Records }) => {
      for (const { dynamodb } of Records) await client.send(new UpdateItemCommand({
        TableName: process.env.TOTALS, Key: { kind: dynamodb.NewImage.kind },
        UpdateExpression: 'ADD orders :one', ExpressionAttributeValues: { ':one': { N: '1' } } }))
    }`,
  )
  counter.addEnvironment('TOTALS', totals.tableName)
  totals.grantWriteData(counter)
  counter.addEventSource(
    new DynamoEventSource(orders, { startingPosition: StartingPosition.TRIM_HORIZON }),
  )
  new CfnOutput(stack, 'OrdersName', { value: orders.tableName })
  new CfnOutput(stack, 'TotalsName', { value: totals.tableName })
}

export function workflows(stack: Stack): void {
  const price = functionOf(
    stack,
    'Price',
    'exports.handler = async ({ item }) => ({ item, price: item.length })',
  )
  const table = new dynamodb.TableV2(stack, 'Prices', { ...forget, partitionKey: key('item') })
  const queue = new Queue(stack, 'Done')
  const priced = new tasks.LambdaInvoke(stack, 'Price it', {
    lambdaFunction: price,
    payloadResponseOnly: true,
  })
  const kept = new tasks.DynamoPutItem(stack, 'Keep it', {
    table,
    item: {
      item: tasks.DynamoAttributeValue.fromString(sfn.JsonPath.stringAt('$.item')),
      price: tasks.DynamoAttributeValue.numberFromString(
        sfn.JsonPath.stringAt("States.Format('{}', $.price)"),
      ),
    },
    resultPath: '$.kept',
  })
  const each = new sfn.Map(stack, 'Each', {
    itemsPath: '$.items',
    itemSelector: { item: sfn.JsonPath.stringAt('$$.Map.Item.Value') },
    maxConcurrency: 2,
    resultPath: sfn.JsonPath.DISCARD,
  }).itemProcessor(priced.next(kept))
  const told = new tasks.SqsSendMessage(stack, 'Tell', {
    queue,
    messageBody: sfn.TaskInput.fromJsonPathAt('$.items'),
  })
  const wait = new sfn.Wait(stack, 'A month', { time: sfn.WaitTime.duration(Duration.days(30)) })
  const paths = new sfn.StateMachine(stack, 'Paths', {
    definitionBody: sfn.DefinitionBody.fromChainable(each.next(wait).next(told)),
  })
  const sum = sfn.Pass.jsonata(stack, 'Sum', {
    outputs: { total: '{% $sum($states.input.prices) %}' },
  })
  const asked = tasks.LambdaInvoke.jsonata(stack, 'Ask', {
    lambdaFunction: price,
    payload: sfn.TaskInput.fromObject({ item: "{% 'x' & $string($states.input.total) %}" }),
    outputs: '{% $states.result.Payload %}',
  })
  const data = new sfn.StateMachine(stack, 'Data', {
    queryLanguage: sfn.QueryLanguage.JSONATA,
    definitionBody: sfn.DefinitionBody.fromChainable(sum.next(asked)),
  })
  new CfnOutput(stack, 'PathsArn', { value: paths.stateMachineArn })
  new CfnOutput(stack, 'DataArn', { value: data.stateMachineArn })
  new CfnOutput(stack, 'PricesName', { value: table.tableName })
  new CfnOutput(stack, 'DoneUrl', { value: queue.queueUrl })
}

export function clockwork(stack: Stack): void {
  const table = new dynamodb.TableV2(stack, 'Ticks', { ...forget, partitionKey: key('at') })
  const ticker = functionOf(
    stack,
    'Ticker',
    `const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb')
    const client = new DynamoDBClient()
    exports.handler = async ({ who }) => client.send(new PutItemCommand({
      TableName: process.env.TICKS, Item: { at: { S: who + ' ' + new Date().toISOString() } } }))`,
  )
  ticker.addEnvironment('TICKS', table.tableName)
  table.grantWriteData(ticker)
  new Schedule(stack, 'Mornings', {
    schedule: ScheduleExpression.cron({ minute: '0', hour: '9', timeZone: TimeZone.EUROPE_BERLIN }),
    target: new LambdaInvoke(ticker, { input: ScheduleTargetInput.fromObject({ who: 'cdk' }) }),
  })
  new CfnOutput(stack, 'TicksName', { value: table.tableName })
}

const rotation = `
const { SecretsManagerClient, GetSecretValueCommand, PutSecretValueCommand, UpdateSecretVersionStageCommand, DescribeSecretCommand } = require('@aws-sdk/client-secrets-manager')
const client = new SecretsManagerClient()
exports.handler = async ({ SecretId, ClientRequestToken, Step }) => {
  if (Step === 'createSecret') await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: 'rotated', VersionStages: ['AWSPENDING'] }))
  if (Step !== 'finishSecret') return
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId }))
  const [now] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))
  await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: now }))
}`

export function sealed(stack: Stack): void {
  const secret = new Secret(stack, 'Password', {
    ...forget,
    generateSecretString: { passwordLength: 24, excludePunctuation: true },
  })
  secret.addRotationSchedule('Monthly', {
    rotationLambda: functionOf(stack, 'Rotation', rotation),
    automaticallyAfter: Duration.days(30),
    rotateImmediatelyOnUpdate: false,
  })
  const set = new ConfigurationSet(stack, 'Set')
  const topic = new Topic(stack, 'Mail')
  set.addEventDestination('Told', {
    destination: EventDestination.snsTopic(topic),
    events: [EmailSendingEvent.SEND, EmailSendingEvent.BOUNCE],
  })
  new EmailIdentity(stack, 'Shop', {
    identity: Identity.domain('shop.example.com'),
    configurationSet: set,
    mailFromDomain: 'mail.shop.example.com',
  })
  new CfnOutput(stack, 'SecretArn', { value: secret.secretArn })
}

export function watched(stack: Stack): void {
  const failing = functionOf(
    stack,
    'Failing',
    `exports.handler = async () => { console.log('ALERT 3'); throw new Error('no') }`,
  )
  const logGroup = new LogGroup(stack, 'Logs', forget)
  const metric = new MetricFilter(stack, 'Alerts', {
    logGroup,
    metricNamespace: 'BackEnd',
    metricName: 'Alerts',
    filterPattern: FilterPattern.literal('ALERT'),
    metricValue: '1',
  }).metric()
  const rate = new MathExpression({
    expression: '100 * errors / calls',
    usingMetrics: { errors: failing.metricErrors(), calls: failing.metricInvocations() },
    period: Duration.minutes(1),
  })
  const settings = { threshold: 50, evaluationPeriods: 1, alarmName: 'rate' }
  const alarm = new Alarm(stack, 'Rate', { metric: rate, ...settings })
  const quiet = new Alarm(stack, 'Quiet', { ...settings, metric, alarmName: 'quiet' })
  const over = new CompositeAlarm(stack, 'Over', {
    compositeAlarmName: 'over',
    alarmRule: AlarmRule.allOf(
      AlarmRule.fromAlarm(alarm, AlarmState.ALARM),
      AlarmRule.not(AlarmRule.fromAlarm(quiet, AlarmState.ALARM)),
    ),
  })
  over.addAlarmAction(new SnsAction(new Topic(stack, 'Told')))
  new Dashboard(stack, 'Board', { widgets: [[new GraphWidget({ left: [rate, metric] })]] })
  new CfnOutput(stack, 'FailingName', { value: failing.functionName })
}
