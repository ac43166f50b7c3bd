import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  GetFunctionCommand,
  InvokeCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { type Made, start, type TestHandler } from '../functions.test-support.ts'

type Template = Record<string, unknown>

async function stackOf(made: Made) {
  const cfn = client(made.cloud, CloudFormationClient)
  const StackName = 'app'
  const status = async () => {
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
    const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
    const failures = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
    const reasons = failures.map(({ ResourceStatusReason }) => ResourceStatusReason)
    const Outputs = Stacks?.[0]?.Outputs ?? []
    return {
      status: Stacks?.[0]?.StackStatus,
      reasons,
      outputs: Object.fromEntries(Outputs.map((it) => [it.OutputKey, it.OutputValue ?? ''])),
    }
  }
  const input = (template: Template) => ({
    StackName,
    TemplateBody: JSON.stringify(template),
    Capabilities: ['CAPABILITY_IAM' as const],
  })
  return {
    async create(template: Template) {
      await cfn.send(new CreateStackCommand(input(template)))
      await made.cloud.advance({ minutes: 1 })
      return await status()
    },
    async update(template: Template) {
      await cfn.send(new UpdateStackCommand(input(template)))
      await made.cloud.advance({ minutes: 1 })
      return await status()
    },
    async delete() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await made.cloud.advance({ minutes: 1 })
    },
  }
}

const Role = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      ],
    },
    Policies: [
      {
        PolicyName: 'own',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['logs:*', 'sqs:*'], Resource: '*' }],
        },
      },
    ],
  },
}

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })

function app(changes: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Template {
  return {
    Resources: {
      Role,
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Role: arnOf('Role'),
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Code: { ZipFile: 'exports.handler = async () => 1' },
          ...changes,
        },
      },
      ...more,
    },
    Outputs: { Name: { Value: { Ref: 'Fn' } }, Arn: { Value: arnOf('Fn') } },
  }
}

function world(handler: TestHandler = (event: unknown) => event): Made {
  return start({ 'index.handler': handler })
}

test('a stack makes a function of inline code, changes it in place and takes it away', async () => {
  const made = world()
  const stack = await stackOf(made)
  const { status, reasons, outputs } = await stack.create(app())
  expect([status, reasons]).toEqual(['CREATE_COMPLETE', []])
  const FunctionName = outputs['Name']
  expect(outputs).toEqual({
    Name: expect.stringMatching(/^app-Fn-[A-Za-z0-9]+$/),
    Arn: `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`,
  })
  const { Payload } = await made.lambda.send(new InvokeCommand({ FunctionName, Payload: '[1]' }))
  expect(Buffer.from(Payload ?? []).toString()).toBe('[1]')

  const changed = { Timeout: 9, Code: { ZipFile: 'exports.handler = async () => 2' } }
  expect((await stack.update(app(changed))).status).toBe('UPDATE_COMPLETE')
  const { Configuration, Tags } = await made.lambda.send(new GetFunctionCommand({ FunctionName }))
  expect([Configuration?.Timeout, Configuration?.LastUpdateStatus]).toEqual([9, 'Successful'])
  expect(Tags).toMatchObject({ 'aws:cloudformation:logical-id': 'Fn' })

  expect((await stack.update(app())).status).toBe('UPDATE_COMPLETE')
  const again = await made.lambda.send(new GetFunctionCommand({ FunctionName }))
  expect(again.Configuration?.Timeout).toBe(3)
  await stack.delete()
  expect(made.cloud.inventory().filter((arn) => /:(lambda|sqs):/.test(arn))).toEqual([])
})

test('version, alias, permission, mapping, URL and their like belong to one stack', async () => {
  const seen: unknown[] = []
  const made = world((event: unknown) => {
    seen.push(event)
    return 'hello'
  })
  const stack = await stackOf(made)
  const FunctionName = { Ref: 'Fn' }
  const template = app(
    { ReservedConcurrentExecutions: 5, Environment: { Variables: { STAGE: 'test' } } },
    {
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName, Description: 'first' } },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName,
          FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] },
          Name: 'live',
          ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 },
        },
      },
      Queue: { Type: 'AWS::SQS::Queue' },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Alias' },
          EventSourceArn: arnOf('Queue'),
          BatchSize: 5,
        },
      },
      Retries: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: { FunctionName, Qualifier: '$LATEST', MaximumRetryAttempts: 1 },
      },
      Url: {
        Type: 'AWS::Lambda::Url',
        Properties: { TargetFunctionArn: arnOf('Fn'), AuthType: 'NONE' },
      },
      UrlPermission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName,
          Action: 'lambda:InvokeFunctionUrl',
          Principal: '*',
          FunctionUrlAuthType: 'NONE',
        },
      },
      InvokePermission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName,
          Action: 'lambda:InvokeFunction',
          Principal: '*',
          InvokedViaFunctionUrl: true,
        },
      },
    },
  )
  const Outputs = {
    Url: { Value: { 'Fn::GetAtt': ['Url', 'FunctionUrl'] } },
    Alias: { Value: { Ref: 'Alias' } },
    Version: { Value: { Ref: 'Version' } },
  }
  const { status, reasons, outputs } = await stack.create({ ...template, Outputs })
  expect([status, reasons]).toEqual(['CREATE_COMPLETE', []])
  expect(outputs['Alias']).toMatch(/:function:app-Fn-\w+:live$/)
  expect(outputs['Version']).toMatch(/:function:app-Fn-\w+:1$/)
  expect(await (await fetchFromCloud(made.cloud, outputs['Url'] ?? '')).text()).toBe('hello')
  await stack.delete()
  expect(made.cloud.inventory().filter((arn) => /:(lambda|sqs):/.test(arn))).toEqual([])
})

test('a version of a function that did not change fails, as on AWS', async () => {
  const made = world()
  const stack = await stackOf(made)
  const Version = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } }
  await stack.create(app({}, { One: Version }))
  const { status, reasons } = await stack.update(app({}, { One: Version, Two: Version }))
  expect(status).toBe('UPDATE_ROLLBACK_COMPLETE')
  expect(reasons[0]).toContain(
    'A version for this Lambda function exists ( 1 ). Modify the function to create a new version.',
  )
})

test('a new version needs a changed function', async () => {
  const made = world()
  const stack = await stackOf(made)
  const Version = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } }
  const { outputs } = await stack.create(app({}, { One: Version }))
  const { status } = await stack.update(app({ Timeout: 7 }, { Two: Version }))
  expect(status).toBe('UPDATE_COMPLETE')
  const { Versions = [] } = await made.lambda.send(
    new ListVersionsByFunctionCommand({ FunctionName: outputs['Name'] }),
  )
  expect(Versions.map((it) => it.Version)).toEqual(['$LATEST', '2'])
})

test('a role that Lambda may not assume fails the stack with AWS’s words', async () => {
  const made = world()
  const stack = await stackOf(made)
  const Stranger = structuredClone(Role)
  const [statement] = Stranger.Properties.AssumeRolePolicyDocument.Statement
  if (statement !== undefined) statement.Principal.Service = 'ec2.amazonaws.com'
  const { status, reasons } = await stack.create(app({ Role: arnOf('Stranger') }, { Stranger }))
  expect(status).toBe('ROLLBACK_COMPLETE')
  expect(reasons[0]).toContain('The role defined for the function cannot be assumed by Lambda.')
})
