import type { Operation } from '@cloud-orrery/models'
import type { TagSpecification } from '@cloud-orrery/models/ec2'
import type { Context } from '../context.ts'
import {
  type Authorization,
  type OperationHandler,
  type OperationOptions,
  operation,
} from '../define.ts'
import { prepareRegion } from './default-vpc.ts'
import { dryRunSucceeded } from './errors.ts'
import { type Ec2Type, ec2Arn } from './ids.ts'
import { securityGroups, subnets, tagSets } from './state.ts'

/** An operation of EC2: it can be tried without effect, and finds the region as every account has it from the start. */
export function ec2Operation<I extends object, O>(
  descriptor: Operation<I, O>,
  options: OperationOptions<I, O>,
): OperationHandler {
  return operation(descriptor, {
    ...options,
    run(ctx, input) {
      if ('DryRun' in input && input.DryRun === true) throw dryRunSucceeded()
      prepareRegion(ctx)
      return options.run(ctx, input)
    },
  })
}

/** A permission on a resource that is there, with the keys that tell of it. */
export function on(ctx: Context, type: Ec2Type, id: string | undefined): Authorization {
  const resource = ec2Arn(ctx, type, id ?? '*')
  const context: Record<string, string> = { 'ec2:Region': ctx.region }
  for (const { key, value } of tagSets.get(ctx, id ?? '')?.tags ?? []) {
    context[`aws:ResourceTag/${key}`] = value
    context[`ec2:ResourceTag/${key}`] = value
  }
  const vpcId =
    type === 'subnet'
      ? subnets.get(ctx, id ?? '')?.vpcId
      : type === 'security-group'
        ? securityGroups.get(ctx, id ?? '')?.vpcId
        : undefined
  if (vpcId !== undefined) context['ec2:Vpc'] = ec2Arn(ctx, 'vpc', vpcId)
  return { resource, context }
}

/** Permissions to make a resource, and to tag it at the same time. */
export function making(
  ctx: Context,
  type: Ec2Type,
  action: string,
  specifications: readonly TagSpecification[] | undefined,
  more: Readonly<Record<string, string>> = {},
): Authorization[] {
  const resource = ec2Arn(ctx, type, '*')
  const tags = (specifications ?? []).flatMap(({ Tags }) => Tags ?? [])
  const context: Record<string, string | readonly string[]> = { 'ec2:Region': ctx.region, ...more }
  if (tags.length === 0) return [{ resource, context, creates: true }]
  context['aws:TagKeys'] = tags.map(({ Key = '' }) => Key)
  for (const { Key = '', Value = '' } of tags) context[`aws:RequestTag/${Key}`] = Value
  const tagging = { ...context, 'ec2:CreateAction': action }
  return [
    { resource, context, creates: true },
    { action: 'ec2:CreateTags', resource, context: tagging, creates: true },
  ]
}

/** The permission of actions that have no resource. */
export function anywhere(_input: object, { region }: Context): Authorization {
  return { resource: '*', context: { 'ec2:Region': region } }
}
