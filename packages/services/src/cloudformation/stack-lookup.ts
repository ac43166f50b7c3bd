import type { AwsError } from '@cloud-orrery/models'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { stackMissing, validationError } from './errors.ts'
import { deletedStackKeptMs } from './limits.ts'
import { type Stack, stacks } from './state.ts'

/** A stack by its name (one that is not deleted) or its id (deleted ones too, for 90 days). */
export function findStack(ctx: Context, nameOrId: string): Stack | undefined {
  if (!nameOrId.startsWith('arn:')) return stacks.first(ctx, 'name', nameOrId)
  const stack = stacks.get(ctx, nameOrId)
  if (
    stack?.status === 'DELETE_COMPLETE' &&
    ctx.now() - (stack.deletedAtMs ?? 0) > deletedStackKeptMs
  ) {
    return undefined
  }
  return stack
}

export function stackOrThrow(
  ctx: Context,
  nameOrId: string | undefined,
  missing: (name: string) => AwsError = stackMissing,
): Stack {
  if (nameOrId === undefined) throw validationError('StackName is a required parameter.')
  const stack = findStack(ctx, nameOrId)
  if (stack === undefined) throw missing(nameOrId)
  return stack
}

/** The ARN that policies judge: the stack's, or that of any stack of the name. */
export function stackArn(ctx: Context, nameOrId: string | undefined): string {
  if (nameOrId === undefined) return '*'
  if (nameOrId.startsWith('arn:')) return nameOrId
  const stack = stacks.first(ctx, 'name', nameOrId)
  return stack?.stackId ?? newStackArn(ctx, nameOrId, '*')
}

export function newStackArn(
  { partition, region, accountId }: Context,
  name: string,
  id: string,
): string {
  return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${name}/${id}`
}

interface Conditional {
  readonly TemplateURL?: string | undefined
  readonly StackPolicyURL?: string | undefined
  readonly RoleARN?: string | undefined
  readonly ResourceTypes?: readonly string[] | undefined
  readonly ChangeSetName?: string | undefined
  readonly Tags?: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined
}

/** Condition keys of requests. Source: Service Authorization Reference, AWS CloudFormation. */
export function requestKeys(input: Conditional, tagsOf?: Stack): RequestContext {
  const tags = (input.Tags ?? []).flatMap(({ Key, Value = '' }) =>
    Key === undefined ? [] : [[Key, Value] as const],
  )
  return {
    ...(input.TemplateURL === undefined ? {} : { 'cloudformation:TemplateUrl': input.TemplateURL }),
    ...(input.StackPolicyURL === undefined
      ? {}
      : { 'cloudformation:StackPolicyUrl': input.StackPolicyURL }),
    ...(input.RoleARN === undefined ? {} : { 'cloudformation:RoleArn': input.RoleARN }),
    ...(input.ResourceTypes === undefined
      ? {}
      : { 'cloudformation:ResourceTypes': input.ResourceTypes }),
    ...(input.ChangeSetName === undefined
      ? {}
      : { 'cloudformation:ChangeSetName': input.ChangeSetName }),
    ...(tags.length === 0
      ? {}
      : {
          'aws:TagKeys': tags.map(([key]) => key),
          ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
        }),
    ...Object.fromEntries(
      (tagsOf?.tags ?? []).map(({ key, value }) => [`aws:ResourceTag/${key}`, value]),
    ),
  }
}

/** What policies judge for a call about a stack. */
export function aboutStack(ctx: Context, nameOrId: string | undefined, input: Conditional = {}) {
  const stack = nameOrId === undefined ? undefined : findStack(ctx, nameOrId)
  return { resource: stackArn(ctx, nameOrId), context: requestKeys(input, stack) }
}
