import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  AdminGetUserCommand,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { GetItem, PutItem } from '@cloud-orrery/models/dynamodb'
import { DeleteRolePolicy, ListRolePolicies, PutRolePolicy } from '@cloud-orrery/models/iam'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { decodeJwt } from 'jose'
import { unknownProjects } from '../src/access/decision.ts'
import {
  accessTokenStack,
  add,
  claims,
  cognito,
  forbidden,
  get,
  idTokenStack,
  type Outputs,
  ok,
  ours,
  setProjects,
  tokensFor,
  unauthorized,
} from './claims.ts'
import { archiveOf } from './code.ts'

const unread = { userName: 'user1', projectsState: 'unknown' }

claims.promise(
  5,
  'DynamoDB is away, or its permission: people sign in without projects, the alarm goes off, the log says why',
  async ({ aws, today }) => {
    const outage = aws.faults.fail(GetItem, { error: 'InternalServerError', status: 500 })
    const signedIn = await tokensFor(aws, today, { username: 'user1' })
    expect(ours(signedIn.accessToken)).toEqual(unread)
    const refused = forbidden(unknownProjects)
    expect(await get(aws, today, '/items', signedIn.accessToken)).toEqual(refused)
    outage.end()
    await aws.clock.advance({ minutes: 2 })
    expect(await alarms(aws)).toEqual(['ALARM'])

    await aws.clock.advance({ minutes: 10 })
    expect(await alarms(aws)).toEqual(['OK'])
    await withoutReading(aws, today)
    const denied = await tokensFor(aws, today, { username: 'user1' })
    expect(ours(denied.accessToken)).toEqual(unread)
    expect(await get(aws, today, '/items', denied.accessToken)).toEqual(refused)
    await aws.clock.advance({ minutes: 2 })
    expect(await alarms(aws)).toEqual(['ALARM'])
    expect(await logged(aws, today, 'AccessDeniedException')).toMatch(
      /is not authorized to perform: dynamodb:GetItem on resource: \S+ because no identity-based policy allows/,
    )
  },
)

/** States of the alarms on lookups that fail, of the stack with people. */
async function alarms(aws: Aws) {
  const { MetricAlarms = [] } = await aws
    .client(CloudWatchClient)
    .send(new DescribeAlarmsCommand({ AlarmNamePrefix: accessTokenStack }))
  return MetricAlarms.map(({ StateValue }) => StateValue)
}

/** Takes the permission to read the table from the trigger's role. */
async function withoutReading(aws: Aws, { TriggerRole = '' }: Outputs): Promise<void> {
  const role = { RoleName: TriggerRole }
  const { PolicyNames = [] } = await aws.call(ListRolePolicies, role)
  for (const PolicyName of PolicyNames) await aws.call(DeleteRolePolicy, { ...role, PolicyName })
  const Statement = [
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
  ]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await aws.call(PutRolePolicy, { ...role, PolicyName: 'LogOnly', PolicyDocument })
}

async function logged(aws: Aws, { TriggerLog }: Outputs, filterPattern: string): Promise<string> {
  const { events = [] } = await aws
    .client(CloudWatchLogsClient)
    .send(new FilterLogEventsCommand({ logGroupName: TriggerLog, filterPattern }))
  return events.map(({ message }) => message).join('\n')
}

claims.promise(
  6,
  'an item that changes is in the next token, not in one that is out; that one ends after its hour',
  async ({ aws, post }) => {
    const first = await tokensFor(aws, post, { username: 'user1' })
    await setProjects(aws, post, 'user1', 'P300')
    expect(await get(aws, post, '/items', first.idToken)).toEqual(ok('P100', 'P200'))
    const next = await tokensFor(aws, post, { refreshToken: first.refreshToken })
    expect(ours(next.idToken)).toEqual({ userName: 'user1', projects: 'P300' })
    expect(await get(aws, post, '/items', next.idToken)).toEqual(ok('P300'))
    expect(await get(aws, post, '/items', first.idToken)).toEqual(ok('P100', 'P200'))
    await aws.clock.advance({ seconds: 3_601 })
    expect(await get(aws, post, '/items', first.idToken)).toEqual(unauthorized)
    expect(await get(aws, post, '/items', next.idToken)).toEqual(unauthorized)
  },
)

