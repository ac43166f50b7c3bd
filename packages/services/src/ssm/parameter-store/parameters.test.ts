import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  type ParameterStringFilter,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
  SSMClient,
  UnlabelParameterVersionCommand,
} from '@aws-sdk/client-ssm'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const start = new Date('2026-01-01T00:00:00Z')

function store() {
  const cloud = createCloud({ deepFreeze: true })
  const ssm = client(cloud, SSMClient)
  return {
    cloud,
    ssm,
    put: (Name: string, fields: Partial<PutParameterCommandInput> = {}) =>
      ssm.send(new PutParameterCommand({ Name, Value: 'v', Type: 'String', ...fields })),
    async value(Name: string) {
      return (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value
    },
    async described(...ParameterFilters: ParameterStringFilter[]) {
      const { Parameters = [] } = await ssm.send(
        new DescribeParametersCommand({ ParameterFilters }),
      )
      return Parameters.map(({ Name }) => Name)
    },
    async below(Path: string, Recursive = false) {
      const { Parameters = [] } = await ssm.send(
        new GetParametersByPathCommand({ Path, Recursive }),
      )
      return Parameters.map(({ Name }) => Name)
    },
  }
}

test('each write makes a version, and each version can be read again', async () => {
  const { cloud, ssm, put } = store()
  expect(await put('/app/url', { Value: 'one', Description: 'where' })).toMatchObject({
    Version: 1,
    Tier: 'Standard',
  })
  await cloud.advance({ seconds: 1 })
  expect(await put('/app/url', { Value: 'two', Overwrite: true })).toMatchObject({ Version: 2 })
  const read = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter
  const two = {
    Name: '/app/url',
    Type: 'String',
    Value: 'two',
    Version: 2,
    LastModifiedDate: new Date('2026-01-01T00:00:01Z'),
    ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/app/url',
    DataType: 'text',
  }
  expect(await read('/app/url')).toEqual(two)
  expect(await read('/app/url:2')).toEqual({ ...two, Selector: ':2' })
  expect(await read('arn:aws:ssm:us-east-1:123456789012:parameter/app/url')).toEqual(two)
  expect(await read('/app/url:1')).toEqual({
    ...two,
    Value: 'one',
    Version: 1,
    LastModifiedDate: start,
    Selector: ':1',
  })
  const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name: '/app/url' }))
  expect(
    Parameters?.map(({ Version, Description, Labels, Policies }) => [
      Version,
      Description,
      Labels,
      Policies,
    ]),
  ).toEqual([
    [1, 'where', [], []],
    [2, 'where', [], []],
  ])
  await expect(read('/app/url:3')).rejects.toMatchObject({
    name: 'ParameterVersionNotFound',
    message:
      'Systems Manager could not find version 3 of /app/url. Verify the version and try again.',
  })
})

