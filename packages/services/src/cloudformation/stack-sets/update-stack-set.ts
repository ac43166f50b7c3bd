import { UpdateStackSet, type UpdateStackSetInput } from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { validationError } from '../errors.ts'
import { requestKeys } from '../stack-lookup.ts'
import { givenTags } from '../stacks.ts'
import { templateText } from '../template-source.ts'
import { organizationsNeeded } from './errors.ts'
import { refuseDelegation, stackSetArn } from './lookup.ts'
import { givenPreferences } from './preferences.ts'
import { checkDefinition, passedRole } from './stack-sets.ts'
import { readySet, startOperation } from './start.ts'
import { type StackInstance, type StackSet, stackInstances, stackSets } from './state.ts'
import { givenAccounts } from './targets.ts'

export const updateStackSet = operation(UpdateStackSet, {
  authorize: (input, ctx) => ({
    resource: stackSetArn(ctx, input.StackSetName),
    context: {
      ...requestKeys({ ...input, RoleARN: input.AdministrationRoleARN }),
      ...(input.Regions === undefined ? {} : { 'cloudformation:TargetRegion': input.Regions }),
    },
  }),
  provenance: 'modelled',
  refuses: ['AutoDeployment'],
  async run(ctx, input) {
    refuseDelegation(input.CallAs)
    if (input.PermissionModel === 'SERVICE_MANAGED') throw organizationsNeeded()
    const found = readySet(ctx, input.StackSetName, input.OperationId)
    const template = await newTemplate(ctx, found, input)
    const parameters = await checkDefinition(ctx, template, input, found.parameters)
    // Passing the role again is not asked where it stays the same.
    const role =
      input.AdministrationRoleARN === undefined ||
      input.AdministrationRoleARN === found.administrationRoleArn
        ? found.administrationRoleArn
        : passedRole(ctx, input.AdministrationRoleARN)
    const chosen = chosenInstances(ctx, found, input)
    const regions = [...new Set(chosen.map(({ region }) => region))]
    const preferences = givenPreferences(input.OperationPreferences, regions)
    const set = readySet(ctx, input.StackSetName, input.OperationId)
    stackSets.put(ctx, {
      ...set,
      template,
      parameters,
      capabilities: input.Capabilities ?? [],
      tags: input.Tags === undefined ? set.tags : givenTags(input.Tags),
      administrationRoleArn: role,
      executionRoleName: input.ExecutionRoleName ?? set.executionRoleName,
      managedExecution: input.ManagedExecution?.Active ?? set.managedExecution,
      ...(input.Description === undefined ? {} : { description: input.Description }),
    })
    outdate(ctx, set)
    const started = startOperation(ctx, set.id, {
      action: 'UPDATE',
      id: input.OperationId,
      preferences,
      targets: chosen,
      accounts: givenAccounts(input),
    })
    return { OperationId: started.id }
  },
})

async function newTemplate(
  ctx: Context,
  set: StackSet,
  input: UpdateStackSetInput,
): Promise<string> {
  if (input.UsePreviousTemplate === true) {
    if (input.TemplateBody !== undefined || input.TemplateURL !== undefined) {
      throw validationError(
        'UsePreviousTemplate cannot be true when a TemplateBody or TemplateURL is specified.',
      )
    }
    return set.template
  }
  const text = await templateText(ctx, input)
  if (text === undefined) {
    throw validationError('Either Template URL or Template Body must be specified.')
  }
  return text
}

/** Instances that an update works on now: all, or those of some accounts and regions. */
function chosenInstances(
  ctx: Context,
  set: StackSet,
  input: UpdateStackSetInput,
): readonly StackInstance[] {
  const accounts = givenAccounts(input)
  const { Regions } = input
  if ((accounts === undefined) !== (Regions === undefined)) {
    throw validationError('Both Accounts and Regions must be specified, or neither of them.')
  }
  return [...stackInstances.where(ctx, 'set', set.id)].filter(
    ({ account, region, status }) =>
      // Source: API reference, StackInstance, `Status`: INOPERABLE.
      status !== 'INOPERABLE' &&
      (accounts === undefined || accounts.includes(account)) &&
      (Regions === undefined || Regions.includes(region)),
  )
}

/** Whatever is not worked on now differs from its stack set. */
function outdate(ctx: Context, set: StackSet): void {
  for (const instance of stackInstances.where(ctx, 'set', set.id)) {
    if (instance.status === 'CURRENT') stackInstances.put(ctx, { ...instance, status: 'OUTDATED' })
  }
}
