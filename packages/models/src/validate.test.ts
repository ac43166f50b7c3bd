import { describe, expect, test } from 'vitest'
import { loadServiceModel } from './load.ts'
import type { Member, OperationModel, Shape } from './shape.ts'
import { validateInput, validationMessage } from './validate.ts'

function messageOf(service: string, operation: string, input: unknown): string {
  const model = loadServiceModel(service).operations[operation]
  if (model === undefined) throw new Error(`${service} has no ${operation}`)
  return validationMessage(validateInput(model, input))
}

/** An operation whose input has these members, for facts about services that have no model here. */
function operationOf(members: Record<string, { shape: Shape } & Partial<Member>>): OperationModel {
  const named = Object.entries(members).map(
    ([name, member]) => [name, { name, ...member }] as const,
  )
  const input: Shape = { name: 'Input', type: 'structure', members: Object.fromEntries(named) }
  return { name: 'Operation', input, output: input, errors: [] }
}

const string = (constraints: Partial<Shape> = {}): Shape => ({
  name: 'Text',
  type: 'string',
  ...constraints,
})
const listOf = (shape: Shape, constraints: Partial<Shape> = {}): Shape => ({
  name: 'List',
  type: 'list',
  member: { name: 'member', shape },
  ...constraints,
})
const mapOf = (key: Shape, value: Shape): Shape => ({
  name: 'Map',
  type: 'map',
  key: { name: 'key', shape: key },
  value: { name: 'value', shape: value },
})

describe('messages recorded from AWS', () => {
  test('sts AssumeRole: a session name with a colon', () => {
    const input = { RoleArn: 'arn:aws:iam::111111111111:role/r', RoleSessionName: 'Session1:2' }
    expect(messageOf('sts', 'AssumeRole', input)).toBe(
      String.raw`1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
    )
  })

  test('events CreateConnection: pattern before length, then the next member', () => {
    const name = 'This should fail with two errors 123467890123412341234123412341234'
    const input = { Name: name, AuthorizationType: 'INVALID', AuthParameters: {} }
    expect(messageOf('events', 'CreateConnection', input)).toBe(
      `3 validation errors detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ${String.raw`[\.\-_A-Za-z0-9]+`}; Value '${name}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64; Value 'INVALID' at 'authorizationType' failed to satisfy constraint: Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]`,
    )
  })

  test('logs GetLogEvents: a limit past the range', () => {
    const input = { logGroupName: 'g', logStreamName: 's', limit: 10_001 }
    expect(messageOf('logs', 'GetLogEvents', input)).toBe(
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    )
  })

  test('states CreateStateMachineAlias: a list that is too long shows its structures', () => {
    const arn = 'arn:aws:states:us-east-1:111111111111:stateMachine:m'
    const item: Shape = {
      name: 'RoutingConfigurationListItem',
      type: 'structure',
      members: {
        stateMachineVersionArn: { name: 'stateMachineVersionArn', shape: string() },
        weight: { name: 'weight', shape: { name: 'Weight', type: 'integer', rangeMax: 100 } },
      },
    }
    const operation = operationOf({
      routingConfiguration: { shape: listOf(item, { lengthMax: 2 }) },
    })
    const routes = [50, 30, 20].map((weight, at) => ({
      stateMachineVersionArn: `${arn}:${at}`,
      weight,
    }))
    expect(validationMessage(validateInput(operation, { routingConfiguration: routes }))).toBe(
      `1 validation error detected: Value '[RoutingConfigurationListItem(stateMachineVersionArn=${arn}:0, weight=50), RoutingConfigurationListItem(stateMachineVersionArn=${arn}:1, weight=30), RoutingConfigurationListItem(stateMachineVersionArn=${arn}:2, weight=20)]' at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2`,
    )
    const tooHeavy = [{ stateMachineVersionArn: arn, weight: 101 }]
    expect(validationMessage(validateInput(operation, { routingConfiguration: tooHeavy }))).toBe(
      "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must have value less than or equal to 100",
    )
  })

  test('sns PublishBatch: a missing member inside a list and a map', () => {
    const entry = { Id: '1', Message: 'm', MessageAttributes: { attr1: { StringValue: 'x' } } }
    const input = { TopicArn: 'arn', PublishBatchRequestEntries: [entry] }
    expect(messageOf('sns', 'PublishBatch', input)).toBe(
      "1 validation error detected: Value null at 'publishBatchRequestEntries.1.member.messageAttributes.attr1.member.dataType' failed to satisfy constraint: Member must not be null",
    )
  })

  test('cloudformation CreateStack: a body past 51,200 characters', () => {
    const body = 'x'.repeat(51_201)
    expect(messageOf('cloudformation', 'CreateStack', { StackName: 's', TemplateBody: body })).toBe(
      `1 validation error detected: Value '${body}' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200`,
    )
  })

  test('lambda CreateFunction: plain elements are reported at their list, in one bracket', () => {
    const id = string({ lengthMin: 0, lengthMax: 1024, pattern: 'subnet-[0-9a-z]*' })
    const config: Shape = {
      name: 'VpcConfig',
      type: 'structure',
      members: { SubnetIds: { name: 'SubnetIds', shape: listOf(id) } },
    }
    const violations = validateInput(operationOf({ VpcConfig: { shape: config } }), {
      VpcConfig: { SubnetIds: ['bad'] },
    })
    expect(validationMessage(violations)).toBe(
      "1 validation error detected: Value '[bad]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: subnet-[0-9a-z]*]",
    )
  })

  test('states CreateStateMachineAlias: a pattern with its own anchors and a lookahead', () => {
    const name = string({ pattern: String.raw`^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$` })
    const operation = operationOf({ name: { shape: name } })
    expect(validationMessage(validateInput(operation, { name: '123' }))).toBe(
      String.raw`1 validation error detected: Value '123' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`,
    )
    expect(validateInput(operation, { name: 'prod-1' })).toEqual([])
  })
})

