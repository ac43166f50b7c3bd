import { service } from '../define.ts'
import { finish, settle, start, timeOut, work } from './apply/machine.ts'
import { operations, steps } from './apply/operation.ts'
import { metadataType } from './cloudformation/metadata.ts'
import { describeStacks, listStacks } from './describe-stacks.ts'
import { accessDenied, validationError } from './errors.ts'
import {
  describeStackEvents,
  describeStackResource,
  describeStackResources,
  listStackResources,
} from './stack-resources.ts'
import { createStack, deleteStack, updateTerminationProtection } from './stacks.ts'
import { events, exports, imports, resources, stacks, templates } from './state.ts'

/** Templates, stacks, change sets and their engine. */
export const cloudformation = service('cloudformation', {
  operations: [
    createStack,
    deleteStack,
    describeStackEvents,
    describeStackResource,
    describeStackResources,
    describeStacks,
    listStackResources,
    listStacks,
    updateTerminationProtection,
  ],
  tasks: [finish, settle, start, timeOut, work],
  resources: [metadataType],
  tables: [events, exports, imports, operations, resources, stacks, steps, templates],
  errors: {
    accessDenied: (message) => accessDenied(message),
    invalidInput: (message) => validationError(message),
  },
})
