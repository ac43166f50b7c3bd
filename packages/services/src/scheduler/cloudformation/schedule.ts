import { AwsError } from '@cloud-orrery/models'
import {
  AwsSchedulerSchedule,
  type AwsSchedulerScheduleProperties,
  CreateSchedule,
  type CreateScheduleInput,
  DeleteSchedule,
  GetSchedule,
  type GetScheduleOutput,
  ResourceNotFoundException,
  type Target,
  UpdateSchedule,
} from '@cloud-orrery/models/scheduler'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { invalid } from '../errors.ts'

export const scheduleType = resource(AwsSchedulerSchedule, {
  async create(ctx, properties) {
    const Name = properties.Name ?? ctx.physicalName({ lengthMax: 64 })
    const ClientToken = ctx.ids.uuid()
    const { ScheduleArn } = await ctx.call(CreateSchedule, {
      ...requestOf(properties, Name),
      ClientToken,
    })
    return { Arn: ScheduleArn, physicalId: Name }
  },
  async update(ctx, properties, _previous, { physicalId: Name = '' }) {
    const { ScheduleArn } = await ctx.call(UpdateSchedule, requestOf(properties, Name))
    return { Arn: ScheduleArn, physicalId: Name }
  },
  async delete(ctx, { physicalId: Name = '' }, { GroupName }) {
    await unlessGone(ctx.call(DeleteSchedule, { Name, GroupName }))
  },
  async read(ctx, { physicalId: Name = '' }, properties) {
    const found = await unlessGone(ctx.call(GetSchedule, { Name, GroupName: properties.GroupName }))
    return found && readOf(found, properties)
  },
  async adopt(ctx: ResourceContext, { Name = '' }) {
    const found = await unlessGone(ctx.call(GetSchedule, { Name }))
    return found && { Arn: found.Arn, physicalId: Name }
  },
})

function requestOf(
  { StartDate, EndDate, Target: target, ...properties }: AwsSchedulerScheduleProperties,
  Name: string,
): CreateScheduleInput {
  return {
    ...properties,
    Name,
    // Kinds of targets whose parameters are spelled otherwise in templates are refused by CreateSchedule.
    Target: target as Target,
    ...(StartDate === undefined ? {} : { StartDate: momentOf('StartDate', StartDate) }),
    ...(EndDate === undefined ? {} : { EndDate: momentOf('EndDate', EndDate) }),
  }
}

/** Dates are ISO 8601 texts in templates. The words of the refusal are ours. */
function momentOf(name: string, text: string): number {
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs)) throw invalid(`${name} is no date: ${text}`)
  return atMs
}

/** Properties that the template sets, as they are now. */
function readOf(
  found: GetScheduleOutput,
  properties: AwsSchedulerScheduleProperties,
): Partial<AwsSchedulerScheduleProperties> {
  const { StartDate, EndDate, FlexibleTimeWindow, Target: target, ScheduleExpression } = found
  const same = (text: string | undefined, atMs: number | undefined) =>
    text !== undefined && Date.parse(text) === atMs ? text : atMs && new Date(atMs).toISOString()
  return {
    ...(ScheduleExpression === undefined ? {} : { ScheduleExpression }),
    ...(FlexibleTimeWindow === undefined ? {} : { FlexibleTimeWindow }),
    ...(target === undefined ? {} : { Target: asWritten(target, properties) }),
    ...(properties.Name === undefined ? {} : { Name: found.Name }),
    ...(properties.GroupName === undefined ? {} : { GroupName: found.GroupName }),
    ...(properties.Description === undefined ? {} : { Description: found.Description }),
    ...(properties.State === undefined ? {} : { State: found.State }),
    ...(properties.ScheduleExpressionTimezone === undefined
      ? {}
      : { ScheduleExpressionTimezone: found.ScheduleExpressionTimezone }),
    ...(StartDate === undefined ? {} : { StartDate: same(properties.StartDate, StartDate) || '' }),
    ...(EndDate === undefined ? {} : { EndDate: same(properties.EndDate, EndDate) || '' }),
  }
}

/** Retries that the template leaves open are no difference. */
function asWritten(target: Target, { Target: written }: AwsSchedulerScheduleProperties) {
  const { RetryPolicy, EcsParameters: _, ...rest } = target
  return written.RetryPolicy === undefined ? rest : { ...rest, RetryPolicy }
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.code === ResourceNotFoundException.code) return undefined
    throw error
  }
}
