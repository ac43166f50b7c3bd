import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import {
  allRecordings,
  readReplays,
  recordingsFolder,
  recordingsPage,
  replaysOf,
} from './recordings.ts'
import { differences } from './recordings-differences.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = recordingsFolder(root)

test.skipIf(folder === undefined)(
  'every recording is counted once (npm run recordings collects them; skipped without recordings)',
  () => {
    const all = allRecordings(folder ?? '')
    const replays = readReplays(root)
    const counted = Object.entries(replays).map(([file, names]) => [
      file,
      names.replayed.length + names.left.length + names.empty.length,
    ])
    expect(counted).toEqual([...all].map(([file, keys]) => [file, keys.length]))
  },
)

test('each known difference names a recording that is not replayed', () => {
  const left = Object.entries(readReplays(root)).flatMap(([file, { left }]) =>
    left.map((name) => `${file} ${name}`),
  )
  const idle = differences.filter(({ pattern }) => !left.some((text) => pattern.test(text)))
  expect(idle).toEqual([])
})

test('at least 60 % of the recordings of the services that matter most are replayed', () => {
  const pursued =
    /^(stepfunctions|events|sns|sqs|s3|iam|lambda_|dynamodb|secretsmanager|ses|logs|cloudwatch|scheduler|cloudformation)\//
  let replayed = 0
  let total = 0
  for (const [file, names] of Object.entries(readReplays(root))) {
    if (!pursued.test(file)) continue
    replayed += names.replayed.length
    total += names.replayed.length + names.left.length
  }
  expect(replayed / total).toBeGreaterThan(0.6)
})

test('recordings of one name in a file are told apart, and each is counted by what became of it', () => {
  const all = new Map([
    [
      'sqs/test_sqs',
      [
        { key: 'a/test.py::T::one', isEmpty: false },
        { key: 'a/test.py::T::two', isEmpty: false },
        { key: 'a/test.py::T::zero', isEmpty: true },
        { key: 'b/test.py::T::two', isEmpty: false },
      ],
    ],
    ['acm/test_acm', [{ key: 'a/test.py::cert', isEmpty: false }]],
  ])
  const asked = [
    { file: 'sqs/test_sqs', key: 'a/test.py::T::one', testPath: 'x' },
    { file: 'sqs/test_sqs', key: 'b/test.py::T::two', testPath: 'x' },
    { file: 'sqs/test_sqs', key: 'a/test.py::T::zero', testPath: 'x' },
    { file: 'sqs/test_sqs', key: 'a/test.py::T::one', testPath: 'y' },
  ]
  const replays = replaysOf(all, asked)
  expect(replays).toEqual({
    'sqs/test_sqs': {
      replayed: ['T::one', 'b/test.py::T::two'],
      left: ['a/test.py::T::two'],
      empty: ['T::zero'],
    },
    'acm/test_acm': { replayed: [], left: ['cert'], empty: [] },
  })
  const rows = recordingsPage(replays).split('\n')
  expect(rows.filter((row) => /^\| (sqs|acm|\*\*)/.test(row))).toEqual([
    '| sqs | 3 | 2 | 66 % | 0 | 1 | 1 |',
    '| acm | 1 | 0 | 0 % | 1 | 0 | 0 |',
    '| **services with a replay** | 3 | 2 | 66 % | 0 | 1 | 1 |',
    '| **all** | 4 | 2 | 50 % | 1 | 1 | 1 |',
  ])
})
