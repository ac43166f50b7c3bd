import { AwsCloudFormationMacro } from '@cloud-orrery/models/cloudformation'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { alreadyExists } from '../errors.ts'
import { macros } from '../macros/state.ts'

/** A macro has no API of its own: its resource is all that there is. */
export const macroType = resource(AwsCloudFormationMacro, {
  create(ctx, { Name, FunctionName, LogGroupName }) {
    refuseLogs(LogGroupName)
    if (macros.has(ctx, Name)) throw alreadyExists(`Macro ${Name} already exists`)
    macros.put(ctx, { name: Name, functionName: FunctionName })
    return { physicalId: Name }
  },
  update(ctx, { Name, FunctionName, LogGroupName }, _previous, state) {
    refuseLogs(LogGroupName)
    macros.put(ctx, { name: Name, functionName: FunctionName })
    return state
  },
  delete: (ctx, _state, { Name }) => void macros.delete(ctx, Name),
  read(ctx, _state, { Name }) {
    const macro = macros.get(ctx, Name)
    return macro === undefined ? undefined : { Name, FunctionName: macro.functionName }
  },
})

function refuseLogs(group: string | undefined): void {
  if (group !== undefined) throw notModelled('LogGroupName of AWS::CloudFormation::Macro')
}
