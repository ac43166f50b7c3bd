import {
  ExecuteStatementCommand,
  GetItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { refusal, statements } from './statements.test-support.ts'

test('a statement inserts, selects, updates and deletes one item', async () => {
  const { run } = await statements()
  const key = `WHERE pk = 'p' AND sk = 1`
  expect(
    await run(
      `INSERT INTO "Tab" VALUE {'pk': 'p', 'sk': ?, 'm': {'x': [1.50, 'it''s', null, true]}, 'ss': <<'b', 'a'>>, 'n': 1e2}`,
      { N: '1' },
    ),
  ).toEqual([])
  expect(await run(`SELECT * FROM "Tab" ${key}`)).toEqual([
    {
      pk: { S: 'p' },
      sk: { N: '1' },
      m: { M: { x: { L: [{ N: '1.5' }, { S: "it's" }, { NULL: true }, { BOOL: true }] } } },
      ss: { SS: ['b', 'a'] },
      n: { N: '100' },
    },
  ])
  expect(
    await run(
      `UPDATE Tab SET n = n + 1 SET m.y = 'new', ss = set_add(ss, <<'c'>>) REMOVE m.x[0] ${key} RETURNING MODIFIED NEW *`,
    ),
  ).toEqual([
    {
      n: { N: '101' },
      m: { M: { y: { S: 'new' }, x: { L: [{ S: "it's" }] } } },
      ss: { SS: ['b', 'a', 'c'] },
    },
  ])
  expect(await run(`FROM "Tab" ${key} REMOVE m, ss SET l = list_append([1], [2])`)).toEqual([])
  expect(await run(`DELETE FROM "Tab" ${key} RETURNING ALL OLD *`)).toEqual([
    { pk: { S: 'p' }, sk: { N: '1' }, n: { N: '101' }, l: { L: [{ N: '1' }, { N: '2' }] } },
  ])
  expect(await run(`DELETE FROM "Tab" ${key} RETURNING ALL OLD *`)).toEqual([])
})

test('an INSERT into a taken place and an UPDATE of nothing are refused', async () => {
  const { run, refused, put } = await statements()
  await put({ pk: { S: 'p' }, sk: { N: '1' }, a: { N: '1' } })
  expect(await refused(`INSERT INTO Tab VALUE {'pk': 'p', 'sk': 1}`)).toBe(
    'DuplicateItemException: Duplicate primary key exists in table',
  )
  const failed = 'ConditionalCheckFailedException: The conditional request failed'
  expect(await refused(`UPDATE Tab SET a = 2 WHERE pk = 'p' AND sk = 2`)).toBe(failed)
  expect(await refused(`UPDATE Tab SET a = 2 WHERE pk = 'p' AND sk = 1 AND a = 5`)).toBe(failed)
  expect(await refused(`DELETE FROM Tab WHERE pk = 'p' AND sk = 1 AND attribute_exists(b)`)).toBe(
    failed,
  )
  expect(await run(`SELECT a FROM Tab WHERE pk = 'p' AND sk = 1`)).toEqual([{ a: { N: '1' } }])
})

test('a SELECT finds by key, range, list, branches and filters, in the order of the sort key', async () => {
  const { run, put } = await statements()
  for (const sk of ['1', '2', '3', '10']) {
    await put({ pk: { S: 'p' }, sk: { N: sk }, v: { S: `v${sk}` }, g: { S: 'g' } })
  }
  await put({ pk: { S: 'q' }, sk: { N: '2' }, v: { S: 'w' } })
  const found = async (rest: string) =>
    (await run(`SELECT * FROM Tab ${rest}`))?.map(({ pk, sk }) => `${pk?.S}${sk?.N}`)
  expect([
    await found(`WHERE pk = 'p'`),
    await found(`WHERE pk = 'p' ORDER BY sk DESC`),
    await found(`WHERE pk = 'p' AND sk > 1 AND sk < 10`),
    await found(`WHERE pk = 'p' AND sk BETWEEN 2 AND 3`),
    await found(`WHERE pk IN ['q', 'p'] AND sk = 2`),
    await found(`WHERE pk = 'p' AND sk IN (10, 1, 7)`),
    await found(`WHERE pk = 'q' OR pk = 'p' AND sk = 3`),
    await found(`WHERE pk = 'p' AND NOT sk = 1 OR pk = 'p' AND sk = 2`),
    await found(`WHERE v = 'w'`),
    await found(`WHERE pk = 'p' AND begins_with(v, 'v1')`),
    await found(`WHERE pk = 'p' AND (v = 'v2' OR size(v) = 3)`),
    await found(`WHERE pk = 1`),
  ]).toEqual([
    ['p1', 'p2', 'p3', 'p10'],
    ['p10', 'p3', 'p2', 'p1'],
    ['p2', 'p3'],
    ['p2', 'p3'],
    ['q2', 'p2'],
    ['p10', 'p1'],
    ['q2', 'p3'],
    ['p2', 'p3', 'p10'],
    ['q2'],
    ['p1', 'p10'],
    ['p2', 'p10'],
    [],
  ])
  expect(await run(`SELECT sk FROM "Tab"."by-g" WHERE g = 'g' AND sk < 3`)).toEqual([
    { sk: { N: '1' } },
    { sk: { N: '2' } },
  ])
})

test('an index has what it projects; filters on other attributes find nothing, or all that they deny', async () => {
  const { run, put, refused } = await statements()
  await put({ pk: { S: 'p' }, sk: { N: '1' }, g: { S: 'x' }, v: { S: 'one' } })
  await put({ pk: { S: 'p' }, sk: { N: '2' }, g: { S: 'y' }, v: { S: 'two' } })
  await put({ pk: { S: 'p' }, sk: { N: '3' }, v: { S: 'three' } })
  const found = async (rest: string) =>
    (await run(`SELECT * FROM "Tab"."by-g" ${rest}`))
      ?.map((item) => `${Object.keys(item).length}${item['sk']?.N}`)
      .sort()
  expect([
    await found(`WHERE g = 'x'`),
    await found(`WHERE v = 'one'`),
    await found(`WHERE NOT v = 'one' AND sk < 3`),
    await found(`WHERE (g = 'x' AND v = 'one') OR (g = 'y')`),
  ]).toEqual([['31'], [], ['31', '32'], ['32']])
  const problem = /Secondary index by-g does not project one or more filter attributes: \[v\]$/
  expect(await refused(`SELECT pk FROM "Tab"."by-g" WHERE g IN ['x', 'y'] AND v = 'one'`)).toMatch(
    problem,
  )
  expect(await refused(`SELECT pk FROM "Tab"."by-g" WHERE g = 'x' AND NOT v = 'one'`)).toMatch(
    problem,
  )
})

test('IS and the functions of conditions run as filters, in any case', async () => {
  const { run, put } = await statements()
  await put({
    pk: { S: 'p' },
    sk: { N: '1' },
    s: { S: 'str' },
    nul: { NULL: true },
    flag: { BOOL: true },
    m: { M: { sub: { S: 'x' } } },
  })
  const holds = async (condition: string) =>
    (await run(`SELECT * FROM Tab WHERE pk = 'p' AND ${condition}`))?.length === 1
  const truths = [
    'nul IS NULL',
    's IS NOT NULL',
    's IS STRING',
    'flag IS BOOL',
    'gone IS MISSING',
    's IS NOT MISSING',
    'attribute_exists(m.sub)',
    'ATTRIBUTE_EXISTS("s") = true',
    'NOT attribute_exists(gone)',
    '(attribute_exists(gone) OR attribute_exists(s))',
    `attribute_type(s, 'S')`,
    'size(s) = 3',
    `contains(s, 'tr')`,
    `m = {'sub': 'x'}`,
  ]
  const untruths = [
    's IS NULL',
    'nul IS NOT NULL',
    's IS BOOL',
    'gone IS NULL',
    'attribute_exists(m.gone)',
    `s <> 'str'`,
  ]
  const wrong: string[] = []
  for (const condition of truths) if (!(await holds(condition))) wrong.push(condition)
  for (const condition of untruths) if (await holds(condition)) wrong.push(condition)
  expect(wrong).toEqual([])
})

test('numbers, comments and keywords are read as AWS reads them', async () => {
  const { run, put } = await statements()
  await put({ pk: { N: '7310000' } }, 'Num')
  await put({ pk: { N: '-7.3' } }, 'Num')
  const found = async (text: string) => (await run(text))?.map(({ pk }) => pk?.N)
  expect([
    await found('SELECT * FROM "Num" WHERE pk = 7.31E+6'),
    await found('SELECT * FROM "Num" WHERE pk = 73100000e-1'),
    await found('select * from "Num" where pk = -.73e1;'),
    await found('-- a note\nSELECT * FROM "Num" -- more\nWHERE /* and\nmore */ pk = 7310000'),
  ]).toEqual([['7310000'], ['7310000'], ['-7.3'], ['7310000']])
})

test('a page ends at its limit, and its token goes on in the same statement alone', async () => {
  const { dynamodb, put } = await statements()
  for (const sk of ['1', '2', '3']) await put({ pk: { S: 'p' }, sk: { N: sk } })
  await put({ pk: { S: 'q' }, sk: { N: '1' } })
  const page = (NextToken?: string, Statement = `SELECT pk, sk FROM Tab WHERE pk IN ['p', 'q']`) =>
    dynamodb.send(
      new ExecuteStatementCommand({
        Statement,
        Limit: 2,
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    )
  const first = await page()
  const second = await page(first.NextToken)
  const third = await page(second.NextToken)
  expect(
    [first, second, third].map(({ Items }) => Items?.map(({ pk, sk }) => `${pk?.S}${sk?.N}`)),
  ).toEqual([['p1', 'p2'], ['p3', 'q1'], []])
  expect(first.LastEvaluatedKey).toEqual({ pk: { S: 'p' }, sk: { N: '2' } })
  expect(third.NextToken).toBeUndefined()
  expect(await refusal(() => page(first.NextToken, 'SELECT pk FROM Tab'))).toMatch(
    /^ValidationException: /,
  )
})

test('statements say what they used', async () => {
  const { dynamodb, put } = await statements()
  await put({ pk: { S: 'p' }, sk: { N: '1' } })
  const used = async (Statement: string, ConsistentRead = false) => {
    const input = { Statement, ConsistentRead, ReturnConsumedCapacity: 'TOTAL' as const }
    return (await dynamodb.send(new ExecuteStatementCommand(input))).ConsumedCapacity
  }
  expect([
    await used(`SELECT * FROM Tab WHERE pk = 'p' AND sk = 1`),
    await used(`SELECT * FROM Tab WHERE pk = 'p'`, true),
    await used(`UPDATE Tab SET a = 1 WHERE pk = 'p' AND sk = 1`),
  ]).toEqual([
    { TableName: 'Tab', CapacityUnits: 0.5 },
    { TableName: 'Tab', CapacityUnits: 1 },
    { TableName: 'Tab', CapacityUnits: 1 },
  ])
})

test('a batch answers each statement by itself', async () => {
  const { batch, put } = await statements()
  await put({ pk: { S: 'p' }, sk: { N: '1' }, a: { N: '1' } })
  const wrong =
    'Select statements within BatchExecuteStatement must specify the primary key in the where clause.'
  const { Responses: reads } = await batch(
    `SELECT a FROM Tab WHERE pk = 'p' AND sk = 1`,
    `SELECT a FROM Tab WHERE pk = 'p' AND sk = 9`,
    `SELECT * FROM Tab WHERE pk = 'p'`,
    `SELECT * FROM "Tab"."by-g" WHERE g = 'x'`,
    `SELECT * FROM "gone" WHERE pk = 'p'`,
    'SLECT * FROM Tab',
  )
  expect(reads).toEqual([
    { TableName: 'Tab', Item: { a: { N: '1' } } },
    { TableName: 'Tab' },
    { TableName: 'Tab', Error: { Code: 'ValidationError', Message: wrong } },
    { TableName: 'Tab', Error: { Code: 'ValidationError', Message: wrong } },
    { Error: { Code: 'ResourceNotFound', Message: 'Requested resource not found' } },
    {
      Error: {
        Code: 'ValidationError',
        Message: "Statement wasn't well formed, can't be processed: Expected data manipulation",
      },
    },
  ])
  const { Responses: writes } = await batch(
    `INSERT INTO Tab VALUE {'pk': 'p', 'sk': 1}`,
    `UPDATE Tab SET a = 2 WHERE pk = 'p' AND sk = 1 RETURNING ALL NEW *`,
    `DELETE FROM Tab WHERE pk = 'p' AND sk = 1 RETURNING MODIFIED OLD *`,
    `UPDATE Tab SET a = 2 WHERE pk = 'p' AND sk = 7`,
  )
  expect(writes).toEqual([
    {
      TableName: 'Tab',
      Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' },
    },
    { TableName: 'Tab', Item: { pk: { S: 'p' }, sk: { N: '1' }, a: { N: '2' } } },
    {
      TableName: 'Tab',
      Error: {
        Code: 'ValidationError',
        Message:
          'Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.',
      },
    },
    {
      TableName: 'Tab',
      Error: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    },
  ])
})

test('a transaction makes all its statements or none', async () => {
  const { transact, dynamodb, run, put } = await statements()
  await put({ pk: { S: 'p' }, sk: { N: '1' }, a: { N: '1' } })
  const item = async (sk: string) => {
    const Key = { pk: { S: 'p' }, sk: { N: sk } }
    return (await dynamodb.send(new GetItemCommand({ TableName: 'Tab', Key }))).Item
  }
  const done = await transact(
    `EXISTS(SELECT * FROM Tab WHERE pk = 'p' AND sk = 1 AND a = 1)`,
    `INSERT INTO Tab VALUE {'pk': 'p', 'sk': 2}`,
  )
  expect(done.Responses).toEqual([])
  expect(await item('2')).toEqual({ pk: { S: 'p' }, sk: { N: '2' } })

  const error: unknown = await transact(
    `INSERT INTO Tab VALUE {'pk': 'p', 'sk': 1}`,
    `UPDATE Tab SET a = 5 WHERE pk = 'p' AND sk = 2`,
  ).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    name: 'TransactionCanceledException',
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons [DuplicateItem, None]',
    CancellationReasons: [
      { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' },
      { Code: 'None' },
    ],
  })
  expect(await item('2')).toEqual({ pk: { S: 'p' }, sk: { N: '2' } })

  const read = await transact(
    `SELECT a FROM Tab WHERE pk = 'p' AND sk = 1`,
    `SELECT * FROM Tab WHERE pk = 'p' AND sk = 8`,
  )
  expect(read.Responses).toEqual([{ Item: { a: { N: '1' } } }, {}])
  expect(await run('SELECT pk FROM Tab')).toHaveLength(2)
})

test('a throttled statement of a batch writes nothing, those before it stand', async () => {
  const { dynamodb, batch, run } = await statements()
  await dynamodb.send(
    new UpdateTableCommand({
      TableName: 'Num',
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    }),
  )
  const insert = (pk: number) => `INSERT INTO Num VALUE {'pk': ${pk}, 's': '${'x'.repeat(7000)}'}`
  const codes: (string | undefined)[] = []
  for (let at = 0; at < 100; at += 10) {
    const texts = Array.from({ length: 10 }, (_, i) => insert(at + i))
    const { Responses } = await batch(...texts)
    codes.push(...(Responses ?? []).map((response) => response.Error?.Code))
  }
  const written = codes.filter((code) => code === undefined).length
  expect(written).toBeGreaterThan(0)
  expect(new Set(codes.slice(written))).toEqual(new Set(['ProvisionedThroughputExceeded']))
  expect(await run('SELECT pk FROM Num')).toHaveLength(written)
})
