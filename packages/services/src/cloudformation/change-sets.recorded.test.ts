import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type RecordedUpdate, replayUpdate } from './recorded-update.test-support.ts'

/** Templates of the recorded tests, the random part of their names left out as the recordings do. */
const topic = (properties: object, more: object = {}) => ({
  Type: 'AWS::SNS::Topic',
  Properties: properties,
  ...more,
})
const named = (n: number, DisplayName: unknown) =>
  topic({ TopicName: `topic-name-${n}`, DisplayName })
const parameter = (Value: unknown, more: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value, ...more },
})
const of = (Resources: object, more: object = {}) => ({ Resources, ...more })
const attribute = (name: string) => ({ 'Fn::GetAtt': [name, 'DisplayName'] })

const cases: readonly (readonly [file: string, name: string, update: RecordedUpdate])[] = [
  [
    'test_change_set_ref',
    'TestChangeSetRef::test_resource_addition',
    {
      before: of({ Topic1: named(1, 'display-value-1') }),
      after: of({ Topic1: named(1, 'display-value-1'), Topic2: named(2, { Ref: 'Topic1' }) }),
    },
  ],
  [
    'test_change_set_ref',
    'TestChangeSetRef::test_direct_attribute_value_change',
    {
      before: of({ Topic1: named(1, 'display-value-1'), Topic2: named(2, { Ref: 'Topic1' }) }),
      after: of({ Topic1: named(1, 'display-value-2'), Topic2: named(2, { Ref: 'Topic1' }) }),
    },
  ],
  [
    'test_change_set_ref',
    'TestChangeSetRef::test_immutable_property_update_causes_resource_replacement',
    {
      before: of({ Topic1: named(1, 'value'), Topic2: named(2, { Ref: 'Topic1' }) }),
      after: of({
        Topic1: topic({ TopicName: 'updated-topic-name-1', DisplayName: 'new_value' }),
        Topic2: named(2, { Ref: 'Topic1' }),
      }),
    },
  ],
  [
    'test_change_set_fn_get_attr',
    'TestChangeSetFnGetAttr::test_direct_attribute_value_change',
    {
      before: of({ Topic1: named(1, 'display-value-1'), Topic2: named(2, attribute('Topic1')) }),
      after: of({ Topic1: named(1, 'display-value-2'), Topic2: named(2, attribute('Topic1')) }),
    },
  ],
  [
    'test_change_set_fn_get_attr',
    'TestChangeSetFnGetAttr::test_immutable_property_update_causes_resource_replacement',
    {
      before: of({ Topic1: named(1, 'value'), Topic2: named(2, attribute('Topic1')) }),
      after: of({
        Topic1: topic({ TopicName: 'updated-topic-name-1', DisplayName: 'new_value' }),
        Topic2: named(2, attribute('Topic1')),
      }),
    },
  ],
  [
    'test_change_set_fn_get_attr',
    'TestChangeSetFnGetAttr::test_direct_attribute_value_change_with_dependent_addition',
    {
      before: of({ Topic1: named(1, 'display-value-1') }),
      after: of({ Topic1: named(1, 'display-value-2'), Topic2: named(2, attribute('Topic1')) }),
    },
  ],
  [
    'test_change_set_fn_get_attr',
    'TestChangeSetFnGetAttr::test_resource_deletion',
    {
      before: of({ Topic1: named(1, 'display-value-1'), Topic2: named(2, attribute('Topic1')) }),
      after: of({ Topic1: named(1, 'display-value-1') }),
    },
  ],
  [
    'test_change_set_fn_get_attr',
    'TestChangeSetFnGetAttr::test_direct_attribute_value_change_in_get_attr_chain',
    {
      before: of({
        Topic1: named(1, 'display-value-1'),
        Topic2: named(2, attribute('Topic1')),
        Topic3: named(3, attribute('Topic2')),
      }),
      after: of({
        Topic1: named(1, 'display-value-2'),
        Topic2: named(2, attribute('Topic1')),
        Topic3: named(3, attribute('Topic2')),
      }),
    },
  ],
  ...conditionCases(),
  [
    'test_change_set_depends_on',
    'TestChangeSetDependsOn::test_update_depended_resource_list',
    {
      before: of({
        Topic1: named(1, 'display-value-1'),
        Topic2: { ...named(2, 'display-value-2'), DependsOn: ['Topic1'] },
      }),
      after: of({
        Topic1: named(1, 'display-value-1-updated'),
        Topic2: { ...named(2, 'display-value-2'), DependsOn: ['Topic1'] },
      }),
    },
  ],
  [
    'test_change_set_fn_base64',
    'TestChangeSetFnBase64::test_fn_base64_remove_from_static_property',
    {
      before: of({ Topic1: topic({ DisplayName: { 'Fn::Base64': 'HelloWorld' } }) }),
      after: of({ Topic1: topic({ DisplayName: 'topic-name-1' }) }),
    },
  ],
  ...joinCases(),
  ...selectCases(),
  [
    'test_change_set_fn_split',
    'TestChangeSetFnSplit::test_fn_split_with_ref_as_string_source',
    splitCase(),
  ],
  ...substitutionCases(),
  ...mappingCases(),
  ...parameterCases(),
  ...captureCases(),
]

