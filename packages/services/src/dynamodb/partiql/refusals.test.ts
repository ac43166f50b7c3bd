import { AwsError } from '@cloud-orrery/models'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStatement } from './parser.ts'
import { refusal, statements } from './statements.test-support.ts'

const malformed = "Statement wasn't well formed, can't be processed: "
const keys = 'Where clause does not contain a mandatory equality on all key attributes'
const aliasing = 'Aliasing is not supported'
const overflow =
  'Number overflow. Attempting to store a number with magnitude larger than supported range'
const underflow =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range'

async function check(problems: Readonly<Record<string, string>>): Promise<void> {
  const { refused } = await statements()
  const actual: [string, string][] = []
  for (const text of Object.keys(problems)) actual.push([text, await refused(text)])
  const expected = Object.entries(problems).map(([text, problem]) => [
    text,
    `ValidationException: ${problem}`,
  ])
  expect(actual).toEqual(expected)
}

test('a statement that cannot be read is refused in AWS’s words', async () => {
  const leftover = `${malformed}Unexpected token after expression`
  const term = `${malformed}Unexpected term`
  const right = `${malformed}Missing right-hand side expression of infix operator`
  await check({
    'SLECT * FROM Tab': `${malformed}Expected data manipulation`,
    'SELECT * FROM "Num" WHERE pk = 1 foo': leftover,
    'SELECT * FROM "Num" WHERE pk = 1 e5': leftover,
    'SELECT * FROM "Num" WHERE pk = 1)': leftover,
    "INSERT INTO Num VALUE {'pk': 1} foo": leftover,
    "INSERT INTO Num t VALUE {'pk': 1}": leftover,
    'UPDATE Num SET a = 9 WHERE pk = 1 foo': leftover,
    'DELETE FROM Num WHERE pk = 1 ORDER BY pk': leftover,
    'SELECT * FROM Num ORDER BY pk WHERE pk = 1': leftover,
    'FROM Num SET c = 1 WHERE pk = 1': leftover,
    'SELECT * FROM Num WHERE': term,
    'SELECT * FROM Num WHERE;': term,
    'UPDATE Num SET a = 1 WHERE': term,
    'SELECT * FROM Num WHERE NOT': term,
    'SELECT * FROM Num WHERE (': term,
    'SELECT * FROM': term,
    'SELECT * FROM Num WHERE pk = 1 AND': right,
    'SELECT * FROM Num WHERE pk = 1 OR': right,
    'SELECT * FROM Num WHERE ORDER BY pk': `${malformed}Unexpected keyword`,
    'SELECT * FROM Num WHERE IS NULL': `${malformed}Unexpected operator`,
    'SELECT * FROM Num WHERE pk = LIKE': `${malformed}Unexpected operator`,
    'SELECT * FROM Num WHERE pk = 1 AND x IS FOO': `${malformed}Expected type name`,
    'x IS DOUBLE PRECISION': 'Unsupported operation: IsType',
    'DELETE FROM': `${malformed}Expected identifier for simple path`,
    'DELETE FROM WHERE pk = 1': `${malformed}Expected identifier for simple path`,
    'SELECT * FROM Num WHERE pk = 1e2147483648': malformed,
    'SELECT * FROM Num WHERE pk = 1.5e-2147483647': malformed,
    'SELECT * FROM Num WHERE pk = 1 # note': malformed,
    'SELECT * FROM Num WHERE pk = 1 /* note': malformed,
    'SELECT * FROM "Num': malformed,
    'SELECT * FROM Num WHERE attribute_exists(m.inner)': `${malformed}Invalid path dot component`,
  })
})

test('a statement that asks for what DynamoDB does not do is refused in AWS’s words', async () => {
  await check({
    'SELECT * FROM Tab t WHERE pk = 1': aliasing,
    'SELECT * FROM Tab AS t WHERE pk = 1': aliasing,
    'UPDATE Tab t SET a = 3': aliasing,
    'DELETE FROM Tab t': aliasing,
    'UPDATE Tab SET a = 1': keys,
    "UPDATE Tab SET a = 1 WHERE pk = 'p'": keys,
    "DELETE FROM Tab WHERE pk = 'p' AND sk > 1": keys,
    'FROM Tab WHERE a = 1 SET c = 1': keys,
    'SELECT * FROM "Tab"."no-index"': 'The table does not have the specified index',
    'SELECT * FROM "Tab"."by-g"."x"': 'A path may contain at most 2 components in the FROM clause',
    'SELECT * FROM "Tab".""': 'Path component cannot be an empty string',
    'SELECT * FROM ""': 'Path component cannot be an empty string',
    'SELECT size(a) FROM "Tab"': 'Unexpected path component at 1:8:4',
    "SELECT * FROM Tab WHERE pk = 'p' AND EXISTS(a)": 'Unrecognized function: exists at 1:38:6',
    "SELECT * FROM Tab WHERE pk = 'a' AND x = 1 OR pk = 'a' AND sk = 2":
      'Overlapping conditions with range keys are not supported in where clause',
    'SELECT g FROM "Tab"."by-g" WHERE g = \'x\' AND v = 1':
      'One or more parameter values were invalid: Secondary index by-g does not project one or more filter attributes: [v]',
    'SELECT v FROM "Tab"."by-g" WHERE g = \'x\'':
      'One or more parameter values were invalid: Global secondary index by-g does not project [v]',
    [`SELECT * FROM Tab WHERE pk IN [${Array.from({ length: 51 }, (_, i) => `'${i}'`).join(',')}]`]:
      'Too many decomposed read operations for a given query.',
    [`SELECT * FROM Tab WHERE pk IN [${Array.from({ length: 101 }, (_, i) => `'${i}'`).join(',')}]`]:
      'The IN operator is provided with too many operands; number of operands: 101',
    'SELECT * FROM Tab WHERE a < true':
      'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
    'SELECT * FROM Tab WHERE attribute_exists()':
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0',
    "SELECT * FROM Tab WHERE attribute_exists('a')":
      'Operator or function requires a document path; operator or function: attribute_exists',
    'SELECT * FROM Tab ORDER BY sk':
      'Must have WHERE clause in the statement when using ORDER BY clause.',
    'SELECT * FROM Tab WHERE pk = ?': "Number of parameters in request and statement don't match.",
  })
})

