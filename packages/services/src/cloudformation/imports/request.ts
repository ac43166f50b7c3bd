import type { CreateChangeSetInput } from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { livingResources } from '../apply/plan.ts'
import type { ResourceChange } from '../engine/change-plan.ts'
import { metadataOnlyTypes, schemaOf } from '../engine/resource-types.ts'
import type { Template } from '../engine/template.ts'
import { validationError } from '../errors.ts'
import type { UpdatePlan } from '../plan-update.ts'
import type { ImportedResource, Stack } from '../state.ts'

type Asked = NonNullable<CreateChangeSetInput['ResourcesToImport']>

/**
 * Checks what a request wants to import against its template. Throws ValidationError; the words for what is not
 * in the template, or identified wrongly, are ours.
 * Source: CloudFormation User Guide, "Import AWS resources into a CloudFormation stack"; user reports.
 */
export async function importedResources(
  ctx: Context,
  asked: Asked | undefined,
  template: Template,
): Promise<readonly ImportedResource[]> {
  if (asked === undefined || asked.length === 0) {
    throw validationError('ResourcesToImport must be specified for change sets of type IMPORT.')
  }
  const found = asked.map(({ ResourceType, LogicalResourceId, ResourceIdentifier }) => ({
    type: ResourceType,
    logicalId: LogicalResourceId,
    identifiers: ResourceIdentifier,
  }))
  const absent = found.filter(({ logicalId }) => !Object.hasOwn(template.resources, logicalId))
  if (absent.length > 0) {
    throw validationError(
      `Resources to import ${names(absent)} are not in the Resources block of the template`,
    )
  }
  const exposed = found.filter(
    ({ logicalId }) => template.resources[logicalId]?.deletionPolicy === undefined,
  )
  if (exposed.length > 0) {
    throw validationError(
      `The following resources to import ${names(exposed)} must have DeletionPolicy attribute specified in the template.`,
    )
  }
  for (const each of found) checkIdentifiers(template, each)
  await checkTypes(ctx, found)
  return found
}

function names(resources: readonly { readonly logicalId: string }[]): string {
  return `[${resources.map(({ logicalId }) => logicalId).join(', ')}]`
}

function checkIdentifiers(template: Template, { logicalId, type, identifiers }: ImportedResource) {
  const definition = template.resources[logicalId]
  if (definition?.type !== type) {
    throw validationError(
      `Resource ${logicalId} is of type ${definition?.type ?? ''} in the template, not ${type}`,
    )
  }
  const wanted = [...(schemaOf(type)?.primaryIdentifier ?? [])].sort()
  const given = Object.keys(identifiers).sort()
  if (wanted.length === 0 || wanted.join() === given.join()) return
  throw validationError(
    `Resource ${logicalId} of type ${type} is identified by [${wanted.join(', ')}], not by [${given.join(', ')}]`,
  )
}

async function checkTypes(ctx: Context, found: readonly ImportedResource[]): Promise<void> {
  const never = new Set<string>()
  const unbuilt = new Set<string>()
  for (const { type } of found) {
    const handler = await ctx.resourceHandler(type)
    if (handler === undefined || metadataOnlyTypes.has(type)) never.add(type)
    else if (handler.adopt === undefined || handler.read === undefined) unbuilt.add(type)
  }
  if (never.size > 0) {
    throw validationError(`ResourceTypes [${[...never].join(', ')}] are not supported for Import`)
  }
  if (unbuilt.size > 0)
    throw notModelled(`imports of the resource types [${[...unbuilt].join(', ')}]`)
}

/**
 * The changes of an import: nothing but imports. Throws ValidationError where the template wants more, which
 * fails the change set.
 * Source: user reports of imports whose templates also changed outputs.
 */
export function importChanges(
  ctx: Context,
  stack: Stack,
  { changes, outputsChange }: Pick<UpdatePlan, 'changes' | 'outputsChange'>,
  imports: readonly ImportedResource[],
): readonly ResourceChange[] {
  const wanted = new Map(imports.map((each) => [each.logicalId, each]))
  const others = changes.filter(
    ({ action, logicalId }) => action !== 'Add' || !wanted.has(logicalId),
  )
  const more = others.map(({ logicalId }) => logicalId)
  if (outputsChange) more.push('Outputs')
  if (more.length > 0) {
    throw validationError(
      `As part of the import operation, you cannot modify or add [${more.join(', ')}]`,
    )
  }
  const owned = livingResources(ctx, stack.stackId).find(({ logicalId }) => wanted.has(logicalId))
  if (owned !== undefined) throw validationError(`${owned.logicalId} is already in the stack`)
  return changes.map((change) => {
    const { logicalId, type, after } = change
    const imported = wanted.get(logicalId)
    return {
      action: 'Import',
      logicalId,
      type,
      physicalId: imported === undefined ? '' : identifierText(imported),
      changes: [],
      ...(after === undefined ? {} : { after }),
    }
  })
}

/** The values of a primary identifier, in the schema's order. */
export function identifierText({ type, identifiers }: ImportedResource): string {
  const order = schemaOf(type)?.primaryIdentifier ?? Object.keys(identifiers)
  return order.map((name) => identifiers[name] ?? '').join('|')
}
