import {
  CreateOpsItemCommand,
  type CreateOpsItemCommandInput,
  DeleteOpsItemCommand,
  DescribeOpsItemsCommand,
  GetOpsItemCommand,
  type OpsItemFilter,
  SSMClient,
  UpdateOpsItemCommand,
} from '@aws-sdk/client-ssm'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

function desk() {
  const cloud = createCloud({ deepFreeze: true })
  const ssm = client(cloud, SSMClient)
  return {
    cloud,
    ssm,
    async create(fields: Partial<CreateOpsItemCommandInput> = {}) {
      const { OpsItemId = '' } = await ssm.send(
        new CreateOpsItemCommand({
          Title: 'Disk full',
          Source: 'EC2',
          Description: 'sda1',
          ...fields,
        }),
      )
      return OpsItemId
    },
    async titles(...OpsItemFilters: OpsItemFilter[]) {
      const { OpsItemSummaries = [] } = await ssm.send(
        new DescribeOpsItemsCommand({ OpsItemFilters }),
      )
      return OpsItemSummaries.map(({ Title }) => Title)
    },
  }
}

function dedup(dedupString: string, ...arns: string[]) {
  const entries = {
    '/aws/dedup': { Type: 'SearchableString', Value: JSON.stringify({ dedupString }) },
    '/aws/resources': {
      Type: 'SearchableString',
      Value: JSON.stringify(arns.map((arn) => ({ arn }))),
    },
  } as const
  return { OperationalData: entries }
}

test('an OpsItem is open from its creation, and shows what it was given', async () => {
  const { cloud, ssm } = desk()
  const { OpsItemId, OpsItemArn } = await ssm.send(
    new CreateOpsItemCommand({
      Title: 'Disk full',
      Source: 'EC2',
      Description: 'sda1',
      Priority: 2,
      Category: 'Availability',
      Severity: '1',
      OperationalData: { 'log file': { Type: 'String', Value: '/var/log/messages' } },
    }),
  )
  expect(OpsItemId).toMatch(/^oi-[0-9a-f]{12}$/)
  expect(OpsItemArn).toBe(`arn:aws:ssm:us-east-1:123456789012:opsitem/${OpsItemId}`)
  await cloud.advance({ seconds: 5 })
  const { OpsItem } = await ssm.send(new GetOpsItemCommand({ OpsItemId }))
  const at = new Date('2026-01-01T00:00:00Z')
  expect(OpsItem).toEqual({
    CreatedBy: expect.stringMatching(/^arn:aws:iam::123456789012:/),
    OpsItemType: '/aws/issue',
    CreatedTime: at,
    Description: 'sda1',
    LastModifiedBy: expect.stringMatching(/^arn:aws:iam::123456789012:/),
    LastModifiedTime: at,
    Notifications: [],
    Priority: 2,
    RelatedOpsItems: [],
    Status: 'Open',
    OpsItemId,
    Version: '1',
    Title: 'Disk full',
    Source: 'EC2',
    OperationalData: { 'log file': { Type: 'String', Value: '/var/log/messages' } },
    Category: 'Availability',
    Severity: '1',
    OpsItemArn,
  })
})

test('an open item keeps a second one with its dedup string out, whatever the case', async () => {
  const { create } = desk()
  const first = await create(dedup('Stack-1'))
  await expect(create(dedup('stack-1'))).rejects.toMatchObject({
    name: 'OpsItemAlreadyExistsException',
    OpsItemId: first,
    $metadata: { httpStatusCode: 400 },
  })
})

test('the same dedup string with other resources opens another item', async () => {
  const { create, titles } = desk()
  await create(dedup('same', 'arn:aws:s3:::a'))
  await create(dedup('same', 'arn:aws:s3:::b'))
  expect(await titles()).toEqual(['Disk full', 'Disk full'])
})

