import { listStackInstanceResourceDrifts } from './instance-drifts.ts'
import {
  createStackInstances,
  deleteStackInstances,
  detectStackSetDrift,
  updateStackInstances,
} from './instance-requests.ts'
import { describeStackInstance, listStackInstances } from './instances.ts'
import {
  describeStackSetOperation,
  listStackSetOperationResults,
  listStackSetOperations,
  stopStackSetOperation,
} from './operations.ts'
import { watchInTarget, workInTarget } from './progress.ts'
import { tendStackSet } from './resource-tend.ts'
import {
  createStackSet,
  deleteStackSet,
  describeOrganizationsAccess,
  describeStackSet,
  listStackSets,
} from './stack-sets.ts'
import { setOperations, setResults, stackInstances, stackSets } from './state.ts'
import { updateStackSet } from './update-stack-set.ts'

/** What stack sets add to the service. */
export const stackSetOperations = [
  createStackInstances,
  createStackSet,
  deleteStackInstances,
  deleteStackSet,
  describeOrganizationsAccess,
  describeStackInstance,
  describeStackSet,
  describeStackSetOperation,
  detectStackSetDrift,
  listStackInstanceResourceDrifts,
  listStackInstances,
  listStackSetOperationResults,
  listStackSetOperations,
  listStackSets,
  stopStackSetOperation,
  updateStackInstances,
  updateStackSet,
]

export const stackSetTasks = [tendStackSet, watchInTarget, workInTarget]

export const stackSetTables = [setOperations, setResults, stackInstances, stackSets]
