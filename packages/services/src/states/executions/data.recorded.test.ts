import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import type { Replaying } from '../recorded-states.test-support.ts'
import { type RecordedRun, replayRun } from './recorded-runs.test-support.ts'

const pass = { Type: 'Pass', End: true }

function reading(path: string): object {
  return {
    StartAt: 'EntryState',
    States: { EntryState: { Type: 'Pass', Parameters: { 'item.$': path }, End: true } },
  }
}

const items = Array.from({ length: 11 }, (_, item_key) => ({ item_key }))
const emptyPaths = [
  ...['$[*]', '$.items[*]', '$.items[1:]', '$.items[:1]', '$.item.items[1:]'],
  ...['$.item.items[:1]', '$.items[*].itemValue', '$.items[:1].itemValue'],
]

function base(test: string, definition: object, input?: unknown): RecordedRun {
  return { file: 'base/test_base', test: `TestSnfBase::${test}`, definition, input }
}

const distributed = {
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'PassItem',
  States: { PassItem: pass },
}

const csvFirstRow = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }

function mapOf(config: object, more: object = {}): object {
  return {
    StartAt: 'MapState',
    States: {
      MapState: {
        Type: 'Map',
        MaxConcurrency: 1,
        ItemReader: {
          ReaderConfig: config,
          Resource: 'arn:aws:states:::s3:getObject',
          Parameters: { 'Bucket.$': '$.Bucket', 'Key.$': '$.Key' },
        },
        ItemProcessor: distributed,
        End: true,
        ...more,
      },
    },
  }
}

/** AWS has since changed which event the exit of a distributed Map state follows: 9<6 in newer recordings. */
const olderExit = ['events[6].previousEventId']

