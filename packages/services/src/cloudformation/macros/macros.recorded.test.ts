import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm'
import { describe, expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../../shared/recorded.test-support.ts'
import { type Handler, testFunctions } from '../functions.test-support.ts'
import { deploymentWorld, parameterOf } from '../recorded-deployment.test-support.ts'

const file = 'cloudformation/test_template_engine'
const recorded = (name: string) => recording(file, `TestMacros::${name}`)

/** A deployment world with one macro. */
async function macroWorld(name: string, handler: Handler) {
  const functions = testFunctions()
  const world = deploymentWorld({ runtimes: functions.runtimes })
  const FunctionName = await functions.add(world.cloud, `${name}-function`, handler)
  const Macro = { Type: 'AWS::CloudFormation::Macro', Properties: { Name: name, FunctionName } }
  const deployed = await world.deploy({
    template: { Resources: { Macro }, Outputs: { MacroRef: { Value: { Ref: 'Macro' } } } },
  })
  const processed = async (StackName: string) => {
    const answer = await asRecorded(
      world.cfn.send(new GetTemplateCommand({ StackName, TemplateStage: 'Processed' })),
    )
    return { ...answer, TemplateBody: JSON.parse(String(answer['TemplateBody'])) as unknown }
  }
  return { ...world, deployed, processed }
}

async function parameterValue(ssm: SSMClient, Name: string): Promise<string> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }))
  return Parameter?.Value ?? ''
}

interface MacroEvent {
  readonly requestId: string
  readonly params: Record<string, unknown>
  readonly templateParameterValues: Record<string, unknown>
  /** Each test's own. */
  readonly fragment: never
}

type Fragment = { Resources: { Parameter: { Properties: Record<string, unknown> } } }

const answered = ({ requestId }: MacroEvent, fragment: unknown) => ({
  requestId,
  status: 'success',
  fragment,
})

/** Writes the input before each `<replace-this>`. */
const replace = (event: MacroEvent) =>
  answered(
    event,
    JSON.parse(
      JSON.stringify(event.fragment).replaceAll(
        '<replace-this>',
        `${String(event.params['Input'])} <replace-this>`,
      ),
    ),
  )

/** Writes parameters of the template into `{Name}`. */
const format = (event: MacroEvent) =>
  answered(
    event,
    JSON.parse(
      JSON.stringify(event.fragment).replace(/\{(\w+)\}/g, (whole, name: string) =>
        String(event.templateParameterValues[name] ?? whole),
      ),
    ),
  )

/** Sets properties of the template's parameter. */
const setting =
  (properties: (event: MacroEvent, before: Record<string, unknown>) => object) =>
  (event: MacroEvent) => {
    const fragment: Fragment = structuredClone(event.fragment)
    const { Properties } = fragment.Resources.Parameter
    Object.assign(Properties, properties(event, Properties))
    return answered(event, fragment)
  }