test('a resolved item lets the next one in, and cannot be reopened beside it', async () => {
  const { ssm, create } = desk()
  const first = await create(dedup('same'))
  await ssm.send(new UpdateOpsItemCommand({ OpsItemId: first, Status: 'InProgress' }))
  await expect(create(dedup('same'))).rejects.toMatchObject({ OpsItemId: first })
  await ssm.send(new UpdateOpsItemCommand({ OpsItemId: first, Status: 'Resolved' }))
  const second = await create(dedup('same'))
  expect(second).not.toBe(first)
  await expect(
    ssm.send(new UpdateOpsItemCommand({ OpsItemId: first, Status: 'Open' })),
  ).rejects.toMatchObject({ name: 'OpsItemAlreadyExistsException', OpsItemId: second })
})

test('an update changes what it names, and counts the version', async () => {
  const { cloud, ssm, create } = desk()
  const OpsItemId = await create({
    OperationalData: { a: { Type: 'String', Value: '1' }, b: { Type: 'String', Value: '2' } },
  })
  await cloud.advance({ seconds: 60 })
  await ssm.send(
    new UpdateOpsItemCommand({
      OpsItemId,
      Title: 'Disk was full',
      Status: 'Resolved',
      OperationalData: { c: { Type: 'String', Value: '3' } },
      OperationalDataToDelete: ['a'],
    }),
  )
  const { OpsItem } = await ssm.send(new GetOpsItemCommand({ OpsItemId }))
  expect(OpsItem).toMatchObject({
    Title: 'Disk was full',
    Description: 'sda1',
    Status: 'Resolved',
    Version: '2',
    OperationalData: { b: { Type: 'String', Value: '2' }, c: { Type: 'String', Value: '3' } },
    CreatedTime: new Date('2026-01-01T00:00:00Z'),
    LastModifiedTime: new Date('2026-01-01T00:01:00Z'),
  })
})

test('what no item may carry is refused with the parameter that is wrong', async () => {
  const { create } = desk()
  const cases: [string, Partial<CreateOpsItemCommandInput>][] = [
    ['Source', { Source: 'my-aws-source' }],
    ['Category', { Category: 'Weather' }],
    ['Severity', { Severity: '5' }],
    ['OperationalData', { OperationalData: { 'aws:thing': { Type: 'String', Value: 'x' } } }],
    ['OperationalData', { OperationalData: { '/ssm/thing': { Type: 'String', Value: 'x' } } }],
    ['OperationalData', { OperationalData: { '/aws/dedup': { Type: 'String', Value: 'x' } } }],
    ['OperationalData', { OperationalData: { '/aws/resources': { Type: 'String', Value: '{}' } } }],
  ]
  for (const [name, fields] of cases) {
    await expect(create(fields)).rejects.toMatchObject({
      name: 'OpsItemInvalidParameterException',
      ParameterNames: [name],
    })
  }
})

test('the dedup string of an item never changes', async () => {
  const { ssm, create } = desk()
  const OpsItemId = await create(dedup('same'))
  for (const change of [dedup('other'), { OperationalDataToDelete: ['/aws/dedup'] }]) {
    await expect(
      ssm.send(new UpdateOpsItemCommand({ OpsItemId, ...change })),
    ).rejects.toMatchObject({ name: 'OpsItemInvalidParameterException' })
  }
})

test('statuses of change requests are refused by name', async () => {
  const { ssm, create } = desk()
  const OpsItemId = await create()
  await expect(
    ssm.send(new UpdateOpsItemCommand({ OpsItemId, Status: 'PendingApproval' })),
  ).rejects.toMatchObject({ message: expect.stringContaining('PendingApproval') })
})

test('an item that is deleted is gone; deleting it again succeeds', async () => {
  const { ssm, create } = desk()
  const OpsItemId = await create(dedup('same'))
  await ssm.send(new DeleteOpsItemCommand({ OpsItemId }))
  await ssm.send(new DeleteOpsItemCommand({ OpsItemId }))
  await expect(ssm.send(new GetOpsItemCommand({ OpsItemId }))).rejects.toMatchObject({
    name: 'OpsItemNotFoundException',
  })
  await create(dedup('same'))
})

