import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { Authorization, ResourceAccess } from '../define.ts'
import { qualifierOf, unqualified } from './arns.ts'
import { activities, stateMachines, type Tags } from './state.ts'

interface Tag {
  readonly key?: string | undefined
  readonly value?: string | undefined
}

/**
 * A state machine as permissions name it: without its qualifier, which is the condition key
 * `states:StateMachineQualifier`. Source: Step Functions Developer Guide, "Scoping down permissions for a version
 * or alias"; Service Authorization Reference.
 */
export function machineAuthorization(
  ctx: Context,
  arn: string,
  context: RequestContext = {},
  qualifier = qualifierOf(arn),
): Authorization {
  const resource = unqualified(arn)
  return {
    resource,
    context: {
      ...resourceTags(stateMachines.get(ctx, resource)?.tags),
      ...(qualifier === undefined ? {} : { 'states:StateMachineQualifier': [qualifier] }),
      ...context,
    },
  }
}

/** An execution has the tags of its machine. */
export function executionAuthorization(ctx: Context, arn: string): Authorization {
  const machine = arn.replace(/:(execution|express|mapRun):([^:/]+).*$/, ':stateMachine:$2')
  return { resource: arn, context: resourceTags(stateMachines.get(ctx, machine)?.tags) }
}

export function activityAuthorization(
  ctx: Context,
  arn: string,
  context: RequestContext = {},
): Authorization {
  return { resource: arn, context: { ...resourceTags(activities.get(ctx, arn)?.tags), ...context } }
}

function resourceTags(tags: Tags = {}): RequestContext {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  )
}

/** Condition keys of calls that set tags. */
export function requestTags(tags: readonly Tag[] | undefined): RequestContext {
  if (tags === undefined) return {}
  const named = tags.flatMap(({ key, value = '' }) => (key === undefined ? [] : [{ key, value }]))
  return {
    'aws:TagKeys': named.map(({ key }) => key),
    ...Object.fromEntries(named.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
  }
}

/** Owner of a machine, execution or activity. Step Functions has no policies of resources. */
export function resourceAccess(_ctx: Context, arn: string): ResourceAccess | undefined {
  const [, , service, , accountId = ''] = arn.split(':')
  return service === 'states' && accountId !== '' ? { accountId } : undefined
}
