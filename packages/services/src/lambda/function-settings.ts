import {
  GetFunctionCodeSigningConfig,
  GetFunctionRecursionConfig,
  GetRuntimeManagementConfig,
  PutFunctionRecursionConfig,
  PutRuntimeManagementConfig,
} from '@cloud-orrery/models/lambda'
import { operation } from '../define.ts'
import { invalid } from './errors.ts'
import { changeVersion, found, judgedFunction, latest, theFunction } from './lookup.ts'
import { functionArn, namedFunction, scopeOfName } from './names.ts'
import { functions } from './state.ts'

export const putFunctionRecursionConfig = operation(PutFunctionRecursionConfig, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, RecursiveLoop }) {
    const fn = theFunction(ctx, namedFunction(ctx, FunctionName))
    functions.put(ctx, { ...fn, recursiveLoop: RecursiveLoop })
    return { RecursiveLoop }
  },
})

export const getFunctionRecursionConfig = operation(GetFunctionRecursionConfig, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName }) {
    return { RecursiveLoop: theFunction(ctx, namedFunction(ctx, FunctionName)).recursiveLoop }
  },
})

/** No function has one: giving one is refused by name. */
export const getFunctionCodeSigningConfig = operation(GetFunctionCodeSigningConfig, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName }) {
    const fn = theFunction(ctx, namedFunction(ctx, FunctionName))
    return { FunctionName: fn.name, CodeSigningConfigArn: '' }
  },
})

export const putRuntimeManagementConfig = operation(PutRuntimeManagementConfig, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, { qualifier: input.Qualifier }),
  provenance: 'modelled',
  scope: scopeOfName,
  run(ctx, { FunctionName, Qualifier, UpdateRuntimeOn, RuntimeVersionArn }) {
    const named = namedFunction(ctx, FunctionName, Qualifier)
    const { version } = found(ctx, named)
    if (UpdateRuntimeOn === 'Manual' && RuntimeVersionArn === undefined) {
      throw invalid('RuntimeVersionArn is required when UpdateRuntimeOn is set to Manual.')
    }
    if (UpdateRuntimeOn !== 'Manual' && RuntimeVersionArn !== undefined) {
      throw invalid('RuntimeVersionArn is only supported when UpdateRuntimeOn is set to Manual.')
    }
    const runtimeUpdates = {
      on: UpdateRuntimeOn,
      ...(RuntimeVersionArn === undefined ? {} : { versionArn: RuntimeVersionArn }),
    }
    changeVersion(ctx, version, { runtimeUpdates })
    return {
      FunctionArn: functionArn(ctx, { ...named, qualifier: named.qualifier ?? latest }),
      UpdateRuntimeOn,
      RuntimeVersionArn,
    }
  },
})

export const getRuntimeManagementConfig = operation(GetRuntimeManagementConfig, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, { qualifier: input.Qualifier }),
  provenance: 'modelled',
  scope: scopeOfName,
  run(ctx, { FunctionName, Qualifier }) {
    const named = namedFunction(ctx, FunctionName, Qualifier)
    const { version } = found(ctx, named)
    const { on = 'Auto', versionArn } = version.runtimeUpdates ?? {}
    return {
      FunctionArn: functionArn(ctx, { ...named, qualifier: named.qualifier ?? latest }),
      UpdateRuntimeOn: on,
      ...(versionArn === undefined ? {} : { RuntimeVersionArn: versionArn }),
    }
  },
})
