import type { Tag } from '@cloud-orrery/models/cloudwatch'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { invalidValue } from './errors.ts'
import { tagsMax } from './limits.ts'
import { alarms, type Tags } from './state.ts'

export function readTags(given: readonly Tag[]): Tags {
  const tags = Object.fromEntries(given.map(({ Key, Value }) => [Key, Value]))
  if (Object.keys(tags).length < given.length) {
    throw invalidValue('Tag keys must be unique.')
  }
  checkTags(tags)
  return tags
}

/** The count after a change, and names that are AWS's own. */
export function checkTags(tags: Tags): void {
  const keys = Object.keys(tags)
  if (keys.length > tagsMax) {
    throw invalidValue(`The resource can not have more than ${tagsMax} tags.`)
  }
}

export function requestTags(tags: readonly Tag[] | undefined): RequestContext {
  if (tags === undefined) return {}
  return {
    'aws:TagKeys': tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

export function resourceTags(tags: Tags | undefined): RequestContext {
  return Object.fromEntries(
    Object.entries(tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  )
}

export function alarmTagContext(
  ctx: Context,
  name: string,
  given?: readonly Tag[],
): RequestContext {
  return { ...requestTags(given), ...resourceTags(alarms.get(ctx, name)?.tags) }
}