for (const [file, name, update] of cases) {
  test.skipIf(!recordingsPresent)(`as recorded: ${name}`, async () => {
    await replayUpdate(file, name, update)
  })
}

function conditionCases(): typeof cases {
  const file = 'test_change_set_conditions'
  const conditional = { Condition: 'CreateTopic' }
  const when = (second: string) => ({
    Conditions: { CreateTopic: { 'Fn::Equals': ['true', second] } },
  })
  const first = topic({ TopicName: 'topic-name-1' }, conditional)
  const placeholder = topic({ TopicName: 'topic-name-2' })
  const both = { SNSTopic: first, TopicPlaceholder: placeholder }
  return [
    [
      file,
      'TestChangeSetConditions::test_condition_update_removes_resource',
      { before: of({ SNSTopic: first }, when('true')), after: of(both, when('false')) },
    ],
    [
      file,
      'TestChangeSetConditions::test_condition_update_adds_resource',
      { before: of(both, when('false')), after: of(both, when('true')) },
    ],
    [
      file,
      'TestChangeSetConditions::test_condition_add_new_positive_condition_to_existent_resource',
      {
        before: of({ SNSTopic1: topic({ TopicName: 'topic-name-1' }) }),
        after: of(
          { SNSTopic1: first, SNSTopic2: topic({ TopicName: 'topic-name-2' }, conditional) },
          when('true'),
        ),
      },
    ],
  ]
}

function joinCases(): typeof cases {
  const file = 'test_change_set_fn_join'
  const joined = (delimiter: string, parts: readonly unknown[]) => ({
    'Fn::Join': [delimiter, parts],
  })
  const dependent = named(2, joined('-', ['prefix', attribute('Topic1')]))
  return [
    [
      file,
      'TestChangeSetFnJoin::test_update_string_literal_argument',
      {
        before: of({ Topic1: named(1, joined('-', ['v1', 'test'])) }),
        after: of({ Topic1: named(1, joined('-', ['v2', 'test'])) }),
      },
    ],
    [
      file,
      'TestChangeSetFnJoin::test_update_string_literal_delimiter',
      {
        before: of({ Topic1: named(1, joined('-', ['v1', 'test'])) }),
        after: of({ Topic1: named(1, joined('_', ['v2', 'test'])) }),
      },
    ],
    [
      file,
      'TestChangeSetFnJoin::test_indirect_update_refence_argument',
      {
        before: of({ Topic1: named(1, joined('-', ['display', 'name', '1'])), Topic2: dependent }),
        after: of({ Topic1: named(1, joined('-', ['display', 'name', '2'])), Topic2: dependent }),
      },
    ],
  ]
}

function selectCases(): typeof cases {
  const file = 'test_change_set_fn_select'
  const shown = (DisplayName: unknown) => of({ Topic1: topic({ DisplayName }) })
  const selected = (index: number, list: readonly unknown[]) => ({ 'Fn::Select': [index, list] })
  const dependent = topic({ DisplayName: selected(0, [attribute('Topic1')]) })
  return [
    [
      file,
      'TestChangeSetFnSelect::test_fn_select_add_to_static_property',
      { before: shown('topic-name-1'), after: shown(selected(1, ['1st', '2nd', '3rd'])) },
    ],
    [
      file,
      'TestChangeSetFnSelect::test_fn_select_remove_from_static_property',
      { before: shown(selected(1, ['1st', '2nd', '3rd'])), after: shown('topic-name-1') },
    ],
    [
      file,
      'TestChangeSetFnSelect::test_fn_select_change_in_selection_index_only',
      { before: shown(selected(1, ['1st', '2nd'])), after: shown(selected(0, ['1st', '2nd'])) },
    ],
    [
      file,
      'TestChangeSetFnSelect::test_fn_select_change_in_selected_element_type_ref',
      {
        before: shown(selected(0, ['1st'])),
        after: shown(selected(0, [{ Ref: 'AWS::StackName' }])),
      },
    ],
    [
      file,
      'TestChangeSetFnSelect::test_fn_select_change_get_att_reference',
      {
        before: of({ Topic1: topic({ DisplayName: 'topic-name-1' }), Topic2: dependent }),
        after: of({ Topic1: topic({ DisplayName: 'topic-name-2' }), Topic2: dependent }),
      },
    ],
  ]
}

