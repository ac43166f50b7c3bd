import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import {
  CreateSchedule,
  type CreateScheduleInput,
  DeleteSchedule,
  GetSchedule,
  ListSchedules,
  type Target,
  UpdateSchedule,
} from '@cloud-orrery/models/scheduler'
import { AssumeRole } from '@cloud-orrery/models/sts'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { isTransient } from '../shared/transient-errors.ts'
import {
  invalid,
  invalidExpression,
  invalidToken,
  quotaExceeded,
  roleNotAssumable,
  scheduleExists,
  scheduleNotFound,
  serviceFailure,
} from './errors.ts'
import { parseExpression } from './expressions.ts'
import { groupContext, theActiveGroup, theGroup } from './groups.ts'
import {
  eventAgeSecondsUsual,
  pageItemsMax,
  retryAttemptsUsual,
  schedulerPrincipal,
  schedulesMax,
  startInPastMs,
} from './limits.ts'
import { planFirst, removeSchedule } from './run.ts'
import {
  defaultGroup,
  groupArn,
  type Schedule,
  scheduleArn,
  scheduleKey,
  schedules,
} from './state.ts'
import { checkTarget } from './targets.ts'
import { isZone } from './time-zones.ts'

function judged(ctx: Context, name: string, group = defaultGroup) {
  return { resource: scheduleArn(ctx, group, name), context: groupContext(ctx, group) }
}

export const createSchedule = operation(CreateSchedule, {
  authorize: ({ Name, GroupName }, ctx) => judged(ctx, Name, GroupName),
  provenance: 'recorded',
  refuses: ['KmsKeyArn'],
  async run(ctx, input) {
    const { Name, GroupName = defaultGroup, ClientToken } = input
    const settings = checked(ctx, input, undefined)
    const known = () => {
      theActiveGroup(ctx, GroupName)
      const there = schedules.get(ctx, scheduleKey(GroupName, Name))
      if (there === undefined) return undefined
      if (ClientToken === undefined || there.clientToken !== ClientToken) throw scheduleExists(Name)
      return there
    }
    const before = known()
    if (before !== undefined) return { ScheduleArn: before.arn }
    if (schedules.count(ctx) >= schedulesMax) {
      throw quotaExceeded(`An account can have at most ${schedulesMax} schedules.`)
    }
    await checkRole(ctx, input.Target, GroupName, Name)
    const meanwhile = known()
    if (meanwhile !== undefined) return { ScheduleArn: meanwhile.arn }
    const schedule = schedules.put(ctx, {
      ...settings,
      group: GroupName,
      name: Name,
      arn: scheduleArn(ctx, GroupName, Name),
      createdAtMs: ctx.now(),
      modifiedAtMs: ctx.now(),
      revision: 1,
      ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
    })
    planFirst(ctx, schedule)
    return { ScheduleArn: schedule.arn }
  },
})

export const updateSchedule = operation(UpdateSchedule, {
  authorize: ({ Name, GroupName }, ctx) => judged(ctx, Name, GroupName),
  provenance: 'modelled',
  refuses: ['KmsKeyArn'],
  async run(ctx, input) {
    const { Name, GroupName = defaultGroup } = input
    theActiveGroup(ctx, GroupName)
    const settings = checked(ctx, input, theSchedule(ctx, GroupName, Name))
    await checkRole(ctx, input.Target, GroupName, Name)
    const before = theSchedule(ctx, GroupName, Name)
    const { group, name, arn, createdAtMs, revision, clientToken, taskId } = before
    if (taskId !== undefined) ctx.cancel(taskId)
    // What the request leaves out has its usual value again. Source: UpdateSchedule.
    const schedule = schedules.put(ctx, {
      ...settings,
      group,
      name,
      arn,
      createdAtMs,
      modifiedAtMs: ctx.now(),
      revision: revision + 1,
      ...(clientToken === undefined ? {} : { clientToken }),
    })
    planFirst(ctx, schedule)
    return { ScheduleArn: arn }
  },
})

type Settings = Omit<
  Schedule,
  'group' | 'name' | 'arn' | 'createdAtMs' | 'modifiedAtMs' | 'revision' | 'clientToken' | 'taskId'
>

