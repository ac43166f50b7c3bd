/** One recorded question to TestEventPattern: what the event has besides the usual fields, and the pattern. */
export type Question = readonly [event: Readonly<Record<string, unknown>>, pattern: unknown]

const detail = (fields: Readonly<Record<string, unknown>>) => ({ detail: fields })

const instance = (account: string) => `arn:aws:ec2:us-east-1:${account}:instance/i-b188560f`
const group =
  'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:eb56d16b-bbf0-401d-b893-d5978ed4a025:autoScalingGroupName/ASGTerminate'
const instances = ['123456789012', '111122223333', '444455556666'].map(instance)
const path = '/Users/ls_user/dir/dir/dir/dir/dir/doc.txt'
const image = (homemade: unknown) => ({ dynamodb: { NewImage: { homemade } } })
const counts = {
  state: [{ 'anything-but': 'initializing' }],
  'c-count': [{ numeric: ['>', 0, '<=', 5] }],
  'd-count': [{ numeric: ['<', 10] }],
  'x-limit': [{ 'anything-but': [100, 200, 300] }],
}
const launch = { resources: [], detail: { eventVersion: '', responseElements: null } }
const manyRules = {
  description: ['this-is-event-details'],
  amount: [200],
  salary: [2000, 4000],
  env: ['dev', 'prod'],
  user: ['user1', 'user2', 'user3'],
  admins: ['skyli', { prefix: 'hey' }, { prefix: 'ad' }],
  test1: [{ 'anything-but': 200 }],
  test2: [{ 'anything-but': 'test2' }],
  test3: [{ 'anything-but': ['test3', 'test33'] }],
  test4: [{ 'anything-but': { prefix: 'test4' } }],
  ip: [{ cidr: '10.102.1.0/24' }],
  'num-test1': [{ numeric: ['<', 200] }],
  'num-test2': [{ numeric: ['<=', 200] }],
  'num-test3': [{ numeric: ['>', 200] }],
  'num-test4': [{ numeric: ['>=', 200] }],
  'num-test5': [{ numeric: ['>=', 200, '<=', 500] }],
  'num-test6': [{ numeric: ['>', 200, '<', 500] }],
  'num-test7': [{ numeric: ['>=', 200, '<', 500] }],
}
const manyValues = {
  description: 'this-is-event-details',
  amount: 200,
  salary: 2000,
  env: 'prod',
  user: 'user3',
  admins: 'admin',
  test1: 300,
  test2: 'test22',
  test3: 'test333',
  test4: 'this test4',
  ip: '10.102.1.100',
  'num-test1': 100,
  'num-test2': 200,
  'num-test3': 300,
  'num-test4': 200,
  'num-test5': 500,
  'num-test6': 300,
  'num-test7': 300,
}

/** A value of one detail and the list that it is compared with. */
const state = (value: unknown, ...list: readonly unknown[]): Question => [
  detail({ state: value }),
  detail({ state: list }),
]
const but = (operand: unknown) => ({ 'anything-but': operand })
const missing = (...list: readonly unknown[]): Question => [detail({}), detail({ state: list })]

