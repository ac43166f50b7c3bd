import { service } from '../define.ts'
import { scheduleType } from './cloudformation/schedule.ts'
import { scheduleGroupType } from './cloudformation/schedule-group.ts'
import { invoke } from './deliver.ts'
import {
  createScheduleGroup,
  deleteGroup,
  deleteScheduleGroup,
  getScheduleGroup,
  listScheduleGroups,
  listTagsForResource,
  tagResource,
  untagResource,
} from './groups.ts'
import { callRates } from './limits.ts'
import { tick } from './run.ts'
import {
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  updateSchedule,
} from './schedules.ts'
import { groups, schedules } from './state.ts'

/** EventBridge Scheduler: calls of any service at a time, at a rate, or by the calendar. */
export const scheduler = service('scheduler', {
  operations: [
    createSchedule,
    createScheduleGroup,
    deleteSchedule,
    deleteScheduleGroup,
    getSchedule,
    getScheduleGroup,
    listScheduleGroups,
    listSchedules,
    listTagsForResource,
    tagResource,
    untagResource,
    updateSchedule,
  ],
  tasks: [deleteGroup, invoke, tick],
  resources: [scheduleGroupType, scheduleType],
  tables: [groups, schedules],
  *taggedResources(ctx) {
    yield* groups.scan(ctx)
  },
  rateLimits: callRates,
})