/** The settings of a request with what it leaves out. The expression is looked at before anything else. */
function checked(
  ctx: Context,
  input: Omit<CreateScheduleInput, 'Name'>,
  before: Schedule | undefined,
): Settings {
  const { ScheduleExpression, ScheduleExpressionTimezone: timezone = 'UTC', Description } = input
  const { StartDate, EndDate, State = 'ENABLED', ActionAfterCompletion = 'NONE' } = input
  if (parseExpression(ScheduleExpression) === undefined) {
    throw invalidExpression(ScheduleExpression)
  }
  // The words of this and the next three refusals are ours.
  if (!isZone(timezone)) throw invalid(`Invalid ScheduleExpressionTimezone ${timezone}.`)
  const { Mode, MaximumWindowInMinutes } = input.FlexibleTimeWindow
  if ((Mode === 'FLEXIBLE') !== (MaximumWindowInMinutes !== undefined)) {
    throw invalid('MaximumWindowInMinutes must be set for the mode FLEXIBLE, and for no other.')
  }
  if (StartDate !== undefined && EndDate !== undefined && EndDate <= StartDate) {
    throw invalid('The EndDate you specify must be later than the StartDate.')
  }
  if (EndDate !== undefined && EndDate !== before?.endMs && EndDate < ctx.now()) {
    throw invalid('The EndDate you specify cannot be in the past.')
  }
  if (
    StartDate !== undefined &&
    StartDate !== before?.startMs &&
    StartDate < ctx.now() - startInPastMs
  ) {
    throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.')
  }
  checkTarget(ctx, input.Target)
  return {
    expression: ScheduleExpression,
    timezone,
    ...(StartDate === undefined ? {} : { startMs: StartDate }),
    ...(EndDate === undefined ? {} : { endMs: EndDate }),
    ...(Description === undefined ? {} : { description: Description }),
    state: State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
    target: withUsualRetries(input.Target),
    window: input.FlexibleTimeWindow,
    afterCompletion: ActionAfterCompletion === 'DELETE' ? 'DELETE' : 'NONE',
  }
}

/** Recorded: cloudformation, `test_schedule_and_group`: GetSchedule shows the retries that nobody set. */
function withUsualRetries(target: Target): Target {
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = target.RetryPolicy ?? {}
  return {
    ...target,
    RetryPolicy: {
      MaximumEventAgeInSeconds: MaximumEventAgeInSeconds ?? eventAgeSecondsUsual,
      MaximumRetryAttempts: MaximumRetryAttempts ?? retryAttemptsUsual,
    },
  }
}

/** Whoever makes a schedule must be allowed to pass its role, and the role must trust Scheduler for the group. */
async function checkRole(
  ctx: Context,
  { RoleArn }: Target,
  group: string,
  name: string,
): Promise<void> {
  ctx.authorize('iam:PassRole', RoleArn, {
    context: {
      'iam:PassedToService': schedulerPrincipal,
      'iam:AssociatedResourceArn': scheduleArn(ctx, group, name),
    },
  })
  try {
    const input = { RoleArn, RoleSessionName: 'scheduler', DurationSeconds: 900 }
    const as = schedulerPrincipal
    await ctx.call(AssumeRole, input, { as, sourceArn: groupArn(ctx, group) })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw isTransient(error) ? serviceFailure(`STS: ${error.message}`) : roleNotAssumable()
  }
}

function theSchedule(ctx: Context, group: string, name: string): Schedule {
  theGroup(ctx, group)
  const schedule = schedules.get(ctx, scheduleKey(group, name))
  if (schedule === undefined) throw scheduleNotFound(name)
  return schedule
}

export const getSchedule = operation(GetSchedule, {
  authorize: ({ Name, GroupName }, ctx) => judged(ctx, Name, GroupName),
  provenance: 'recorded',
  run(ctx, { Name, GroupName = defaultGroup }) {
    const schedule = theSchedule(ctx, GroupName, Name)
    const { startMs, endMs, description } = schedule
    return {
      ActionAfterCompletion: schedule.afterCompletion,
      Arn: schedule.arn,
      CreationDate: schedule.createdAtMs,
      ...(description === undefined ? {} : { Description: description }),
      ...(endMs === undefined ? {} : { EndDate: endMs }),
      FlexibleTimeWindow: schedule.window,
      GroupName,
      LastModificationDate: schedule.modifiedAtMs,
      Name,
      ScheduleExpression: schedule.expression,
      ScheduleExpressionTimezone: schedule.timezone,
      ...(startMs === undefined ? {} : { StartDate: startMs }),
      State: schedule.state,
      Target: schedule.target,
    }
  },
})

export const deleteSchedule = operation(DeleteSchedule, {
  authorize: ({ Name, GroupName }, ctx) => judged(ctx, Name, GroupName),
  provenance: 'modelled',
  run(ctx, { Name, GroupName = defaultGroup }) {
    removeSchedule(ctx, theSchedule(ctx, GroupName, Name))
    return {}
  },
})

export const listSchedules = operation(ListSchedules, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { GroupName, NamePrefix = '', State, NextToken, MaxResults = pageItemsMax }) {
    if (GroupName !== undefined) theGroup(ctx, GroupName)
    const prefix = GroupName === undefined ? '' : orderedKey(GroupName, NamePrefix)
    const { items, nextToken } = pageOf<Schedule>({
      list: (start) => schedules.scan(ctx, { prefix, ...start }),
      positionOf: ({ group, name }) => scheduleKey(group, name),
      wanted: ({ name, state }) =>
        name.startsWith(NamePrefix) && (State === undefined || state === State),
      itemsMax: MaxResults,
      token: NextToken,
      request: [GroupName, NamePrefix, State],
      refused: invalidToken,
    })
    return {
      Schedules: items.map(({ arn, name, group, state, createdAtMs, modifiedAtMs, target }) => ({
        Arn: arn,
        CreationDate: createdAtMs,
        GroupName: group,
        LastModificationDate: modifiedAtMs,
        Name: name,
        State: state,
        Target: { Arn: target.Arn },
      })),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})
