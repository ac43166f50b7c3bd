import {
  AwsStepFunctionsStateMachine,
  type AwsStepFunctionsStateMachineProperties,
  CreateStateMachine,
  DeleteStateMachine,
  DescribeStateMachine,
  type DescribeStateMachineOutput,
  UpdateStateMachine,
} from '@cloud-orrery/models/states'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { alreadyExists, isThere } from '../../shared/already-exists.ts'
import { arnOf } from '../arns.ts'
import { encryptionInput, loggingInput, tracingInput } from './configuration.ts'
import { definitionText } from './definition-text.ts'
import { isGone, unlessGone } from './gone.ts'
import { allTags, currentTags, updateTags } from './tags.ts'

type Properties = AwsStepFunctionsStateMachineProperties

/** Longest name. Source: Step Functions API Reference, CreateStateMachine, `name`. */
const nameLengthMax = 80

/** What the revision of the creation is called. Source: PublishStateMachineVersion, `revisionId`. */
const firstRevision = 'INITIAL'

export const stateMachineType = resource(AwsStepFunctionsStateMachine, {
  async create(ctx, properties) {
    const name = properties.StateMachineName ?? ctx.physicalName({ lengthMax: nameLengthMax })
    const arn = arnOf(ctx, 'stateMachine', name)
    if (await isThere(ctx.call(DescribeStateMachine, { stateMachineArn: arn }), isGone)) {
      throw alreadyExists(name)
    }
    await ctx.call(CreateStateMachine, {
      name,
      type: properties.StateMachineType,
      tags: allTags(ctx, properties.Tags),
      ...(await configuration(ctx, properties)),
    })
    return { Arn: arn, Name: name, StateMachineRevisionId: firstRevision }
  },
  async update(ctx, properties, previous, state) {
    const { Arn } = state
    const updated = await ctx.call(UpdateStateMachine, {
      stateMachineArn: Arn,
      ...(await configuration(ctx, properties)),
      // What the template no longer names goes back to its default.
      loggingConfiguration: loggingInput(properties.LoggingConfiguration) ?? { level: 'OFF' },
      tracingConfiguration: tracingInput(properties.TracingConfiguration) ?? { enabled: false },
    })
    await updateTags(ctx, Arn, properties.Tags, previous.Tags)
    return { ...state, StateMachineRevisionId: updated.revisionId ?? state.StateMachineRevisionId }
  },
  async delete(ctx, { Arn }) {
    await ctx.call(DeleteStateMachine, { stateMachineArn: Arn })
  },
  async read(ctx, { Arn }, properties) {
    const found = await unlessGone(ctx.call(DescribeStateMachine, { stateMachineArn: Arn }))
    if (found === undefined) return undefined
    return {
      ...(await shown(ctx, found, properties)),
      ...(await currentTags(ctx, Arn, properties)),
    }
  },
})

async function configuration(ctx: ResourceContext, properties: Properties) {
  return {
    definition: await definitionText(ctx, properties),
    roleArn: properties.RoleArn,
    loggingConfiguration: loggingInput(properties.LoggingConfiguration),
    tracingConfiguration: tracingInput(properties.TracingConfiguration),
    encryptionConfiguration: encryptionInput(properties.EncryptionConfiguration),
  }
}

async function shown(
  ctx: ResourceContext,
  found: DescribeStateMachineOutput,
  properties: Properties,
): Promise<Partial<Properties>> {
  const { definition, roleArn, name, type } = found
  const isAsWritten = definition === (await definitionText(ctx, properties))
  const { Definition, DefinitionString, DefinitionS3Location, DefinitionSubstitutions } = properties
  const text = isAsWritten
    ? { Definition, DefinitionString, DefinitionS3Location, DefinitionSubstitutions }
    : { DefinitionString: definition }
  return {
    ...Object.fromEntries(Object.entries(text).filter(([, value]) => value !== undefined)),
    RoleArn: roleArn,
    ...(properties.StateMachineName === undefined ? {} : { StateMachineName: name }),
    ...(properties.StateMachineType === undefined
      ? {}
      : { StateMachineType: type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD' }),
  }
}