/** Questions whose answer is recorded; a name that ends in `_NEG` has the answer false. */
export const answered: Readonly<Record<string, Question>> = {
  minimal: [{}, { id: ['1'] }],
  sample1: [
    { source: 'order', 'detail-type': 'Test' },
    { source: ['order'], 'detail-type': ['Test'] },
  ],
  arrays: [{ resources: [group, instance('123456789012')] }, { resources: instances }],
  arrays_NEG: [{ resources: [group] }, { resources: instances }],
  arrays_empty_null_NEG: [{ resources: [] }, { resources: [null] }],
  boolean: [{ boolean: false }, { boolean: [false] }],
  boolean_NEG: [{ boolean: true }, { boolean: [false] }],
  string_empty: [launch, detail({ eventVersion: [''] })],
  key_case_sensitive_NEG: [{ MY_KEY: 'my-value' }, { my_key: ['my-value'] }],
  dynamodb: [image({ S: 'ABCD', N: '1234' }), image({ N: ['1234'] })],
  list_within_dict: [
    detail({ automations: [{ key1: 'value1' }, { id: 'match-does-exist' }, { key2: 'value2' }] }),
    detail({ automations: { id: [{ exists: true }] } }),
  ],
  dot_joining_event: [
    detail({ 'state.status': 'running' }),
    detail({ state: { status: ['running'] } }),
  ],
  dot_joining_pattern: [
    detail({ state: { status: 'running' } }),
    detail({ 'state.status': ['running'] }),
  ],
  dot_joining_pattern_NEG: [
    detail({ state: { status: 'running' } }),
    detail({ 'state.status': { status: ['running'] } }),
  ],
  complex_many_rules: [
    {
      source: 'core.update-account-command',
      'detail-type': 'core.app.backend',
      detail: manyValues,
    },
    { source: [{ exists: true }], 'detail-type': [{ prefix: 'core.app' }], detail: manyRules },
  ],
  complex_multi_match: [
    detail({ state: 'processing', 'c-count': 3, 'd-count': 9, 'x-limit': 999 }),
    { time: [{ prefix: '2022-07-13' }], detail: counts },
  ],
  complex_multi_match_NEG: [
    detail({ state: 'processing', 'c-count': 3, 'd-count': 9, 'x-limit': 300 }),
    { time: [{ prefix: '2022-07-13' }], detail: counts },
  ],
  complex_or: [
    detail({ 'c-count': 0, 'd-count': 0, 'x-limit': 901.8 }),
    detail({
      $or: [
        { 'c-count': [{ numeric: ['>', 0, '<=', 5] }] },
        { 'd-count': [{ numeric: ['<', 10] }] },
        { 'x-limit': [{ numeric: ['=', 301.8] }] },
      ],
    }),
  ],
  content_prefix: [{}, { time: [{ prefix: '2022-07-13' }] }],
  content_prefix_empty: [{}, { source: [{ prefix: '' }] }],
  content_prefix_ignorecase: [
    detail({ service: 'EvEnTb' }),
    detail({ service: [{ prefix: { 'equals-ignore-case': 'EventB' } }] }),
  ],
  content_suffix: [{ FileName: 'image.png' }, { FileName: [{ suffix: '.png' }] }],
  content_suffix_NEG: [{ FileName: 'image.png' }, { FileName: [{ suffix: '.PNG' }] }],
  content_suffix_ignorecase_NEG: [
    { FileName: 'image.PNG' },
    { FileName: [{ suffix: { 'equals-ignore-case': '.jpg' } }] },
  ],
  content_ignorecase_NEG: [
    { 'detail-type': 'EC2 Instance State-change Notification' },
    { 'detail-type': [{ 'equals-ignore-case': 'ec2 instance state-change notification2' }] },
  ],
  content_ignorecase_empty: [
    detail({ value: '' }),
    detail({ value: [{ 'equals-ignore-case': '' }] }),
  ],
  content_ignorecase_empty_NEG: [
    detail({ value: 'test-value' }),
    detail({ value: [{ 'equals-ignore-case': '' }] }),
  ],
  content_wildcard_nonrepeating: [
    { FileName: path },
    { FileName: [{ wildcard: '/Users/*/doc.txt' }] },
  ],
  content_wildcard_nonrepeating_NEG: [
    { FileName: path },
    { FileName: [{ wildcard: '/Users/*/doc2.txt' }] },
  ],
  content_wildcard_repeating: [
    { FileName: path },
    { FileName: [{ wildcard: '/Users/*/dir/dir/dir/dir/dir/doc.txt' }] },
  ],
  content_wildcard_empty_NEG: [
    { EventBusArn: 'arn:aws:events:us-east-1:123456789012:event-bus/myEventBus' },
    { EventBusArn: [{ wildcard: '' }] },
  ],
  content_ip_address: [
    detail({ sourceIPAddress: '10.0.0.255' }),
    detail({ sourceIPAddress: [{ cidr: '10.0.0.0/24' }] }),
  ],
  content_ip_address_NEG: [
    detail({ sourceIPAddress: '10.0.1.255' }),
    detail({ sourceIPAddress: [{ cidr: '10.0.0.0/24' }] }),
  ],
  content_ip_address_v6: [
    detail({ sourceIPAddress: '2001:0db8:1234:1a00:0000:0000:0000:0000' }),
    detail({ sourceIPAddress: [{ cidr: '2001:db8:1234:1a00::/64' }] }),
  ],
  content_exists: state('running', { exists: true }),
  content_exists_NEG: missing({ exists: true }),
  content_exists_false: [
    detail({ level1: { level2: 'l2 value' } }),
    detail({ level1: { level2: { level3: { level4: [{ exists: false }] } } } }),
  ],
  content_exists_false_NEG: state('running', { exists: false }),
  exists_list_empty: [launch, { resources: [{ exists: false }] }],
  exists_list_empty_NEG: [launch, { resources: [{ exists: true }] }],
  'or-anything-but': [
    image({ S: 'ABCD', N: '1234' }),
    image({ S: [but(['roses']), { exists: false }] }),
  ],
  'or-numeric-anything-but_NEG': [
    { dynamodb: { NewImage: { numericFilter: { N: '101' } }, SizeBytes: 52 } },
    { dynamodb: { NewImage: { numericFilter: { N: [{ numeric: ['>', 100] }, but('101')] } } } },
  ],
  number_comparison_float: [{ number: 300.0 }, { number: [300] }],
  'numeric-int-float': [{ number: 101.0 }, { number: [{ numeric: ['>', 100] }] }],
  'numeric-string_NEG': [{ number: '300' }, { number: [{ numeric: ['>', 100] }] }],
  'numeric-null_NEG': [{ number: null }, { number: [{ numeric: ['>', 100] }] }],
  content_numeric_and_NEG: [
    detail({ 'c-count': 3, 'd-count': 9, 'x-limit': 302 }),
    detail({
      'c-count': [{ numeric: ['>', 0, '<=', 5] }],
      'd-count': [{ numeric: ['<', 10] }],
      'x-limit': [{ numeric: ['=', 301.8] }],
    }),
  ],
  content_anything_but_number_list: [
    detail({ 'x-limit': 200 }),
    detail({ 'x-limit': [but([100, 300])] }),
  ],
  content_anything_but_number_zero: [detail({ 'x-limit': 789 }), detail({ 'x-limit': [but(0)] })],
  content_anything_but_string_null: state(null, but('initializing')),
  content_anything_but_string_list_NEG: state('stopped', but(['stopped', 'overloaded'])),
  content_anything_but_ignorecase: state('pending', but({ 'equals-ignore-case': 'initializing' })),
  content_anything_but_ignorecase_NEG: state(
    'INITIALIZING',
    but({ 'equals-ignore-case': 'initializing' }),
  ),
  content_anything_but_ignorecase_list: state(
    'pending',
    but({ 'equals-ignore-case': ['initializing', 'stopped'] }),
  ),
  content_anything_but_ignorecase_list_NEG: state(
    'Stopped',
    but({ 'equals-ignore-case': ['initializing', 'stopped'] }),
  ),
  content_anything_prefix_NEG: state('init-state', but({ prefix: 'init' })),
  content_anything_prefix_null: state(null, but({ prefix: 'init' })),
  content_anything_prefix_int_value: state(123, but({ prefix: 'init' })),
  content_anything_prefix_list_int: state(12, but({ prefix: ['init', 'test'] })),
  content_anything_prefix_missing_NEG: missing(but({ prefix: 'init' })),
  content_anything_prefix_list_missing_NEG: missing(but({ prefix: ['init', 'test'] })),
  content_anything_suffix_NEG: state('file.txt', but({ suffix: '.txt' })),
  content_anything_suffix_list_null: state(null, but({ suffix: ['.txt', '.png'] })),
  content_anything_suffix_missing_NEG: missing(but({ suffix: '.txt' })),
  content_anything_suffix_list_missing_NEG: missing(but({ suffix: ['.txt', '.png'] })),
  content_anything_wildcard: state('dir/init/file', but({ wildcard: '*/dir/*' })),
  content_anything_wildcard_empty: state('dir/init/file', but({ wildcard: '' })),
  content_anything_wildcard_int: state(123, but({ wildcard: '*/dir/*' })),
  content_anything_wildcard_null: state(null, but({ wildcard: '*/dir/*' })),
  content_anything_wildcard_list_null: state(null, but({ wildcard: ['*/init/*', '*/dir/*'] })),
  content_anything_wildcard_missing_NEG: missing(but({ wildcard: '*/dir/*' })),
  content_anything_wildcard_list_missing_NEG: missing(but({ wildcard: ['*/init/*', '*/dir/*'] })),
}