claims.promise(
  7,
  'a name twice, or a table that does not take the item: whoever adds a user hears it, and nothing is left of it',
  async ({ aws, today }) => {
    await expect(add(aws, today, { userName: 'user1', projects: 'P300' })).rejects.toThrow(
      'There is a user user1 already. Nothing was changed.',
    )
    expect(await itemOf(aws, today, 'user1')).toEqual({ S: 'P100,P200' })

    const outage = aws.faults.fail(PutItem, { error: 'InternalServerError', status: 500 })
    await expect(add(aws, today, { userName: 'user2' })).rejects.toThrow(/^user2 was not added: /)
    outage.end()
    const find = new AdminGetUserCommand({ UserPoolId: today['UserPoolId'], Username: 'user2' })
    await expect(cognito(aws).send(find)).rejects.toThrow(UserNotFoundException)
    expect(await itemOf(aws, today, 'user2')).toBeUndefined()
    await add(aws, today, { userName: 'user2' })
    expect(ours((await tokensFor(aws, today, { username: 'user2' })).idToken)).toEqual({
      userName: 'user2',
      projects: 'P100',
    })

    for (const stack of [idTokenStack, accessTokenStack]) {
      expect(await aws.destroy(stack)).toBe('DELETE_COMPLETE')
    }
    const left = aws.inventory().filter((arn) => /projectsin|cognito|apigateway/i.test(arn))
    expect(left).toEqual([])
  },
)

async function itemOf(aws: Aws, { UserInfoTable: TableName = '' }: Outputs, userName: string) {
  const Key = { userName: { S: userName } }
  const { Item } = await aws.call(GetItem, { TableName, Key, ConsistentRead: true })
  return Item?.['projects']
}

claims.promise(
  12,
  'a trigger that takes six seconds refuses the sign-in; one that writes sub changes nothing',
  async ({ aws, today }) => {
    await replaceTrigger(aws, today, 'await new Promise((done) => setTimeout(done, 6_000))')
    await expect(tokensFor(aws, today, { username: 'user1' })).rejects.toMatchObject({
      name: 'UnexpectedLambdaException',
    })
    const change = `
      const claimsToAddOrOverride = { sub: 'someone-else', exp: 1, projects: 'P100' }
      const generation = { claimsToAddOrOverride }
      event.response.claimsAndScopeOverrideDetails = {
        idTokenGeneration: generation, accessTokenGeneration: generation,
      }`
    await replaceTrigger(aws, today, change)
    const { idToken, accessToken } = await tokensFor(aws, today, { username: 'user1' })
    const { UserAttributes = [] } = await cognito(aws).send(
      new AdminGetUserCommand({ UserPoolId: today['UserPoolId'], Username: 'user1' }),
    )
    const sub = UserAttributes.find(({ Name }) => Name === 'sub')?.Value
    const exp = Math.floor(aws.clock.now() / 1000) + 300
    for (const token of [idToken, accessToken]) {
      expect(decodeJwt(token)).toMatchObject({ sub, exp, projects: 'P100' })
    }
  },
)

/** Gives the trigger other code, and more time than Cognito. */
async function replaceTrigger(aws: Aws, { Trigger }: Outputs, body: string): Promise<void> {
  const code = `exports.handler = async (event) => {${body}\nreturn event }`
  const lambda = aws.client(LambdaClient)
  await lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName: Trigger, ZipFile: archiveOf('index.js', code) }),
  )
  await aws.clock.advance({ minutes: 1 })
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: Trigger, Timeout: 10 }))
  await aws.clock.advance({ minutes: 1 })
}

claims.promise(
  13,
  'who loses a project is signed out by the table’s stream; the last token ends within five minutes',
  async ({ aws, today }) => {
    const { accessToken, refreshToken } = await tokensFor(aws, today, { username: 'user1' })
    await setProjects(aws, today, 'user1', 'P200')
    await aws.clock.advance({ minutes: 1 })
    await expect(tokensFor(aws, today, { refreshToken })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    })
    await aws.clock.advance({ minutes: 4, seconds: 1 })
    expect(await get(aws, today, '/items', accessToken)).toEqual(unauthorized)
    const again = await tokensFor(aws, today, { username: 'user1' })
    expect(await get(aws, today, '/items', again.accessToken)).toEqual(ok('P200'))
  },
)

claims.promise(
  14,
  'a table that hangs costs a sign-in less than five seconds, and projects until the next one',
  async ({ aws, today }) => {
    const slow = aws.faults.delay(GetItem, 6_000)
    const startedAtMs = aws.clock.now()
    const { accessToken } = await tokensFor(aws, today, { username: 'user1' })
    expect(aws.clock.now() - startedAtMs).toBeLessThan(5_000)
    expect(ours(accessToken)).toEqual(unread)
    slow.end()
    const again = await tokensFor(aws, today, { username: 'user1' })
    expect(ours(again.accessToken)).toEqual({ userName: 'user1', projects: 'P100,P200' })
  },
)
