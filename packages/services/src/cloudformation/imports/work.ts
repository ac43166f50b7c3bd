import { invariant } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { wantedResource } from '../apply/begin.ts'
import { resourceTransition, stackTransition } from '../apply/journal-events.ts'
import { graphOf } from '../apply/phases.ts'
import { failureReason } from '../apply/reasons.ts'
import { DeployerContext } from '../apply/resource-context.ts'
import type { Json, JsonObject } from '../engine/json.ts'
import { typedProperties } from '../engine/property-validation.ts'
import { physicalIdOf, schemaOf } from '../engine/resource-types.ts'
import { validationError } from '../errors.ts'
import { operationDelayMs, resourceDurationMs } from '../limits.ts'
import {
  type ChangeSet,
  changeSets,
  type ImportedResource,
  resourceKey,
  resources,
  type Stack,
  type StackResource,
  stacks,
} from '../state.ts'
import { identifierText } from './request.ts'

/**
 * Imports run by themselves, beside the machine of stack operations: each resource is looked up as the deployer,
 * then taken over. The first that can not be takes the others back. Source: user guide, "Import AWS resources".
 */

interface ImportInput {
  readonly arn: string
  readonly token?: string
}

/** Starts the import of a change set whose stack's record is filled. */
export function startImport(ctx: Context, changeSet: ChangeSet, token: string | undefined): void {
  stackTransition(ctx, changeSet.stackId, {
    status: 'IMPORT_IN_PROGRESS',
    reason: 'User Initiated',
    token,
  })
  const input = { arn: changeSet.arn, ...(token === undefined ? {} : { token }) }
  ctx.after(operationDelayMs, importBegins, input)
}

export const importBegins = task<ImportInput>('cloudformation.importBegins', {
  run(ctx, input) {
    const { changeSet, stack } = importOf(ctx, input)
    for (const imported of changeSet.imports ?? []) {
      const wanted = wantedResource(ctx, stack, { logicalId: imported.logicalId, waitsFor: [] })
      const dependsOn = graphOf(ctx, stack).get(imported.logicalId) ?? []
      const resource = resources.put(ctx, {
        stackId: stack.stackId,
        logicalId: imported.logicalId,
        physicalId: identifierText(imported),
        status: 'IMPORT_IN_PROGRESS',
        statusReason: 'Resource import started.',
        updatedAtMs: ctx.now(),
        driftStatus: 'NOT_CHECKED',
        ...wanted,
        dependsOn,
      })
      announce(ctx, resource, input.token)
    }
    ctx.after(resourceDurationMs, importEnds, input)
  },
})

export const importEnds = task<ImportInput>('cloudformation.importEnds', {
  async run(ctx, input) {
    const { changeSet, stack } = importOf(ctx, input)
    const failed: string[] = []
    for (const imported of changeSet.imports ?? []) {
      const reason = await takeOver(ctx, stack, imported, input.token)
      if (reason === undefined) continue
      move(ctx, stack, imported.logicalId, 'IMPORT_FAILED', reason, input.token)
      failed.push(imported.logicalId)
    }
    if (failed.length > 0) takeBack(ctx, changeSet, stack, failed, input.token)
    else {
      const facts = { status: 'IMPORT_COMPLETE', token: input.token }
      stackTransition(ctx, stack.stackId, facts, { updatedAtMs: ctx.now() })
    }
    changeSets.update(ctx, changeSet.arn, {
      executionStatus: failed.length > 0 ? 'EXECUTE_FAILED' : 'EXECUTE_COMPLETE',
    })
  },
})

function importOf(ctx: Context, { arn }: ImportInput): { changeSet: ChangeSet; stack: Stack } {
  const changeSet = changeSets.get(ctx, arn)
  const stack = changeSet && stacks.get(ctx, changeSet.stackId)
  invariant(changeSet !== undefined && stack !== undefined, `the import of ${arn} is gone`)
  return { changeSet, stack }
}

