import type { Tag } from '@cloud-orrery/models/elbv2'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { tagSets } from './state.ts'

/** A permission on a resource that is there, with the keys of its tags. */
export function on(
  ctx: Context,
  arn: string | undefined,
  more: Readonly<Record<string, string | readonly string[]>> = {},
): Authorization {
  const context: Record<string, string | readonly string[]> = { ...more }
  for (const [key, value] of Object.entries(tagSets.get(ctx, arn ?? '')?.tags ?? {})) {
    context[`aws:ResourceTag/${key}`] = value
    context[`elasticloadbalancing:ResourceTag/${key}`] = value
  }
  return { resource: arn ?? '*', context }
}

export function requested(
  tags: readonly Tag[] | undefined,
): Record<string, string | readonly string[]> {
  if (tags === undefined || tags.length === 0) return {}
  const context: Record<string, string | readonly string[]> = {
    'aws:TagKeys': tags.map(({ Key = '' }) => Key),
  }
  for (const { Key = '', Value = '' } of tags) context[`aws:RequestTag/${Key}`] = Value
  return context
}

/** Permissions to make something, and to tag it at the same time. */
export function making(
  arn: string,
  createAction: string,
  tags: readonly Tag[] | undefined,
  more: Readonly<Record<string, string | readonly string[]>> = {},
): Authorization[] {
  const context = { ...more, ...requested(tags) }
  if (tags === undefined || tags.length === 0) return [{ resource: arn, context, creates: true }]
  return [
    { resource: arn, context, creates: true },
    {
      action: 'elasticloadbalancing:AddTags',
      resource: arn,
      context: { ...context, 'elasticloadbalancing:CreateAction': createAction },
      creates: true,
    },
  ]
}
