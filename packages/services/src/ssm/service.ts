import { service } from '../define.ts'
import { opsItemType } from './cloudformation/ops-item.ts'
import { parameterType } from './cloudformation/parameter.ts'
import { callRates } from './limits.ts'
import { listOpsItemEvents } from './ops-center/events.ts'
import { describeOpsItems } from './ops-center/listing.ts'
import { notifyTopic } from './ops-center/notifications.ts'
import { createOpsItem, deleteOpsItem, getOpsItem, updateOpsItem } from './ops-center/ops-items.ts'
import {
  associateOpsItemRelatedItem,
  disassociateOpsItemRelatedItem,
  listOpsItemRelatedItems,
} from './ops-center/related-items.ts'
import { opsItemEvents, opsItemMonths, opsItems, relatedItems } from './ops-center/state.ts'
import { deleteParameter, deleteParameters } from './parameter-store/deletion.ts'
import { labelParameterVersion, unlabelParameterVersion } from './parameter-store/labels.ts'
import { describeParameters } from './parameter-store/listing.ts'
import { applyPolicy } from './parameter-store/policies.ts'
import { putParameter } from './parameter-store/put-parameter.ts'
import {
  getParameter,
  getParameterHistory,
  getParameters,
  getParametersByPath,
} from './parameter-store/reading.ts'
import { parameterCounts, parameters, parameterVersions } from './parameter-store/state.ts'
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './tags.ts'

/** Systems Manager: OpsCenter and Parameter Store. */
export const ssm = service('ssm', {
  operations: [
    addTagsToResource,
    associateOpsItemRelatedItem,
    createOpsItem,
    deleteOpsItem,
    deleteParameter,
    deleteParameters,
    describeOpsItems,
    describeParameters,
    disassociateOpsItemRelatedItem,
    getOpsItem,
    getParameter,
    getParameterHistory,
    getParameters,
    getParametersByPath,
    labelParameterVersion,
    listOpsItemEvents,
    listOpsItemRelatedItems,
    listTagsForResource,
    putParameter,
    removeTagsFromResource,
    unlabelParameterVersion,
    updateOpsItem,
  ],
  tasks: [applyPolicy, notifyTopic],
  resources: [opsItemType, parameterType],
  tables: [
    opsItemEvents,
    opsItemMonths,
    opsItems,
    parameterCounts,
    parameters,
    parameterVersions,
    relatedItems,
  ],
  *taggedResources(ctx) {
    yield* opsItems.scan(ctx)
    yield* parameters.scan(ctx)
  },
  rateLimits: callRates,
})