function inBucket(Key: string, Body: string) {
  return async ({ cloud }: Replaying): Promise<void> => {
    const s3 = client(cloud, S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket-name' }))
    await s3.send(new PutObjectCommand({ Bucket: 'bucket-name', Key, Body }))
  }
}

function reader(
  test: string,
  definition: object,
  file: readonly [string, string],
  more: object = {},
): RecordedRun {
  const [Key, body] = file
  return {
    file: 'scenarios/test_base_scenarios',
    test: `TestBaseScenarios::${test}`,
    definition,
    input: { Bucket: 'bucket-name', Key, ...more },
    before: inBucket(Key, body),
    ignore: olderExit,
  }
}

const rest = ",,,\ntrue,1,'HelloWorld'\nNull,None,\n   \n"
const small = 'Col1,Col2\nValue1,Value2\nValue3,Value4\nValue5,Value6\nValue7,Value8\n'
const verdicts = JSON.stringify([
  { verdict: 'true', statement_date: '6/11/2008', statement_source: 'speech' },
  { verdict: 'false', statement_date: '6/7/2022', statement_source: 'television' },
  { verdict: 'mostly-true', statement_date: '5/18/2016', statement_source: 'news' },
])
const maxItemsPath = mapOf({ ...csvFirstRow, MaxItemsPath: '$.MaxItems' })

function tolerating(more: object, input: object, test: string): RecordedRun {
  return {
    file: 'scenarios/test_base_scenarios',
    test: `TestBaseScenarios::${test}`,
    definition: {
      StartAt: 'MapState',
      States: {
        MapState: {
          Type: 'Map',
          ItemProcessor: { ...distributed },
          ...more,
          End: true,
        },
      },
    },
    input,
    ignore: olderExit,
  }
}

const byCount = { ItemsPath: '$.Items', ToleratedFailureCountPath: '$.ToleratedFailureCount' }
const byPercentage = {
  ItemsPath: '$.Items',
  ToleratedFailurePercentagePath: '$.ToleratedFailurePercentage',
}

const selecting = {
  constantValue: 'constant',
  'mapValue.$': '$$.Map.Item.Value',
  'fromInput.$': '$',
}

function selected(
  test: string,
  field: 'ItemSelector' | 'Parameters',
  legacy: boolean,
): RecordedRun {
  const block = {
    StartAt: 'IteratorInner',
    States: { IteratorInner: pass },
    ProcessorConfig: distributed.ProcessorConfig,
  }
  return {
    file: 'scenarios/test_base_scenarios',
    test: `TestBaseScenarios::${test}`,
    definition: {
      StartAt: 'MapState',
      States: {
        MapState: {
          Type: 'Map',
          MaxConcurrency: 1,
          [field]: selecting,
          [legacy ? 'Iterator' : 'ItemProcessor']: block,
          Next: 'Finish',
        },
        Finish: { Type: 'Succeed' },
      },
    },
    inputText: '["Hello", "World"]',
    ignore: olderExit,
  }
}

const runs: readonly RecordedRun[] = [
  base('test_json_path_array_access[$.items[0]]', reading('$.items[0]'), { items }),
  base('test_json_path_array_access[$.items[10]]', reading('$.items[10]'), { items }),
  ...emptyPaths.map((path) =>
    base(`test_json_path_array_wildcard_or_slice_with_no_input[${path}]`, reading(path)),
  ),
  base(
    'test_state_pass_regex_json_path_base',
    {
      StartAt: 'State0',
      States: {
        State0: {
          Type: 'Pass',
          Parameters: { 'FromInput.$': '$.users[?(@.status == 0)]' },
          End: true,
        },
      },
    },
    {
      users: [
        { year: 1997, status: 0 },
        { year: 1998, status: 1 },
      ],
    },
  ),
  reader('test_map_item_reader_base_csv_headers_first_line', mapOf(csvFirstRow), [
    'file.csv',
    `Col1,Col2,Col3\nValue1,Value2,Value3\nValue4,Value5,Value6\n${rest}`,
  ]),
  reader('test_map_item_reader_csv_headers_first_row_typed_headers', mapOf(csvFirstRow), [
    'file.csv',
    `0,True,{}\nValue4,Value5,Value6\n${rest}`,
  ]),
  reader('test_map_item_reader_csv_first_row_extra_fields', mapOf(csvFirstRow), [
    'file.csv',
    `H1,\nValue4,Value5,Value6\n${rest}`,
  ]),
  reader(
    'test_map_item_reader_base_csv_headers_decl',
    mapOf({ InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['H1', 'H2', 'H3'] }),
    ['file.csv', `Value1,Value2,Value3\nValue4,Value5,Value6\n${rest}`],
  ),
  reader('test_map_item_reader_base_json', mapOf({ InputType: 'JSON' }), ['file.json', verdicts]),
  reader('test_map_item_reader_json_no_json_list_object', mapOf({ InputType: 'JSON' }), [
    'file.json',
    '{"Hello": "world"}',
  ]),
  reader('test_map_item_reader_csv_max_items[0]', mapOf({ ...csvFirstRow, MaxItems: 0 }), [
    'file.csv',
    small,
  ]),
  reader('test_map_item_reader_csv_max_items[2]', mapOf({ ...csvFirstRow, MaxItems: 2 }), [
    'file.csv',
    small,
  ]),
  reader('test_map_item_reader_csv_max_items_paths[-1]', maxItemsPath, ['file.csv', small], {
    MaxItems: -1,
  }),
  reader('test_map_item_reader_csv_max_items_paths[0]', maxItemsPath, ['file.csv', small], {
    MaxItems: 0,
  }),
  reader('test_map_item_reader_csv_max_items_paths[1.5]', maxItemsPath, ['file.csv', small], {
    MaxItems: 1.5,
  }),
  {
    ...tolerating(
      { ToleratedFailureCount: 1 },
      {},
      'test_map_state_tolerated_failure_values[count_literal]',
    ),
    input: [0],
  },
  ...[-1, 0, 1].map((ToleratedFailureCount) =>
    tolerating(
      byCount,
      { Items: [0], ToleratedFailureCount },
      `test_map_state_tolerated_failure_count_path[${ToleratedFailureCount}]`,
    ),
  ),
  ...(['NoNumber', -1.1, 0] as const).map((ToleratedFailurePercentage) =>
    tolerating(
      byPercentage,
      { Items: [0], ToleratedFailurePercentage },
      `test_map_state_tolerated_failure_percentage_path[${ToleratedFailurePercentage}]`,
    ),
  ),
  tolerating(
    byPercentage,
    { Items: [0], ToleratedFailurePercentage: {} },
    'test_map_state_tolerated_failure_percentage_path[tolerated_failure_percentage_value0]',
  ),
  selected('test_map_state_config_distributed_item_selector', 'ItemSelector', false),
  selected('test_map_state_legacy_config_distributed_item_selector', 'ItemSelector', true),
  selected('test_map_state_legacy_config_distributed_parameters', 'Parameters', true),
]

describe.skipIf(!recordingsPresent)('data of states, as recorded', () => {
  test.each(runs.map((run) => [run.test, run] as const))('%s', async (_name, run) => {
    await replayRun(run)
  })
})
