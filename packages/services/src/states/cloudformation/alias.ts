import {
  AwsStepFunctionsStateMachineAlias,
  type AwsStepFunctionsStateMachineAliasProperties,
  CreateStateMachineAlias,
  DeleteStateMachineAlias,
  DescribeStateMachineAlias,
  type RoutingConfigurationListItem,
  UpdateStateMachineAlias,
} from '@cloud-orrery/models/states'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidRequest } from '../errors.ts'
import { unlessGone } from './gone.ts'
import { shiftAlias } from './shift-alias.ts'

type Properties = AwsStepFunctionsStateMachineAliasProperties

const minuteMs = 60_000

export const stateMachineAliasType = resource(AwsStepFunctionsStateMachineAlias, {
  async create(ctx, properties) {
    const { Description } = properties
    const { stateMachineAliasArn } = await ctx.call(CreateStateMachineAlias, {
      name: properties.Name ?? ctx.physicalName({ lengthMax: 80 }),
      description: Description,
      routingConfiguration: wholeRouting(properties),
    })
    return { Arn: stateMachineAliasArn }
  },
  async update(ctx, properties, previous, state) {
    await ctx.call(UpdateStateMachineAlias, {
      stateMachineAliasArn: state.Arn,
      description: properties.Description ?? '',
      routingConfiguration: await nextRouting(ctx, properties, previous, state.Arn),
    })
    return state
  },
  async delete(ctx, { Arn }) {
    await ctx.call(DeleteStateMachineAlias, { stateMachineAliasArn: Arn })
  },
  async read(ctx, { Arn }, { Name, RoutingConfiguration, DeploymentPreference }) {
    const found = await unlessGone(
      ctx.call(DescribeStateMachineAlias, { stateMachineAliasArn: Arn }),
    )
    if (found === undefined) return undefined
    const { description, routingConfiguration = [] } = found
    return {
      ...(Name === undefined ? {} : { Name }),
      ...(description === undefined ? {} : { Description: description }),
      ...(DeploymentPreference === undefined ? {} : { DeploymentPreference }),
      ...(RoutingConfiguration === undefined
        ? {}
        : {
            RoutingConfiguration: routingConfiguration.map((it) => ({
              StateMachineVersionArn: it.stateMachineVersionArn,
              Weight: it.weight,
            })),
          }),
    }
  },
})

function wholeRouting(properties: Properties): RoutingConfigurationListItem[] {
  const { RoutingConfiguration, DeploymentPreference } = properties
  if ((RoutingConfiguration === undefined) === (DeploymentPreference === undefined)) {
    throw invalidRequest(
      'Exactly one of RoutingConfiguration and DeploymentPreference must be specified',
    )
  }
  if (DeploymentPreference?.Alarms !== undefined && DeploymentPreference.Alarms.length > 0) {
    throw notModelled('DeploymentPreference.Alarms of AWS::StepFunctions::StateMachineAlias')
  }
  if (DeploymentPreference !== undefined) {
    const { StateMachineVersionArn } = DeploymentPreference
    return [{ stateMachineVersionArn: StateMachineVersionArn, weight: 100 }]
  }
  return (RoutingConfiguration ?? []).map(({ StateMachineVersionArn, Weight }) => ({
    stateMachineVersionArn: StateMachineVersionArn,
    weight: Weight,
  }))
}

/**
 * Where an update leads first. A canary moves once and then wholly, a linear deployment step by step.
 * Source: CloudFormation Template Reference, AWS::StepFunctions::StateMachineAlias DeploymentPreference.
 */
// Deviation: the stack does not wait for a gradual deployment; it goes on behind a stack that is complete.
async function nextRouting(
  ctx: ResourceContext,
  properties: Properties,
  previous: Properties,
  aliasArn: string,
): Promise<RoutingConfigurationListItem[]> {
  const whole = wholeRouting(properties)
  const preference = properties.DeploymentPreference
  const to = preference?.StateMachineVersionArn ?? ''
  const from = previous.DeploymentPreference?.StateMachineVersionArn
  if (preference === undefined || preference.Type === 'ALL_AT_ONCE') return whole
  if (from === undefined || from === to) return whole
  const { Percentage, Interval } = preference
  if (Percentage === undefined || Interval === undefined) {
    throw invalidRequest(`Percentage and Interval are required for the type ${preference.Type}`)
  }
  ctx.after(Interval * minuteMs, shiftAlias, {
    aliasArn,
    from,
    to,
    step: preference.Type === 'CANARY' ? 100 : Percentage,
    intervalMs: Interval * minuteMs,
  })
  return [
    { stateMachineVersionArn: to, weight: Percentage },
    { stateMachineVersionArn: from, weight: 100 - Percentage },
  ]
}
