import {
  AwsCloudFormationMacro,
  type AwsCloudFormationMacroProperties,
} from '@cloud-orrery/models/cloudformation'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { alreadyExists } from '../errors.ts'
import { macros } from '../macros/state.ts'

/** A macro has no API of its own: its resource is all that there is. */
export const macroType = resource(AwsCloudFormationMacro, {
  create(ctx, properties) {
    refuseLogs(properties)
    const { Name, FunctionName } = properties
    if (macros.has(ctx, Name)) throw alreadyExists(`Macro ${Name} already exists`)
    macros.put(ctx, { name: Name, functionName: FunctionName })
    return { physicalId: Name }
  },
  update(ctx, properties, _previous, state) {
    refuseLogs(properties)
    const { Name, FunctionName } = properties
    macros.put(ctx, { name: Name, functionName: FunctionName })
    return state
  },
  delete: (ctx, _state, { Name }) => void macros.delete(ctx, Name),
  read(ctx, _state, { Name }) {
    const macro = macros.get(ctx, Name)
    return macro === undefined ? undefined : { Name, FunctionName: macro.functionName }
  },
})

function refuseLogs(properties: AwsCloudFormationMacroProperties): void {
  for (const name of ['LogGroupName', 'LogRoleARN'] as const) {
    if (properties[name] !== undefined) {
      throw notModelled(`the property ${name} of AWS::CloudFormation::Macro`)
    }
  }
}