test('numbers and sets are refused with the place where they stand', async () => {
  const set = (text: string) => `UPDATE Tab SET ${text} WHERE pk = 'p' AND sk = 1`
  await check({
    'SELECT * FROM Num WHERE pk = 1e126': `${overflow} under root`,
    'SELECT * FROM Num WHERE pk = 1e-131': `${underflow} under root`,
    "INSERT INTO Num VALUE {'pk': 1, 'm': {'x': 1e126}}": `${overflow} under root.x`,
    "INSERT INTO Num VALUE {'pk': 1, 'l': [1, 1e126]}": `${overflow} under root[1]`,
    [set("t = set_add(ss, <<'x'>>)")]:
      'The first argument to SET_ADD must equal the assignment value at 1:20:7',
    [set("ss = set_add(ss, 'x')")]:
      'The second argument to SET_ADD must be a value with type SET at 1:29:2',
    [set('ss = set_delete(ss)')]: 'SET_DELETE must have exactly two arguments at 1:21:10',
    [set("ss = set_add(ss, <<'x', 'x'>>)")]:
      'One or more parameter values were invalid: Input collection [x, x] contains duplicates.',
    [set('ss = set_add(ss, <<>>)')]: 'Empty bags are not supported',
    "INSERT INTO Tab VALUE {'pk': 'p', 'sk': 1, 'ss': set_add(<<'a'>>, <<'b'>>)}":
      'Unsupported data type: set_add under key root at 1:50:7',
  })
})

test('parameters are read as Java reads numbers', async () => {
  const { refused } = await statements()
  const number = (N: string) => refused('SELECT * FROM Tab WHERE pk = ?', { N })
  const wrong = 'ValidationException: The parameter cannot be converted to a numeric value'
  expect([await number('1e99999999999'), await number('1e2147483647'), await number('')]).toEqual([
    `${wrong}: 1e99999999999`,
    `ValidationException: ${underflow}`,
    wrong,
  ])
})

test('a transaction names the statement that it refuses', async () => {
  const { transact } = await statements()
  const place = 'ValidationException: Validation failed in TransactStatements'
  expect([
    await refusal(() => transact('SELECT * FROM Tab WHERE')),
    await refusal(() =>
      transact(`UPDATE Tab SET a = 1 WHERE pk = 'p' AND sk = 1 RETURNING ALL NEW *`),
    ),
    await refusal(() => transact(`SELECT * FROM "Tab"."by-g" WHERE g = 'x'`)),
    await refusal(() => transact(`SELECT * FROM Tab WHERE pk = 'p'`)),
    await refusal(() => transact(`EXISTS(SELECT * FROM Tab WHERE pk = 'p' AND sk = 1)`)),
    await refusal(() =>
      transact(
        `SELECT * FROM Tab WHERE pk = 'p' AND sk = 1`,
        `DELETE FROM Tab WHERE pk = 'p' AND sk = 1`,
      ),
    ),
  ]).toEqual([
    `${place}[0]: ${malformed}Unexpected term`,
    `${place}[0]: RETURNING clause is not supported in ExecuteTransaction.`,
    `${place}[0]: Reads on indices are not supported within transactions.`,
    `${place}[0]: Select statements within ExecuteTransaction must specify the primary key in the where clause.`,
    `${place}[0]: EXISTS() must contain a single item read with additional condition`,
    'ValidationException: ExecuteTransaction API does not support both read and write operations in the same request.',
  ])
})

test('whatever the text is, it is a statement or refused as none', () => {
  const words = [
    'SELECT',
    '*',
    'FROM',
    'Tab',
    'WHERE',
    'pk',
    '=',
    '1',
    "'p'",
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ':',
    ',',
    'AND',
    'NOT',
    'IN',
    'IS',
    'NULL',
    'SET',
    'UPDATE',
    '<<',
    '>>',
    '?',
    '-',
    'size',
    '.',
    'EXISTS',
    'RETURNING',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 14 }), (parts) => {
      let refusedWith = 'ValidationException'
      try {
        parseStatement(parts.join(' '))
      } catch (error) {
        refusedWith = error instanceof AwsError ? error.code : String(error)
      }
      expect(refusedWith).toBe('ValidationException')
    }),
  )
})

test('a statement of brackets by the thousand is refused, not fallen over', () => {
  for (const bomb of ['('.repeat(5000), 'NOT '.repeat(3000), "[{'a':".repeat(1500)]) {
    expect(() => parseStatement(`SELECT * FROM Tab WHERE ${bomb}`)).toThrow(AwsError)
  }
})