describe('rules', () => {
  test('an element that is null is reported at its list, unless the list is sparse', () => {
    const assets = listOf({ name: 'Asset', type: 'structure', members: {} })
    expect(
      validationMessage(
        validateInput(operationOf({ Assets: { shape: assets } }), { Assets: [null] }),
      ),
    ).toBe(
      "1 validation error detected: Value '[null]' at 'assets' failed to satisfy constraint: Member must satisfy constraint: [Member must not be null]",
    )
    const names = listOf(string({ lengthMax: 3 }))
    expect(
      validateInput(operationOf({ Names: { shape: names } }), { Names: ['abc', null] }),
    ).toMatchObject([
      {
        path: 'names',
        shown: "'[abc, null]'",
        constraint:
          'Member must satisfy constraint: [Member must have length less than or equal to 3, Member must not be null]',
      },
    ])
    const sparse = { ...names, sparse: true }
    expect(validateInput(operationOf({ Names: { shape: sparse } }), { Names: [null] })).toEqual([])
  })

  test("a map's keys and values are reported at the map", () => {
    const shape = mapOf(string({ pattern: '[a-z]+' }), string({ lengthMin: 1, lengthMax: 3 }))
    const violations = validateInput(operationOf({ Tags: { shape } }), { Tags: { A1: 'long' } })
    expect(violations.map(({ path, shown, constraint }) => [path, shown, constraint])).toEqual([
      [
        'tags',
        "'{A1=long}'",
        'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-z]+]',
      ],
      [
        'tags',
        "'{A1=long}'",
        'Map value must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 1]',
      ],
    ])
  })

  test('a sensitive value is not shown', () => {
    const operation = operationOf({ Secret: { shape: string({ lengthMax: 1, sensitive: true }) } })
    expect(validationMessage(validateInput(operation, { Secret: 'ab' }))).toBe(
      "1 validation error detected: Value at 'secret' failed to satisfy constraint: Member must have length less than or equal to 1",
    )
  })

  test("a member's own constraint overrides its target's", () => {
    const operation = operationOf({ Name: { shape: string({ lengthMax: 1 }), lengthMax: 3 } })
    expect(validateInput(operation, { Name: 'abc' })).toEqual([])
  })

  test('characters are code points', () => {
    const operation = operationOf({ Name: { shape: string({ lengthMax: 2 }) } })
    expect(validateInput(operation, { Name: '😀😀' })).toEqual([])
    expect(validateInput(operation, { Name: '😀😀😀' })).toHaveLength(1)
  })

  test('a shape that contains itself is checked at each level, and no deeper than the bound', () => {
    const node: { -readonly [K in keyof Shape]: Shape[K] } = { name: 'Node', type: 'structure' }
    node.members = {
      Id: { name: 'Id', shape: string({ lengthMax: 1 }) },
      Next: { name: 'Next', shape: node },
    }
    const operation = operationOf({ Root: { shape: node } })
    const input = { Root: { Id: 'a', Next: { Id: 'bb', Next: { Id: 'c' } } } }
    expect(validateInput(operation, input).map(({ path }) => path)).toEqual(['root.next.id'])
    const cyclic: Record<string, unknown> = { Id: 'bb' }
    cyclic['Next'] = cyclic
    expect(validateInput(operation, { Root: cyclic }).length).toBeLessThan(120)
  })

  test('an SQS message takes less than 5 microseconds to check', () => {
    const model = loadServiceModel('sqs').operations['SendMessage']
    if (model === undefined) throw new Error('no SendMessage')
    const input = { QueueUrl: 'http://localhost/1/q', MessageBody: 'hello', DelaySeconds: 1 }
    for (let at = 0; at < 2000; at++) validateInput(model, input)
    const startMs = performance.now()
    for (let at = 0; at < 10_000; at++) validateInput(model, input)
    expect((performance.now() - startMs) / 10).toBeLessThan(5)
  })
})