test('filters select by every field that they name', async () => {
  const { cloud, create, titles } = desk()
  await create({
    Title: 'first',
    Priority: 1,
    Severity: '2',
    OperationalData: {
      color: { Type: 'SearchableString', Value: 'red' },
      hidden: { Type: 'String', Value: 'secret' },
      ...dedup('x', 'arn:aws:s3:::a').OperationalData,
    },
  })
  await cloud.advance({ hours: 1 })
  await create({ Title: 'second', Source: 'S3', Category: 'Cost' })
  const by = (
    Key: OpsItemFilter['Key'],
    Operator: OpsItemFilter['Operator'],
    ...Values: string[]
  ) => titles({ Key, Operator, Values })
  expect(await titles()).toEqual(['second', 'first'])
  expect(await by('Status', 'Equal', 'Open')).toEqual(['second', 'first'])
  expect(await by('Status', 'Equal', 'Resolved')).toEqual([])
  expect(await by('Title', 'Contains', 'eco')).toEqual(['second'])
  expect(await by('Title', 'Equal', 'first')).toEqual(['first'])
  expect(await by('Source', 'Contains', 'S')).toEqual(['second'])
  expect(await by('Priority', 'Equal', '1')).toEqual(['first'])
  expect(await by('Severity', 'Equal', '2')).toEqual(['first'])
  expect(await by('Category', 'Equal', 'Cost')).toEqual(['second'])
  expect(await by('CreatedBy', 'Contains', '123456789012')).toEqual(['second', 'first'])
  expect(await by('CreatedTime', 'LessThan', '2026-01-01T00:30:00Z')).toEqual(['first'])
  expect(await by('LastModifiedTime', 'GreaterThan', '2026-01-01T00:30:00Z')).toEqual(['second'])
  expect(await by('OperationalData', 'Equal', '{"key":"color","value":"red"}')).toEqual(['first'])
  expect(await by('OperationalDataKey', 'Equal', 'color')).toEqual(['first'])
  expect(await by('OperationalDataKey', 'Equal', 'hidden')).toEqual([])
  expect(await by('OperationalDataValue', 'Contains', 're')).toEqual(['first'])
  expect(await by('ResourceId', 'Contains', 's3:::a')).toEqual(['first'])
  expect(await by('OpsItemType', 'Equal', '/aws/issue')).toEqual(['second', 'first'])
  expect(await by('AccountId', 'Equal', '222222222222')).toEqual([])
  await expect(by('Title', 'LessThan', 'x')).rejects.toMatchObject({ name: 'ValidationException' })
  await expect(by('InsightByType', 'Equal', 'x')).rejects.toThrow('InsightByType')
})

test('a listing comes in pages, and its token belongs to its filters', async () => {
  const { ssm, create } = desk()
  for (const Title of ['a', 'b', 'c']) await create({ Title })
  const first = await ssm.send(new DescribeOpsItemsCommand({ MaxResults: 2 }))
  const second = await ssm.send(
    new DescribeOpsItemsCommand({ MaxResults: 2, NextToken: first.NextToken }),
  )
  const titles = [...(first.OpsItemSummaries ?? []), ...(second.OpsItemSummaries ?? [])]
  expect(titles.map(({ Title }) => Title).sort()).toEqual(['a', 'b', 'c'])
  expect(second.NextToken).toBeUndefined()
  const OpsItemFilters: OpsItemFilter[] = [{ Key: 'Status', Operator: 'Equal', Values: ['Open'] }]
  await expect(
    ssm.send(new DescribeOpsItemsCommand({ OpsItemFilters, NextToken: first.NextToken })),
  ).rejects.toMatchObject({ name: 'ValidationException' })
})

test('the ten-thousandth item of a month is its last', { timeout: 60_000 }, async () => {
  const { cloud, create } = desk()
  for (let n = 0; n < 10_000; n += 1) await create()
  await expect(create()).rejects.toMatchObject({
    name: 'OpsItemLimitExceededException',
    Limit: 10_000,
  })
  await cloud.advance({ days: 31 })
  await create()
})
