import type { Scope } from '@cloud-orrery/kernel'
import { denialMessage } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { accessDenied, invalidAddress, queueDoesNotExist } from './errors.ts'
import { type Queue, queues } from './state.ts'

/** AWS's own form, whatever address the client uses. */
export function queueUrl({ accountId, region }: Scope, name: string): string {
  return `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
}

export function queueArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:sqs:${region}:${accountId}:${name}`
}

/**
 * Account and name: the last two parts of a URL or path, since clients that were given another endpoint
 * rewrite the rest. A name alone means a queue of the caller's. Observed on AWS: both are taken.
 */
export function partsOfUrl(url: string): { accountId?: string; name: string } | undefined {
  if (/^[A-Za-z0-9_-]+(\.fifo)?$/.test(url)) return { name: url }
  const [, accountId, name] = /(?:^|\/)(\d{12})\/([^/?#]+)\/?$/.exec(url) ?? []
  return accountId === undefined || name === undefined ? undefined : { accountId, name }
}

/** Region, account and name of a queue's ARN. */
export function partsOfArn(arn: string): (Scope & { name: string }) | undefined {
  const match = /^arn:aws[a-z-]*:sqs:([a-z0-9-]+):(\d{12}):([^:]+)$/.exec(arn)
  const [, region, accountId, name] = match ?? []
  if (region === undefined || accountId === undefined || name === undefined) return undefined
  return { region, accountId, name }
}

/** Operations work in the account that the URL names. */
export function scopeOfUrl({ QueueUrl }: { readonly QueueUrl: string }): Partial<Scope> {
  const accountId = partsOfUrl(QueueUrl ?? '')?.accountId
  return accountId === undefined ? {} : { accountId }
}

/** The queue that a call means. Throws InvalidAddress and QueueDoesNotExist. */
export function queueOfUrl(ctx: Context, url: string): Queue {
  const parts = partsOfUrl(url)
  if (parts === undefined) throw invalidAddress(url)
  const queue = queues.get(ctx, parts.name)
  if (queue === undefined) throw queueDoesNotExist()
  return queue
}

/** The queue with an ARN, wherever it is. */
export function queueOfArn(ctx: Context, arn: string): Queue | undefined {
  const parts = partsOfArn(arn)
  return parts === undefined ? undefined : queues.get({ ...parts, store: ctx.store }, parts.name)
}

/** Judges an action on the queue of a URL, with its tags. */
export function onQueue(action?: string) {
  return ({ QueueUrl }: { readonly QueueUrl: string }, ctx: Context): Authorization => {
    const name = partsOfUrl(QueueUrl ?? '')?.name ?? ''
    return permission(queueArn(ctx, name), queues.get(ctx, name), action)
  }
}

/**
 * The same for actions that no policy of a queue gives to other accounts.
 * Source: SQS Developer Guide, "Overview of managing access": cross-account permissions.
 */
export function onOwnQueue(action: string) {
  return (input: { readonly QueueUrl: string }, ctx: Context): Authorization => {
    const authorization = onQueue(action)(input, ctx)
    checkOwner(ctx, action, authorization.resource)
    return authorization
  }
}

/** Throws AccessDenied for callers of other accounts than the queue's. */
export function checkOwner(ctx: Context, action: string, resource: string): void {
  const { principal } = ctx.caller
  if ('accountId' in principal && principal.accountId === ctx.accountId) return
  const request = { principal, action: `sqs:${action}`.toLowerCase(), resource, context: {} }
  throw accessDenied(denialMessage(request, { reason: 'implicit-deny', missing: 'resource' }))
}

export function permission(
  resource: string,
  queue: Queue | undefined,
  action?: string,
): Authorization {
  return {
    resource,
    ...(action === undefined ? {} : { action: `sqs:${action}` }),
    context: resourceTags(queue),
  }
}

function resourceTags(queue: Queue | undefined): Record<string, string> {
  const context: Record<string, string> = {}
  for (const [key, value] of Object.entries(queue?.tags ?? {})) {
    context[`aws:ResourceTag/${key}`] = value
  }
  return context
}