/** Undefined once the resource is the stack's; else why it is not. */
async function takeOver(
  ctx: Context,
  stack: Stack,
  imported: ImportedResource,
  token: string | undefined,
): Promise<string | undefined> {
  const { logicalId, type } = imported
  const requestToken = ctx.ids.uuid()
  const rctx = new DeployerContext(ctx, stack, logicalId, requestToken)
  const resource = resources.get(ctx, resourceKey(stack.stackId, logicalId))
  const handler = await ctx.resourceHandler(type)
  invariant(resource !== undefined && handler !== undefined, `${logicalId} can not be imported`)
  const schema = schemaOf(type)
  const properties =
    schema === undefined ? resource.properties : typedProperties(schema, resource.properties)
  try {
    refuseOwned(ctx, resource)
    const adopted = await handler.adopt?.(rctx, imported.identifiers)
    const state = adopted === undefined ? undefined : plain(adopted)
    const found = state && (await handler.read?.(rctx, state, properties))
    if (state === undefined || found === undefined) {
      return `Resource of type '${type}' with identifier '${resource.physicalId}' was not found.`
    }
    const physicalId = physicalIdOf(type, state, properties)
    resources.put(ctx, { ...resource, physicalId, state })
    move(ctx, stack, logicalId, 'IMPORT_COMPLETE', 'Resource import completed.', token)
    if (schema?.tags !== undefined && handler.update !== undefined) {
      const reason = 'Apply stack-level tags to imported resource if applicable.'
      move(ctx, stack, logicalId, 'UPDATE_IN_PROGRESS', reason, token)
      const tagged = plain(await handler.update(rctx, properties, properties, state))
      const now = resources.get(ctx, resourceKey(stack.stackId, logicalId)) ?? resource
      resources.put(ctx, { ...now, state: { ...state, ...tagged } })
      move(ctx, stack, logicalId, 'UPDATE_COMPLETE', reason, token)
    }
    return undefined
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return failureReason({
      type,
      error,
      identifier: resource.physicalId,
      requestToken,
      requestId: ctx.ids.uuid(),
    })
  }
}

/** A resource is of one stack at most. */
function refuseOwned(ctx: Context, { stackId, physicalId, type }: StackResource): void {
  for (const other of resources.where(ctx, 'physicalId', physicalId)) {
    if (other.stackId === stackId || other.type !== type) continue
    if (/^DELETE_(COMPLETE|SKIPPED)$/.test(other.status)) continue
    throw validationError(`${physicalId} already exists in stack ${other.stackId}`)
  }
}

function takeBack(
  ctx: Context,
  changeSet: ChangeSet,
  stack: Stack,
  failed: readonly string[],
  token: string | undefined,
): void {
  const reason = `The following resource(s) failed to import: [${failed.join(', ')}]. `
  const status = 'IMPORT_ROLLBACK_IN_PROGRESS'
  stackTransition(ctx, stack.stackId, { status, reason, token })
  for (const { logicalId } of changeSet.imports ?? []) {
    if (!failed.includes(logicalId)) {
      move(ctx, stack, logicalId, 'IMPORT_ROLLBACK_IN_PROGRESS', undefined, token)
      move(ctx, stack, logicalId, 'IMPORT_ROLLBACK_COMPLETE', undefined, token)
    }
    resources.delete(ctx, resourceKey(stack.stackId, logicalId))
  }
  const before = changeSet.before
  stackTransition(
    ctx,
    stack.stackId,
    { status: 'IMPORT_ROLLBACK_COMPLETE', token },
    before === undefined ? {} : { ...before },
  )
}

function move(
  ctx: Context,
  stack: Stack,
  logicalId: string,
  status: string,
  reason: string | undefined,
  token: string | undefined,
): void {
  const resource = resources.get(ctx, resourceKey(stack.stackId, logicalId))
  invariant(resource !== undefined, `no resource ${logicalId}`)
  const { statusReason: _, ...rest } = resource
  const moved = resources.put(ctx, {
    ...rest,
    status,
    updatedAtMs: ctx.now(),
    ...(reason === undefined ? {} : { statusReason: reason }),
  })
  announce(ctx, moved, token)
}

function announce(ctx: Context, resource: StackResource, token: string | undefined): void {
  const { status, statusReason: reason } = resource
  resourceTransition(ctx, resource.stackId, resource, { status, reason, token })
}

/** Handlers leave members out by `undefined`; records are plain JSON. */
function plain(state: object): JsonObject {
  const value: Json = JSON.parse(JSON.stringify(state))
  return value as JsonObject // An object stays one.
}
