import { service } from '../define.ts'
import { resourceAccess } from './access.ts'
import {
  createActivity,
  deleteActivity,
  describeActivity,
  listActivities,
} from './activities/activities.ts'
import { getActivityTask } from './activities/work.ts'
import { activityType } from './cloudformation/activity.ts'
import { stateMachineAliasType } from './cloudformation/alias.ts'
import { shiftAlias } from './cloudformation/shift-alias.ts'
import { stateMachineType } from './cloudformation/state-machine.ts'
import { stateMachineVersionType } from './cloudformation/version.ts'
import {
  describeExecution,
  describeStateMachineForExecution,
  getExecutionHistory,
} from './describe-execution.ts'
import { engine } from './engine.ts'
import { invalid } from './errors.ts'
import { pendingLogs, writeLogs } from './execution-logs.ts'
import { awaited } from './integrations/awaited.ts'
import { callRates } from './limits.ts'
import { listExecutions } from './list-executions.ts'
import {
  createStateMachineAlias,
  deleteStateMachineAlias,
  describeStateMachineAlias,
  listStateMachineAliases,
  updateStateMachineAlias,
} from './machines/aliases.ts'
import { createStateMachine, updateStateMachine } from './machines/changes.ts'
import { validateStateMachineDefinition } from './machines/definitions.ts'
import {
  deleteStateMachine,
  describeStateMachine,
  listStateMachines,
} from './machines/state-machines.ts'
import {
  deleteStateMachineVersion,
  listStateMachineVersions,
  publishStateMachineVersion,
} from './machines/versions.ts'
import { describeMapRun, listMapRuns, updateMapRun } from './map-runs.ts'
import { startExecution, startExpress, startSyncExecution } from './start-execution.ts'
import {
  activities,
  activityTasks,
  aliases,
  openExecutions,
  stateMachines,
  versions,
} from './state.ts'
import { redriveExecution, stopExecution } from './stop-execution.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './task-tokens.ts'
import { testState } from './test-state.ts'

/** AWS names the states of executions in an order of its own. Recorded: states, ListExecutions, 2024. */
const modelOrder = '[RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE]'
const recordedOrder = '[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]'

/** AWS Step Functions: state machines, their executions, activities. */
export const states = service('states', {
  operations: [
    createActivity,
    createStateMachine,
    createStateMachineAlias,
    deleteActivity,
    deleteStateMachine,
    deleteStateMachineAlias,
    deleteStateMachineVersion,
    describeActivity,
    describeExecution,
    describeMapRun,
    describeStateMachine,
    describeStateMachineAlias,
    describeStateMachineForExecution,
    getActivityTask,
    getExecutionHistory,
    listActivities,
    listExecutions,
    listMapRuns,
    listStateMachineAliases,
    listStateMachines,
    listStateMachineVersions,
    listTagsForResource,
    publishStateMachineVersion,
    redriveExecution,
    sendTaskFailure,
    sendTaskHeartbeat,
    sendTaskSuccess,
    startExecution,
    startExpress,
    startSyncExecution,
    stopExecution,
    tagResource,
    testState,
    untagResource,
    updateMapRun,
    updateStateMachine,
    updateStateMachineAlias,
    validateStateMachineDefinition,
  ],
  tasks: [...engine.tasks, shiftAlias, writeLogs],
  resources: [activityType, stateMachineAliasType, stateMachineType, stateMachineVersionType],
  tables: [
    activities,
    activityTasks,
    aliases,
    awaited,
    openExecutions,
    pendingLogs,
    stateMachines,
    versions,
    ...engine.tables,
  ],
  resourceAccess,
  *taggedResources(ctx) {
    yield* stateMachines.scan(ctx)
    yield* activities.scan(ctx)
  },
  rateLimits: callRates,
  errors: {
    invalidInput: (message) => invalid(message.replace(modelOrder, recordedOrder)),
  },
})
