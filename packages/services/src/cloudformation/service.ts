import { service } from '../define.ts'
import {
  childMoved,
  expire,
  finish,
  settle,
  stabilize,
  start,
  timeOut,
  work,
} from './apply/machine.ts'
import { notify } from './apply/notifications.ts'
import { operations, steps } from './apply/operation.ts'
import {
  deleteChangeSet,
  describeChangeSet,
  executeChangeSet,
  listChangeSets,
} from './change-sets.ts'
import { macroType } from './cloudformation/macro.ts'
import { metadataType } from './cloudformation/metadata.ts'
import { stackSetType } from './cloudformation/stack-set.ts'
import { waitConditionHandleType } from './cloudformation/wait-condition-handle.ts'
import { compute, createChangeSet } from './create-change-set.ts'
import { customRequests } from './custom-resources/state.ts'
import { describeStacks, listStacks } from './describe-stacks.ts'
import {
  describeStackDriftDetectionStatus,
  describeStackResourceDrifts,
  detect,
  detections,
  detectStackDrift,
  detectStackResourceDrift,
  drifts,
} from './drift.ts'
import { accessDenied, validationError } from './errors.ts'
import { listExports, listImports } from './exports.ts'
import { importBegins, importEnds } from './imports/work.ts'
import { macros } from './macros/state.ts'
import { answered } from './outside/answered.ts'
import { describeAccountLimits, describeType, listTypes } from './registry-types.ts'
import { cancelUpdateStack, continueUpdateRollback, rollbackStack } from './rollback-operations.ts'
import { getStackPolicy, setStackPolicy } from './stack-policy.ts'
import {
  describeStackEvents,
  describeStackResource,
  describeStackResources,
  listStackResources,
} from './stack-resources.ts'
import { stackSetOperations, stackSetTables, stackSetTasks } from './stack-sets/contents.ts'
import { createStack, deleteStack, updateTerminationProtection } from './stacks.ts'
import { changeSets, events, exports, imports, resources, stacks, templates } from './state.ts'
import { getTemplate, getTemplateSummary, validateTemplate } from './template-operations.ts'
import { updateStack } from './update-stack.ts'
import { signalResource } from './wait-conditions/signals.ts'
import { waitSignals } from './wait-conditions/state.ts'

/** Templates, stacks, change sets and their engine. */
export const cloudformation = service('cloudformation', {
  operations: [
    cancelUpdateStack,
    continueUpdateRollback,
    createChangeSet,
    createStack,
    deleteChangeSet,
    deleteStack,
    describeAccountLimits,
    describeChangeSet,
    describeStackDriftDetectionStatus,
    describeStackResourceDrifts,
    describeType,
    detectStackDrift,
    detectStackResourceDrift,
    describeStackEvents,
    describeStackResource,
    describeStackResources,
    describeStacks,
    executeChangeSet,
    getStackPolicy,
    getTemplate,
    getTemplateSummary,
    listChangeSets,
    listExports,
    listImports,
    listStackResources,
    listStacks,
    listTypes,
    rollbackStack,
    setStackPolicy,
    ...stackSetOperations,
    signalResource,
    updateStack,
    updateTerminationProtection,
    validateTemplate,
  ],
  tasks: [
    answered,
    childMoved,
    compute,
    detect,
    expire,
    finish,
    importBegins,
    importEnds,
    notify,
    settle,
    stabilize,
    start,
    timeOut,
    work,
    ...stackSetTasks,
  ],
  resources: [macroType, metadataType, stackSetType, waitConditionHandleType],
  tables: [
    changeSets,
    customRequests,
    detections,
    drifts,
    events,
    exports,
    imports,
    macros,
    operations,
    resources,
    stacks,
    steps,
    templates,
    waitSignals,
    ...stackSetTables,
  ],
  errors: {
    accessDenied: (message) => accessDenied(message),
    invalidInput: (message) => validationError(message),
  },
})