describe.skipIf(!recordingsPresent)('macros, as recorded', () => {
  test('a macro is a resource that is known by its name', async () => {
    const { cfn, deployed } = await macroWorld('SubstitutionMacro', format)
    expectRecorded(
      {
        stack_outputs: deployed.outputs,
        stack_resource_descriptions: await asRecorded(
          cfn.send(new DescribeStackResourcesCommand({ StackName: deployed.stackName })),
        ),
      },
      recorded('test_macro_deployment'),
    )
  })

  test('a macro of the head changes the whole template', async () => {
    const { cfn, cloud, processed } = await macroWorld('SubstitutionMacro', format)
    const template = {
      Parameters: { Substitution: { Type: 'String', Default: 'SubstitutionDefault' } },
      Transform: 'SubstitutionMacro',
      Resources: { Parameter: parameterOf('{Substitution}') },
      Outputs: { ParameterName: { Value: { Ref: 'Parameter' } } },
    }
    const StackName = 'global'
    await cfn.send(
      new CreateStackCommand({
        StackName,
        Capabilities: ['CAPABILITY_AUTO_EXPAND'],
        TemplateBody: JSON.stringify(template),
        Parameters: [{ ParameterKey: 'Substitution', ParameterValue: 'new-value' }],
      }),
    )
    await cloud.advance({ minutes: 1 })
    expectRecorded(
      { processed_template: await processed(StackName) },
      recorded('test_global_scope'),
    )
  })

  test('a macro inside a template changes what stands beside it', async () => {
    const { cfn, deploy, processed } = await macroWorld('ConvertTopicToFifo', (event: MacroEvent) =>
      answered(event, {
        ...(event.fragment as object),
        FifoTopic: true,
        ContentBasedDeduplication: true,
      }),
    )
    const template = {
      Parameters: { TopicName: { Type: 'String' } },
      Resources: {
        Topic: {
          Type: 'AWS::SNS::Topic',
          Properties: { TopicName: { Ref: 'TopicName' }, 'Fn::Transform': 'ConvertTopicToFifo' },
        },
      },
      Outputs: { TopicName: { Value: { 'Fn::GetAtt': ['Topic', 'TopicName'] } } },
    }
    const { stackName } = await deploy({ template, parameters: { TopicName: 'topic-name.fifo' } })
    const original = await asRecorded(
      cfn.send(new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' })),
    )
    const answers = { original_template: original, processed_template: await processed(stackName) }
    expectRecorded(answers, recorded('test_snipped_scope[transformation_snippet_topic.json]'))
    expectRecorded(
      { processed_template: answers.processed_template },
      recorded('test_snipped_scope'),
    )
  })

  test('macros inside come before those of the head, each list in its order', async () => {
    const { deploy, processed } = await macroWorld('ReplaceString', replace)
    const named = (Input: string) => ({ Name: 'ReplaceString', Parameters: { Input } })
    const { stackName } = await deploy({
      template: {
        Transform: [named('global-transform'), named('second-global-transform')],
        Resources: {
          Parameter: {
            Type: 'AWS::SSM::Parameter',
            Properties: {
              Value: '<replace-this>',
              Type: 'String',
              'Fn::Transform': [named('snippet-transform'), named('second-snippet-transform')],
            },
          },
        },
      },
    })
    expectRecorded(
      { processed_template: await processed(stackName) },
      recorded('test_scope_order_and_parameters'),
    )
  })

  test('a macro is told the account, the region, its parameters and those of the template', async () => {
    const { deploy, ssm } = await macroWorld(
      'PrintInternals',
      setting((event) => ({ Name: 'told', Value: JSON.stringify({ Event: event }) })),
    )
    await deploy({
      template: {
        Parameters: { ExampleParameter: { Type: 'String', Default: 'example-value' } },
        Transform: { Name: 'PrintInternals', Parameters: { Input: 'test-input' } },
        Resources: {
          Parameter: {
            Type: 'AWS::SSM::Parameter',
            Properties: { Value: '<replace-this>', Type: 'String' },
          },
        },
      },
    })
    expectRecorded(
      { event: JSON.parse(await parameterValue(ssm, 'told')) },
      recorded('test_validate_lambda_internals'),
    )
  })

  test('functions are worked out in parameters of a macro, and not in its fragment', async () => {
    const { deploy, ssm } = await macroWorld(
      'PrintReferences',
      setting((event, { Value, Description }) => ({
        Value: JSON.stringify({
          Params: event.params,
          FunctionValue: Value,
          ValueOfRef: Description,
        }),
        Description: 'said',
      })),
    )
    await deploy({
      parameters: { Substitution: 'CreateStackInput' },
      template: {
        Parameters: { Substitution: { Type: 'String' } },
        Transform: { Name: 'PrintReferences', Parameters: { Input: { Ref: 'Substitution' } } },
        Resources: {
          Parameter: {
            Type: 'AWS::SSM::Parameter',
            Properties: {
              Name: 'said',
              Type: 'String',
              Value: { 'Fn::Join': [' ', ['Hello', 'World']] },
              Description: { Ref: 'Substitution' },
            },
          },
        },
      },
    })
    expectRecorded(
      { event: JSON.parse(await parameterValue(ssm, 'said')) },
      recorded('test_functions_and_references_during_transformation'),
    )
  })

  test.each<[string, Handler]>([
    [
      'return_unsuccessful_with_message.py',
      ({ requestId, fragment }: MacroEvent) => ({
        requestId,
        status: 'failed',
        fragment,
        errorMessage: 'failed because it is a test',
      }),
    ],
    [
      'return_unsuccessful_without_message.py',
      ({ requestId, fragment }: MacroEvent) => ({ requestId, status: 'failed', fragment }),
    ],
    ['return_invalid_template.py', (event: MacroEvent) => answered(event, 'invalid')],
  ])('%s: the stack goes back, and says why', async (name, handler) => {
    const { cfn, cloud } = await macroWorld('Unsuccessful', handler)
    const { StackId } = await cfn.send(
      new CreateStackCommand({
        StackName: 'failing',
        Capabilities: ['CAPABILITY_AUTO_EXPAND'],
        TemplateBody: JSON.stringify({
          Transform: 'Unsuccessful',
          Resources: { Parameter: parameterOf('x') },
        }),
      }),
    )
    await cloud.advance({ minutes: 1 })
    const { StackEvents = [] } = await cfn.send(
      new DescribeStackEventsCommand({ StackName: StackId }),
    )
    const failed = StackEvents.find((event) => event.ResourceStatus === 'ROLLBACK_IN_PROGRESS')
    expectRecorded(
      { failed_description: JSON.parse(JSON.stringify(failed)) },
      recorded(`test_failed_state[${name}]`),
    )
    expect(StackEvents[0]?.ResourceStatus).toBe('ROLLBACK_COMPLETE')
  })

  test('a list of the template is a list for its macro', async () => {
    const { deploy, ssm } = await macroWorld(
      'PyPlate',
      setting(({ templateParameterValues }) => ({
        Value: (templateParameterValues['Tags'] as string[]).toSorted().join(),
      })),
    )
    await deploy({
      parameters: { Tags: 'Env=Prod,Application=MyApp,BU=ModernisationTeam' },
      template: {
        Parameters: { Tags: { Type: 'CommaDelimitedList' } },
        Transform: 'PyPlate',
        Resources: {
          Parameter: {
            Type: 'AWS::SSM::Parameter',
            Properties: { Name: 'tags', Type: 'String', Value: 'x' },
          },
        },
      },
    })
    const tags = (await parameterValue(ssm, 'tags')).split(',').map((tag) => tag.split('='))
    expectRecorded({ tags }, recorded('test_pyplate_param_type_list'))
  })
})
