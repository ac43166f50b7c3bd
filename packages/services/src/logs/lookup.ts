import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import {
  logGroupNotFound,
  logStreamNotFound,
  nameAndIdentifier,
  noNameOrIdentifier,
} from './errors.ts'
import { dayMs } from './limits.ts'
import { type LogGroup, type LogStream, logGroupArn, logGroups, logStreams } from './state.ts'

export interface GroupReference {
  readonly logGroupName?: string | undefined
  /** Name or ARN. */
  readonly logGroupIdentifier?: string | undefined
}

const arnForm = /^arn:[^:]+:logs:[^:]*:(\d{12}):log-group:([^:]+)(:\*)?$/

/** The name that a call means; undefined where it gives none, or both a name and an identifier. */
export function nameOf({ logGroupName, logGroupIdentifier }: GroupReference): string | undefined {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) return undefined
  if (logGroupIdentifier === undefined) return logGroupName
  return arnForm.exec(logGroupIdentifier)?.[2] ?? logGroupIdentifier
}

export function theGroup(ctx: Context, reference: GroupReference): LogGroup {
  const { logGroupName, logGroupIdentifier } = reference
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) throw nameAndIdentifier()
  const owner = arnForm.exec(logGroupIdentifier ?? '')?.[1]
  if (owner !== undefined && owner !== ctx.accountId) {
    throw notModelled('log groups of other accounts (cross-account observability)')
  }
  const name = nameOf(reference)
  if (name === undefined) throw noNameOrIdentifier()
  const group = logGroups.get(ctx, name)
  if (group === undefined) throw logGroupNotFound()
  return group
}

export function theStream(ctx: Context, group: LogGroup, name: string): LogStream {
  const stream = logStreams.get(ctx, orderedKey(group.id, name))
  if (stream === undefined) throw logStreamNotFound()
  return stream
}

/**
 * A group's ARN as policies see it: of its streams, so that policies end in `:*`. Calls that name no group
 * are judged with an empty name. Source: AccessDenied messages that AWS's users quote.
 */
export function judgedGroup(ctx: Context, name = ''): Authorization {
  return {
    resource: `${logGroupArn(ctx, name)}:log-stream:`,
    context: tagConditions(logGroups.get(ctx, name)),
  }
}

export function judgedStream(ctx: Context, name: string, stream: string): Authorization {
  return {
    resource: `${logGroupArn(ctx, name)}:log-stream:${stream}`,
    context: tagConditions(logGroups.get(ctx, name)),
  }
}

export function tagConditions(group: LogGroup | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(group?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  )
}

/**
 * Events before this moment have expired, in ms; 0 where they never do. Deviation: AWS may keep showing
 * them for up to 72 hours more; here they are gone at once.
 */
export function expiredBeforeMs(ctx: Context, { retentionInDays }: LogGroup): number {
  return retentionInDays === undefined ? 0 : Math.max(0, ctx.now() - retentionInDays * dayMs)
}