/** Patterns whose refusal is recorded. Where it names a place, the spelling of the whole pattern counts. */
export const refused: Readonly<Record<string, unknown>> = {
  string_nolist_EXC: { string: 'my-value' },
  arrays_empty_EXC: { resources: [] },
  operator_case_sensitive_EXC: { my_key: [{ EXISTS: true }] },
  content_numeric_operatorcasing_EXC: detail({ equal: [{ NUMERIC: ['=', 5] }] }),
  content_numeric_EXC: detail({ 'c-count': [{ numeric: ['>', 0, '>', 0] }] }),
  content_numeric_syntax_EXC: detail({ 'c-count': [{ numeric: ['>', 0, '<'] }] }),
  content_numeric_number_EXC: detail({ 'c-count': [{ numeric: 10 }] }),
  content_ignorecase_EXC: {
    'detail-type': [{ 'equals-ignore-case': ['ec2 instance state-change notification'] }],
  },
  content_ip_address_EXC: detail({ sourceIPAddress: [{ cidr: 'bad-filter' }] }),
  content_ip_address_bad_mask_EXC: detail({ sourceIPAddress: [{ cidr: 'bad-/64filter' }] }),
  content_ip_address_v6_bad_ip_EXC: detail({
    sourceIPAddress: [{ cidr: 'xxxx:db8:1234:1a00::/64' }],
  }),
  content_ip_address_type_EXC: detail({ sourceIPAddress: [{ cidr: ['bad-type'] }] }),
  content_wildcard_int_EXC: { EventBusArn: [{ wildcard: 123 }] },
  content_anything_wildcard_type_EXC: detail({ FilePath: [but({ wildcard: 123 })] }),
  content_anything_wildcard_list_type_EXC: detail({ state: [but({ wildcard: [123, '*/dir/*'] })] }),
  content_anything_prefix_list_type_EXC: detail({ state: [but({ prefix: [123, 'test'] })] }),
  content_anything_prefix_int_EXC: detail({ state: [but({ prefix: 123 })] }),
  content_anything_prefix_empty_EXC: detail({ FileName: [but({ prefix: '' })] }),
  content_anything_suffix_empty_EXC: detail({ FileName: [but({ suffix: '' })] }),
  content_anything_suffix_list_null_type_EXC: detail({
    FileName: [but({ suffix: [null, '.txt'] })],
  }),
  content_anything_but_string_null_type_EXC: detail({ state: [but(null)] }),
  content_anything_but_string_list_null_type_EXC: detail({ state: [but(['stopped', null])] }),
  content_prefix_list_EXC: { time: [{ prefix: ['2022-07-13'] }] },
  content_prefix_int_EXC: { time: [{ prefix: 123 }] },
}
