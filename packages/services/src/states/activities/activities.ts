import {
  CreateActivity,
  DeleteActivity,
  DescribeActivity,
  ListActivities,
} from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { activityAuthorization, requestTags } from '../access.ts'
import { arnOf, parsedArn } from '../arns.ts'
import { activityMissing, invalidToken, tooManyActivities } from '../errors.ts'
import { activitiesMax } from '../limits.ts'
import { shownEncryption } from '../machines/configuration.ts'
import { activityHolder, encryptionOf } from '../machines/encryption.ts'
import { checkName } from '../names.ts'
import { itemsMax } from '../pages.ts'
import { type Activity, activities } from '../state.ts'
import { keptTags } from '../tags.ts'

export const createActivity = operation(CreateActivity, {
  authorize: ({ name, tags }, ctx) => ({
    ...activityAuthorization(ctx, arnOf(ctx, 'activity', name), requestTags(tags)),
    creates: true,
  }),
  provenance: 'recorded',
  async run(ctx, { name, tags, encryptionConfiguration }) {
    checkName(name)
    const arn = arnOf(ctx, 'activity', name)
    const kept = keptTags(ctx, arn, tags)
    const encryption = await encryptionOf(ctx, encryptionConfiguration, activityHolder(arn))
    // A second creation gives what is there. Recorded: states, CreateActivity, 2025.
    const known = activities.get(ctx, arn)
    if (known === undefined && activities.count(ctx) >= activitiesMax) throw tooManyActivities()
    const activity =
      known ??
      activities.put(ctx, {
        arn,
        name,
        createdAtMs: ctx.now(),
        tags: kept,
        ...(encryption === undefined ? {} : { encryption }),
      })
    return { activityArn: arn, creationDate: activity.createdAtMs }
  },
})

export const describeActivity = operation(DescribeActivity, {
  authorize: ({ activityArn }, ctx) => activityAuthorization(ctx, activityArn),
  provenance: 'recorded',
  run(ctx, { activityArn }) {
    const { name, createdAtMs, encryption } = theActivity(ctx, activityArn)
    return {
      activityArn,
      name,
      creationDate: createdAtMs,
      encryptionConfiguration: shownEncryption(encryption),
    }
  },
})

export const deleteActivity = operation(DeleteActivity, {
  authorize: ({ activityArn }, ctx) => activityAuthorization(ctx, activityArn),
  provenance: 'recorded',
  run(ctx, { activityArn }) {
    parsedArn(activityArn, 'activity')
    activities.delete(ctx, activityArn)
    return {}
  },
})

export const listActivities = operation(ListActivities, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { maxResults, nextToken: token }) {
    const { items, nextToken } = pageOf({
      list: (start) => activities.scan(ctx, start),
      positionOf: ({ arn }) => arn,
      itemsMax: itemsMax(maxResults),
      token,
      request: 'activities',
      refused: invalidToken,
    })
    return {
      activities: items.map(({ arn, name, createdAtMs }) => ({
        activityArn: arn,
        name,
        creationDate: createdAtMs,
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    }
  },
})

export function theActivity(ctx: Context, arn: string): Activity {
  parsedArn(arn, 'activity')
  const activity = activities.get(ctx, arn)
  if (activity === undefined) throw activityMissing(arn)
  return activity
}