test('what PutParameter refuses, in the words of AWS', async () => {
  const { put } = store()
  await put('taken')
  await put('big', { Tier: 'Advanced' })
  const rules =
    'If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_'
  const cases: [string, Partial<PutParameterCommandInput>, string, string][] = [
    [
      'taken',
      {},
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    ],
    [
      'awsome',
      {},
      'ValidationException',
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    ],
    [
      '/SSM',
      {},
      'ValidationException',
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    ],
    [
      '/ssm/x',
      {},
      'ValidationException',
      `Parameter name: can't be prefixed with "ssm" (case-insensitive). ${rules}`,
    ],
    [
      '/a//b',
      {},
      'ValidationException',
      `Parameter name: can't be prefixed with "ssm" (case-insensitive). ${rules}`,
    ],
    [
      'a b',
      {},
      'ValidationException',
      `Parameter name: can't be prefixed with "ssm" (case-insensitive). ${rules}`,
    ],
    ['/aws/mine', {}, 'AccessDeniedException', 'No access to reserved parameter name: /aws/mine.'],
    ['a/b', {}, 'ValidationException', 'Parameter name must be a fully qualified name.'],
    [
      `/${Array.from({ length: 16 }, () => 'x').join('/')}`,
      {},
      'HierarchyLevelLimitExceededException',
      'A hierarchy can have a maximum of 15 levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.',
    ],
    [
      'a',
      { Value: 'x'.repeat(4097) },
      'ValidationException',
      'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
    ],
    [
      'a',
      { Value: 'x'.repeat(8193), Tier: 'Advanced' },
      'ValidationException',
      'Advanced tier parameters support a maximum parameter value of 8192 characters.',
    ],
    [
      'big',
      { Tier: 'Standard', Overwrite: true },
      'ValidationException',
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit of 4096 characters.",
    ],
    [
      'a',
      { Value: 'abc', AllowedPattern: '\\d{1,4}' },
      'ParameterPatternMismatchException',
      'Parameter value, cannot be validated against allowedPattern: \\d{1,4}',
    ],
    [
      'a',
      { AllowedPattern: '(' },
      'InvalidAllowedPatternException',
      'The request does not meet the regular expression requirement.',
    ],
    [
      'a',
      { Value: '{{ssm:b}}' },
      'ValidationException',
      'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
    ],
    [
      'a',
      { Value: '' },
      'ValidationException',
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    ],
    [
      'a',
      { Type: undefined },
      'ValidationException',
      'A parameter type is required when you create a parameter.',
    ],
    [
      'a',
      { DataType: 'not_text' },
      'ValidationException',
      'The following data type is not supported: not_text (Data type names are all lowercase.)',
    ],
    [
      'taken',
      { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
      'ValidationException',
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    ],
    [
      'a',
      { DataType: 'aws:ec2:image' },
      'NotImplemented',
      'Orrery does not model DataType aws:ec2:image of ssm:PutParameter.',
    ],
  ]
  for (const [name, fields, code, message] of cases) {
    const refusal = await put(name, fields).then(
      () => 'accepted',
      (error: Error) => [error.name, error.message],
    )
    expect(refusal).toEqual([code, message])
  }
})

test('intelligent tiering takes the advanced tier only when it must', async () => {
  const { put } = store()
  const Tier = 'Intelligent-Tiering'
  expect(await put('a', { Tier })).toMatchObject({ Tier: 'Standard' })
  expect(await put('b', { Tier, Value: 'x'.repeat(5000) })).toMatchObject({ Tier: 'Advanced' })
})

test('what is not there is not found, and a public parameter is refused by name', async () => {
  const { ssm, put, value } = store()
  await put('there')
  for (const command of [
    new GetParameterCommand({ Name: 'gone' }),
    new DeleteParameterCommand({ Name: 'gone' }),
    new GetParameterHistoryCommand({ Name: 'gone' }),
  ] as GetParameterCommand[]) {
    await expect(ssm.send(command)).rejects.toMatchObject({
      name: 'ParameterNotFound',
      $metadata: { httpStatusCode: 400 },
    })
  }
  const { Parameters, InvalidParameters } = await ssm.send(
    new GetParametersCommand({ Names: ['there', 'gone', 'there:7'] }),
  )
  expect(Parameters?.map(({ Name }) => Name)).toEqual(['there'])
  expect(InvalidParameters).toEqual(['gone', 'there:7'])
  await expect(value('/aws/service/ami-amazon-linux-latest/x')).rejects.toMatchObject({
    name: 'NotImplemented',
  })
})

test('a hierarchy is read level by level or whole, ten at a time', async () => {
  const { ssm, put, below } = store()
  for (const name of ['top', '/a', '/a/b', '/a/b/c', '/ab', '/a/d']) await put(name)
  expect(await below('/')).toEqual(['/a', '/ab'])
  expect(await below('/a')).toEqual(['/a/b', '/a/d'])
  expect(await below('/a/', true)).toEqual(['/a/b', '/a/b/c', '/a/d'])
  expect(await below('/nothing', true)).toEqual([])
  await expect(below('a')).rejects.toMatchObject({ name: 'ValidationException' })
  for (let n = 0; n < 12; n += 1) await put(`/many/${n}`)
  const first = await ssm.send(new GetParametersByPathCommand({ Path: '/many' }))
  expect(first.Parameters?.length).toBe(10)
  const second = await ssm.send(
    new GetParametersByPathCommand({ Path: '/many', NextToken: first.NextToken }),
  )
  expect(second.Parameters?.length).toBe(2)
  await expect(
    ssm.send(new GetParametersByPathCommand({ Path: '/a', NextToken: first.NextToken })),
  ).rejects.toMatchObject({ name: 'InvalidNextToken' })
})

test('filters of DescribeParameters', async () => {
  const { put, described } = store()
  await put('/a/one', { Tags: [{ Key: 'stage', Value: 'prod' }] })
  await put('/a/b/two', { Type: 'StringList', Value: 'x,y' })
  await put('three', { Tier: 'Advanced' })
  const by = (Key: string, Option: string | undefined, ...Values: string[]) =>
    described({ Key, Option, Values })
  expect(await described()).toEqual(['/a/b/two', '/a/one', 'three'])
  expect(await by('Name', 'Equals', 'three', '/a/one')).toEqual(['/a/one', 'three'])
  expect(await by('Name', 'BeginsWith', '/a')).toEqual(['/a/b/two', '/a/one'])
  expect(await by('Name', 'Contains', 'o')).toEqual(['/a/b/two', '/a/one'])
  expect(await by('Path', 'OneLevel', '/a')).toEqual(['/a/one'])
  expect(await by('Path', 'Recursive', '/a')).toEqual(['/a/b/two', '/a/one'])
  expect(await by('Type', undefined, 'StringList')).toEqual(['/a/b/two'])
  expect(await by('Tier', undefined, 'Advanced')).toEqual(['three'])
  expect(await by('tag:stage', undefined, 'prod')).toEqual(['/a/one'])
  await expect(by('Label', undefined, 'x')).rejects.toMatchObject({ name: 'InvalidFilterKey' })
  await expect(by('Type', 'Contains', 'String')).rejects.toMatchObject({
    message:
      'The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals].',
  })
  await expect(by('Type', undefined, 'Number')).rejects.toMatchObject({
    message:
      'The following filter value is not valid: Number. Valid values include: [String, StringList, SecureString].',
  })
  await expect(
    described({ Key: 'Name', Values: ['a'] }, { Key: 'Name', Values: ['b'] }),
  ).rejects.toMatchObject({ name: 'InvalidFilterKey' })
})

test('a label names one version, and moves', async () => {
  const { ssm, put, value } = store()
  await put('p', { Value: 'one' })
  await put('p', { Value: 'two', Overwrite: true })
  const label = (ParameterVersion: number | undefined, ...Labels: string[]) =>
    ssm.send(new LabelParameterVersionCommand({ Name: 'p', ParameterVersion, Labels }))
  expect(await label(1, 'prod', '1st', 'aws-x', 'a b')).toMatchObject({
    InvalidLabels: ['1st', 'aws-x', 'a b'],
    ParameterVersion: 1,
  })
  expect(await value('p:prod')).toBe('one')
  await label(undefined, 'prod')
  expect(await value('p:prod')).toBe('two')
  await expect(label(1, ...Array.from({ length: 10 }, (_, n) => `l${n}`))).resolves.toBeDefined()
  await expect(label(1, 'eleventh')).rejects.toMatchObject({
    name: 'ParameterVersionLabelLimitExceeded',
  })
  expect(
    await ssm.send(
      new UnlabelParameterVersionCommand({
        Name: 'p',
        ParameterVersion: 2,
        Labels: ['prod', 'no'],
      }),
    ),
  ).toMatchObject({ RemovedLabels: ['prod'], InvalidLabels: ['no'] })
  await expect(value('p:prod')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' })
})

test('a hundred versions are kept, and a label holds the oldest', async () => {
  const { ssm, put, value } = store()
  for (let n = 1; n <= 101; n += 1) await put('p', { Value: `${n}`, Overwrite: n > 1 })
  await expect(value('p:1')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' })
  expect(await value('p:2')).toBe('2')
  await ssm.send(
    new LabelParameterVersionCommand({ Name: 'p', ParameterVersion: 2, Labels: ['keep'] }),
  )
  await expect(put('p', { Overwrite: true })).rejects.toMatchObject({
    name: 'ParameterMaxVersionLimitExceeded',
    message:
      "You attempted to create a new version of p by calling the PutParameter API with the overwrite flag. Version 2, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.",
  })
})

test('an expiration policy deletes the parameter when its time comes', async () => {
  const { cloud, put, value } = store()
  const policies = [
    { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2026-01-03T00:00:00Z' } },
    { Type: 'ExpirationNotification', Version: '1.0', Attributes: { Before: '1', Unit: 'Days' } },
  ]
  await expect(put('p', { Policies: JSON.stringify(policies) })).rejects.toMatchObject({
    name: 'ValidationException',
  })
  await put('p', { Policies: JSON.stringify(policies), Tier: 'Intelligent-Tiering' })
  await cloud.advance({ hours: 47 })
  await put('p', { Value: 'later', Overwrite: true })
  expect(await value('p')).toBe('later')
  await cloud.advance({ hours: 1 })
  await expect(value('p')).rejects.toMatchObject({ name: 'ParameterNotFound' })
})

test('policies that are taken away no longer act', async () => {
  const { cloud, put, value } = store()
  const policy = {
    Type: 'Expiration',
    Version: '1.0',
    Attributes: { Timestamp: '2026-01-03T00:00:00Z' },
  }
  await put('p', { Policies: JSON.stringify([policy]), Tier: 'Advanced' })
  await put('p', { Policies: '[{}]', Overwrite: true })
  await cloud.advance({ days: 3 })
  expect(await value('p')).toBe('v')
})

test('tags come with a new parameter, and change afterwards', async () => {
  const { ssm, put } = store()
  await put('p', { Tags: [{ Key: 'a', Value: '1' }] })
  const where = { ResourceType: 'Parameter', ResourceId: 'p' } as const
  await ssm.send(new AddTagsToResourceCommand({ ...where, Tags: [{ Key: 'b', Value: '2' }] }))
  await ssm.send(new RemoveTagsFromResourceCommand({ ...where, TagKeys: ['a'] }))
  const { TagList } = await ssm.send(new ListTagsForResourceCommand(where))
  expect(TagList).toEqual([{ Key: 'b', Value: '2' }])
  await expect(
    ssm.send(new ListTagsForResourceCommand({ ...where, ResourceId: 'gone' })),
  ).rejects.toMatchObject({ name: 'InvalidResourceId' })
})

test('several parameters are deleted at once, and the missing ones named', async () => {
  const { ssm, put, described } = store()
  await put('a')
  await put('b')
  expect(await ssm.send(new DeleteParametersCommand({ Names: ['a', 'gone', 'b'] }))).toMatchObject({
    DeletedParameters: ['a', 'b'],
    InvalidParameters: ['gone'],
  })
  expect(await described()).toEqual([])
})
