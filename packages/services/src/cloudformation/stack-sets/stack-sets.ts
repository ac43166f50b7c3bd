import {
  CreateStackSet,
  type CreateStackSetInput,
  DeleteStackSet,
  DescribeOrganizationsAccess,
  DescribeStackSet,
  ListStackSets,
  type Parameter,
  type StackSet as StackSetView,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { page } from '../describe-stacks.ts'
import { checkCapabilities } from '../engine/capabilities.ts'
import { chooseParameters } from '../engine/parameters.ts'
import { limitExceeded, validationError } from '../errors.ts'
import { templateBodyBytesMax } from '../limits.ts'
import { prepareTemplate } from '../prepare.ts'
import { requestKeys } from '../stack-lookup.ts'
import { givenParameters, givenTags } from '../stacks.ts'
import { templateText } from '../template-source.ts'
import { driftOf } from './drift-sum.ts'
import { driftView } from './drift-view.ts'
import {
  operationInProgress,
  organizationsNeeded,
  stackSetExists,
  stackSetMissing,
  stackSetNotEmpty,
} from './errors.ts'
import { pageRowsDefault, stackSetsMax } from './limits.ts'
import { findStackSet, newStackSetArn, refuseDelegation, stackSetArn } from './lookup.ts'
import {
  type SetParameter,
  type StackSet,
  setOperations,
  stackInstances,
  stackSets,
} from './state.ts'

export const administrationRole = 'AWSCloudFormationStackSetAdministrationRole'
export const executionRole = 'AWSCloudFormationStackSetExecutionRole'

export const createStackSet = operation(CreateStackSet, {
  authorize: (input) => ({
    resource: '*',
    context: requestKeys({ ...input, RoleARN: input.AdministrationRoleARN }),
  }),
  provenance: 'recorded',
  refuses: ['StackId', 'AutoDeployment'],
  async run(ctx, input) {
    refuseDelegation(input.CallAs)
    if (input.PermissionModel === 'SERVICE_MANAGED') throw organizationsNeeded()
    const before = findStackSet(ctx, input.StackSetName)
    if (before !== undefined) {
      if (input.ClientRequestToken === undefined || before.token !== input.ClientRequestToken) {
        throw stackSetExists()
      }
      return { StackSetId: before.id }
    }
    const template = await templateText(ctx, input)
    if (template === undefined) {
      throw validationError('Either Template URL or Template Body must be specified.')
    }
    const parameters = await checkDefinition(ctx, template, input, [])
    const administrationRoleArn = passedRole(ctx, input.AdministrationRoleARN)
    if (findStackSet(ctx, input.StackSetName) !== undefined) throw stackSetExists()
    if (activeCount(ctx) >= stackSetsMax) {
      throw limitExceeded(`Limit for StackSets has been exceeded: ${stackSetsMax}`)
    }
    const id = `${input.StackSetName}:${ctx.ids.uuid()}`
    stackSets.put(ctx, {
      id,
      name: input.StackSetName,
      arn: newStackSetArn(ctx, id),
      status: 'ACTIVE',
      createdAtMs: ctx.now(),
      template,
      parameters,
      capabilities: input.Capabilities ?? [],
      tags: givenTags(input.Tags),
      administrationRoleArn,
      executionRoleName: input.ExecutionRoleName ?? executionRole,
      managedExecution: input.ManagedExecution?.Active ?? false,
      operationCount: 0,
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
    })
    return { StackSetId: id }
  },
})

function activeCount(ctx: Context): number {
  if (stackSets.count(ctx) < stackSetsMax) return 0
  return [...stackSets.scan(ctx)].filter(({ status }) => status === 'ACTIVE').length
}

/** The role of a request, which its caller must be allowed to pass, or the default one. */
export function passedRole(ctx: Context, arn: string | undefined): string {
  if (arn === undefined)
    return `arn:${ctx.partition}:iam::${ctx.accountId}:role/${administrationRole}`
  ctx.authorize('iam:PassRole', arn, {
    context: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
  })
  return arn
}

interface Definition {
  readonly Parameters?: readonly Parameter[] | undefined
  readonly Capabilities?: CreateStackSetInput['Capabilities']
}

/** Checks a template with its parameters and capabilities. Gives the parameters' values. */
export async function checkDefinition(
  ctx: Context,
  text: string,
  { Parameters, Capabilities = [] }: Definition,
  previous: readonly SetParameter[],
): Promise<readonly SetParameter[]> {
  if (Buffer.byteLength(text) > templateBodyBytesMax) {
    throw notModelled(`stack sets whose template is larger than ${templateBodyBytesMax} bytes`)
  }
  const given = givenParameters(Parameters)
  const { template } = await prepareTemplate(ctx, text, {
    given,
    previous,
    capabilities: Capabilities,
  })
  checkCapabilities(template, Capabilities)
  return chooseParameters(template.parameters, given, previous).map(({ key, value }) => ({
    key,
    value,
  }))
}

export const describeStackSet = operation(DescribeStackSet, {
  authorize: (input, ctx) => stackSetArn(ctx, input.StackSetName),
  provenance: 'modelled',
  run(ctx, { StackSetName, CallAs }) {
    refuseDelegation(CallAs)
    const set = findStackSet(ctx, StackSetName)
    if (set === undefined) throw stackSetMissing(StackSetName)
    return { StackSet: view(ctx, set) }
  },
})

function view(ctx: Context, set: StackSet): StackSetView {
  const regions = new Set([...stackInstances.where(ctx, 'set', set.id)].map(({ region }) => region))
  const drift = driftOf(ctx, set)
  return {
    StackSetName: set.name,
    StackSetId: set.id,
    Status: set.status,
    TemplateBody: set.template,
    Parameters: set.parameters.map(({ key, value }) => ({
      ParameterKey: key,
      ParameterValue: value,
    })),
    Capabilities: set.capabilities as 'CAPABILITY_IAM'[], // The request's own.
    Tags: set.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    StackSetARN: set.arn,
    AdministrationRoleARN: set.administrationRoleArn,
    ExecutionRoleName: set.executionRoleName,
    PermissionModel: 'SELF_MANAGED',
    OrganizationalUnitIds: [],
    ManagedExecution: { Active: set.managedExecution },
    Regions: [...regions].sort(),
    ...(set.description === undefined ? {} : { Description: set.description }),
    ...(drift === undefined ? {} : { StackSetDriftDetectionDetails: driftView(drift) }),
  }
}

export const listStackSets = operation(ListStackSets, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { Status, MaxResults = pageRowsDefault, NextToken, CallAs }) {
    refuseDelegation(CallAs)
    const all = [...stackSets.scan(ctx)].filter(
      (set) => Status === undefined || set.status === Status,
    )
    const { rows, next } = page(all, NextToken, ['ListStackSets', Status], MaxResults)
    return {
      Summaries: rows.map((set) => ({
        StackSetName: set.name,
        StackSetId: set.id,
        Status: set.status,
        PermissionModel: 'SELF_MANAGED' as const,
        DriftStatus: set.drift?.status ?? 'NOT_CHECKED',
        ManagedExecution: { Active: set.managedExecution },
        ...(set.description === undefined ? {} : { Description: set.description }),
        ...(set.drift?.checkedAtMs === undefined
          ? {}
          : { LastDriftCheckTimestamp: set.drift.checkedAtMs }),
      })),
      ...next,
    }
  },
})

export const deleteStackSet = operation(DeleteStackSet, {
  authorize: (input, ctx) => stackSetArn(ctx, input.StackSetName),
  provenance: 'modelled',
  run(ctx, { StackSetName, CallAs }) {
    refuseDelegation(CallAs)
    const set = findStackSet(ctx, StackSetName)
    // Source: API reference: deleting what is not there changes nothing and is no error.
    if (set?.status !== 'ACTIVE') return {}
    const open = setOperations.first(ctx, 'open', set.id)
    if (open !== undefined) throw operationInProgress(set, open.id)
    if (stackInstances.first(ctx, 'set', set.id) !== undefined) throw stackSetNotEmpty()
    stackSets.update(ctx, set.id, { status: 'DELETED' })
    return {}
  },
})

export const describeOrganizationsAccess = operation(DescribeOrganizationsAccess, {
  authorize: () => '*',
  provenance: 'modelled',
  run(_ctx, { CallAs }) {
    refuseDelegation(CallAs)
    return { Status: 'DISABLED' as const }
  },
})