function splitCase(): RecordedUpdate {
  const template = of(
    {
      Topic1: topic({
        DisplayName: { 'Fn::Join': ['_', { 'Fn::Split': ['-', { Ref: 'DelimiterParam' }] }] },
      }),
    },
    { Parameters: { DelimiterParam: { Type: 'String' } } },
  )
  return {
    before: template,
    after: template,
    parametersBefore: { DelimiterParam: 'hello-world' },
    parametersAfter: { DelimiterParam: 'foo-bar-baz' },
  }
}

/** `Fn::Sub` text with `$` doubled as `#`, so that no placeholder is taken for one of JavaScript. */
function text(value: string): string {
  return value.replaceAll('#{', '\u0024{')
}

function substitutionCases(): typeof cases {
  const file = 'test_change_set_fn_sub'
  const shown = (DisplayName: unknown) => of({ Topic1: named(1, DisplayName) })
  const stackName = { 'Fn::Sub': text('The stack name is #{AWS::StackName}') }
  const one = {
    'Fn::Sub': [text('Parameter interpolation: #{var_name_1}'), { var_name_1: 'var_value_1' }],
  }
  const two = {
    'Fn::Sub': [
      text('Parameter interpolation: #{var_name_1}, #{var_name_2}'),
      { var_name_1: 'var_value_1', var_name_2: 'var_value_2' },
    ],
  }
  const literal = {
    'Fn::Sub': [text('Parameter interpolation: #{var_name}'), { var_name: 'var_value' }],
  }
  const fromParameter = {
    ...shown({ 'Fn::Sub': text('Parameter interpolation: #{ParameterDisplayName}') }),
    Parameters: { ParameterDisplayName: { Type: 'String', Default: 'display-value-parameter' } },
  }
  return [
    [
      file,
      'TestChangeSetFnSub::test_fn_sub_update_string_pseudo',
      {
        before: shown(stackName),
        after: shown({ 'Fn::Sub': text('The region name is #{AWS::Region}') }),
      },
    ],
    [
      file,
      'TestChangeSetFnSub::test_fn_sub_delete_string_pseudo',
      { before: shown(stackName), after: shown('display-name-2') },
    ],
    [
      file,
      'TestChangeSetFnSub::test_fn_sub_addition_parameter_literal',
      { before: shown('display-value-1'), after: shown(literal) },
    ],
    [
      file,
      'TestChangeSetFnSub::test_fn_sub_update_parameter_literal',
      { before: shown(one), after: shown(two) },
    ],
    [
      file,
      'TestChangeSetFnSub::test_fn_sub_delete_parameter_literal',
      { before: shown(two), after: shown(one) },
    ],
    [
      file,
      'TestChangeSetFnSub::test_fn_sub_addition_parameter',
      { before: shown('display-value-1'), after: fromParameter },
    ],
  ]
}

function mappingCases(): typeof cases {
  const file = 'test_change_set_mappings'
  const found = (attributeName: string, key = 'Key1') => ({
    'Fn::FindInMap': ['SNSMapping', key, attributeName],
  })
  const mapping = (attributes: object) => ({ Mappings: { SNSMapping: { Key1: attributes } } })
  const one = { Val: 'display-value-1' }
  const two = { Val: 'display-value-1', ValNew: 'display-value-new' }
  return [
    [
      file,
      'TestChangeSetMappings::test_mapping_addition_with_resource',
      {
        before: of({ Topic1: named(1, found('Val')) }, mapping(one)),
        after: of(
          { Topic1: named(1, found('Val')), Topic2: named(2, found('ValNew')) },
          mapping(two),
        ),
      },
    ],
    [
      file,
      'TestChangeSetMappings::test_mapping_deletion_with_resource_remap',
      {
        before: of(
          { Topic1: named(1, found('Val')), Topic2: named(2, found('ValNew')) },
          mapping(two),
        ),
        after: of({ Topic1: named(1, found('Val')), Topic2: named(2, found('Val')) }, mapping(one)),
      },
    ],
  ]
}

