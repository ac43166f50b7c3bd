import {
  CreateStackInstances,
  DeleteStackInstances,
  DetectStackSetDrift,
  type Parameter,
  UpdateStackInstances,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { isObject } from '../engine/json.ts'
import { readTemplateText } from '../engine/template-text.ts'
import { limitExceeded, validationError } from '../errors.ts'
import { instanceMissing } from './errors.ts'
import { stackInstancesMax } from './limits.ts'
import { refuseDelegation, stackSetArn } from './lookup.ts'
import { givenPreferences } from './preferences.ts'
import { readySet, startOperation } from './start.ts'
import {
  instanceKey,
  type SetParameter,
  type StackInstance,
  type StackSet,
  stackInstances,
} from './state.ts'
import { givenAccounts, requiredAccounts } from './targets.ts'

interface InstancesInput {
  readonly StackSetName: string
  readonly Regions: readonly string[]
}

function aboutInstances({ StackSetName, Regions }: InstancesInput, ctx: Context) {
  return {
    resource: stackSetArn(ctx, StackSetName),
    context: { 'cloudformation:TargetRegion': Regions },
  }
}

export const createStackInstances = operation(CreateStackInstances, {
  authorize: aboutInstances,
  provenance: 'recorded',
  run(ctx, input) {
    refuseDelegation(input.CallAs)
    const set = readySet(ctx, input.StackSetName, input.OperationId)
    const accounts = requiredAccounts(input)
    const regions = givenRegions(input.Regions)
    const preferences = givenPreferences(input.OperationPreferences, regions)
    const overrides = givenOverrides(set, input.ParameterOverrides, [])
    if (stackInstances.count(ctx) + accounts.length * regions.length > stackInstancesMax) {
      throw limitExceeded(`Limit for stack instances has been exceeded: ${stackInstancesMax}`)
    }
    const targets = everyTarget(accounts, regions)
    for (const { account, region } of targets) {
      const before = stackInstances.get(ctx, instanceKey(set.id, account, region))
      stackInstances.put(ctx, {
        ...(before ?? { driftStatus: 'NOT_CHECKED' }),
        setId: set.id,
        account,
        region,
        status: 'OUTDATED',
        detailedStatus: 'PENDING',
        overrides,
        lastOperationId: input.OperationId ?? '',
      })
    }
    const { id } = startOperation(ctx, set.id, {
      action: 'CREATE',
      id: input.OperationId,
      preferences,
      targets,
      accounts,
    })
    return { OperationId: id }
  },
})

export const updateStackInstances = operation(UpdateStackInstances, {
  authorize: aboutInstances,
  provenance: 'modelled',
  run(ctx, input) {
    refuseDelegation(input.CallAs)
    const set = readySet(ctx, input.StackSetName, input.OperationId)
    const accounts = requiredAccounts(input)
    const regions = givenRegions(input.Regions)
    const preferences = givenPreferences(input.OperationPreferences, regions)
    const instances = existing(ctx, set, accounts, regions)
    for (const instance of instances) {
      const overrides = givenOverrides(set, input.ParameterOverrides, instance.overrides)
      stackInstances.put(ctx, { ...instance, overrides, status: 'OUTDATED' })
    }
    const { id } = startOperation(ctx, set.id, {
      action: 'UPDATE',
      id: input.OperationId,
      preferences,
      targets: instances,
      accounts,
    })
    return { OperationId: id }
  },
})

export const deleteStackInstances = operation(DeleteStackInstances, {
  authorize: aboutInstances,
  provenance: 'modelled',
  run(ctx, input) {
    refuseDelegation(input.CallAs)
    const set = readySet(ctx, input.StackSetName, input.OperationId)
    const accounts = requiredAccounts(input)
    const regions = givenRegions(input.Regions)
    const preferences = givenPreferences(input.OperationPreferences, regions)
    const { id } = startOperation(ctx, set.id, {
      action: 'DELETE',
      id: input.OperationId,
      preferences,
      targets: existing(ctx, set, accounts, regions),
      accounts: givenAccounts(input),
      retainStacks: input.RetainStacks,
    })
    return { OperationId: id }
  },
})

export const detectStackSetDrift = operation(DetectStackSetDrift, {
  authorize: (input, ctx) => stackSetArn(ctx, input.StackSetName),
  provenance: 'modelled',
  run(ctx, input) {
    refuseDelegation(input.CallAs)
    const set = readySet(ctx, input.StackSetName, input.OperationId)
    const targets = [...stackInstances.where(ctx, 'set', set.id)]
    const regions = targets.map(({ region }) => region)
    const { id } = startOperation(ctx, set.id, {
      action: 'DETECT_DRIFT',
      id: input.OperationId,
      preferences: givenPreferences(input.OperationPreferences, regions),
      targets,
    })
    return { OperationId: id }
  },
})

function givenRegions(regions: readonly string[]): readonly string[] {
  if (regions.length === 0) throw validationError('Regions must be specified.')
  return [...new Set(regions)]
}

function everyTarget(accounts: readonly string[], regions: readonly string[]) {
  return regions.flatMap((region) => accounts.map((account) => ({ account, region })))
}

function existing(
  ctx: Context,
  set: StackSet,
  accounts: readonly string[],
  regions: readonly string[],
): readonly StackInstance[] {
  return everyTarget(accounts, regions).map(({ account, region }) => {
    const instance = stackInstances.get(ctx, instanceKey(set.id, account, region))
    if (instance === undefined) throw instanceMissing(account, region)
    return instance
  })
}

/** Parameters that instances set otherwise. Source: API reference, CreateStackInstances, `ParameterOverrides`. */
function givenOverrides(
  set: StackSet,
  given: readonly Parameter[] = [],
  previous: readonly SetParameter[],
): readonly SetParameter[] {
  const parameters = readTemplateText(set.template)['Parameters']
  const known = isObject(parameters) ? parameters : {}
  const unknown = given.filter(({ ParameterKey = '' }) => !Object.hasOwn(known, ParameterKey))
  if (unknown.length > 0) {
    const names = unknown.map(({ ParameterKey }) => ParameterKey).join(', ')
    throw validationError(`Parameters: [${names}] do not exist in the template`)
  }
  return given.flatMap(({ ParameterKey: key = '', ParameterValue, UsePreviousValue }) => {
    const before = previous.find((each) => each.key === key)?.value
    const value = UsePreviousValue === true ? before : ParameterValue
    return value === undefined ? [] : [{ key, value }]
  })
}