function parameterCases(): typeof cases {
  const file = 'test_change_set_parameters'
  const template = (definition: object) =>
    of(
      { Foo: topic({ TopicName: { Ref: 'TopicName' } }) },
      { Parameters: { TopicName: { Type: 'String', ...definition } } },
    )
  return [
    [
      file,
      'TestChangeSetParameters::test_update_parameter_default_value',
      {
        before: template({ Default: 'topic-name-1' }),
        after: template({ Default: 'topic-name-2' }),
      },
    ],
    [
      file,
      'TestChangeSetParameters::test_update_parameter_with_added_default_value',
      {
        before: template({}),
        after: template({ Default: 'topic-name-2' }),
        parametersBefore: { TopicName: 'topic-name-1' },
      },
    ],
    [
      file,
      'TestChangeSetParameters::test_update_parameter_with_removed_default_value',
      {
        before: template({ Default: 'topic-name-1' }),
        after: template({}),
        parametersAfter: { TopicName: 'topic-name-2' },
      },
    ],
  ]
}

function captureCases(): typeof cases {
  const file = 'test_change_sets'
  const lookup = of(
    {
      Foo: topic({ TopicName: { 'Fn::FindInMap': ['MyMap', 'MyKey', { Ref: 'TopicName' }] } }),
      Parameter: parameter({ 'Fn::GetAtt': ['Foo', 'TopicName'] }),
    },
    {
      Parameters: { TopicName: { Type: 'String' } },
      Mappings: { MyMap: { MyKey: { key1: 'topic-name-1', key2: 'topic-name-2' } } },
    },
  )
  const mapped = (value: string) =>
    of(
      {
        MySSMParameter: parameter({
          'Fn::FindInMap': ['GenericMapping', 'EnvironmentA', 'ParameterValue'],
        }),
      },
      { Mappings: { GenericMapping: { EnvironmentA: { ParameterValue: value } } } },
    )
  const put = (Name: string, Value: string) => (cloud: Cloud) =>
    client(cloud, SSMClient).send(
      new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }),
    )
  const derived = (Type: string, name: string, input: string, outputs = true) => ({
    Parameters: { [input]: { Type } },
    Resources: { [name]: parameter({ Ref: input }) },
    ...(outputs ? { Outputs: { [`${name}Name`]: { Value: { Ref: name } } } } : {}),
  })
  const ssm = 'AWS::SSM::Parameter::Value<String>'
  const looked = derived(ssm, 'DerivedParameter', 'InputValue')
  const mine = derived(ssm, 'MyParameter', 'MyValue', false)
  return [
    [
      file,
      'TestCaptureUpdateProcess::test_direct_update',
      {
        before: of({ Foo: topic({ TopicName: 'topic-1' }) }),
        after: of({ Foo: topic({ TopicName: 'topic-2' }) }),
      },
    ],
    [
      file,
      'TestCaptureUpdateProcess::test_mappings_with_parameter_lookup',
      {
        before: lookup,
        after: lookup,
        parametersBefore: { TopicName: 'key1' },
        parametersAfter: { TopicName: 'key2' },
      },
    ],
    [
      file,
      'TestCaptureUpdateProcess::test_base_mapping_scenarios[update_string_referencing_resource]',
      { before: mapped('value-1'), after: mapped('value-2') },
    ],
    [
      file,
      'test_dynamic_ssm_parameter_lookup',
      {
        prepare: put('param', 'value-1'),
        between: put('param', 'value-2'),
        before: looked,
        after: looked,
        parametersBefore: { InputValue: 'param' },
        parametersAfter: { InputValue: 'param' },
      },
    ],
    [
      file,
      'test_dynamic_ssm_parameter_lookup_no_change',
      {
        prepare: put('param', 'value'),
        before: looked,
        after: {
          ...looked,
          Resources: { ...looked.Resources, AnotherParameter: parameter('new parameter') },
        },
        parametersBefore: { InputValue: 'param' },
        parametersAfter: { InputValue: 'param' },
      },
    ],
    [
      'v2/test_dynamic_resolving',
      'TestSSMParameterValues::test_update_parameter_between_deployments',
      {
        prepare: put('param', 'value-1'),
        between: put('param', 'value-2'),
        before: mine,
        after: mine,
        parametersBefore: { MyValue: 'param' },
        parametersAfter: { MyValue: 'param' },
      },
    ],
    [
      'v2/test_dynamic_resolving',
      'TestSSMParameterValues::test_change_parameter_type',
      {
        prepare: put('param', 'value'),
        before: derived('String', 'MyParameter', 'MyValue', false),
        after: mine,
        parametersBefore: { MyValue: 'param' },
        parametersAfter: { MyValue: 'param' },
      },
    ],
  ]
}
