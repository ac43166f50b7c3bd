import { service } from '../define.ts'
import { listOpsItemEvents } from './ops-center/events.ts'
import { describeOpsItems } from './ops-center/listing.ts'
import { createOpsItem, deleteOpsItem, getOpsItem, updateOpsItem } from './ops-center/ops-items.ts'
import {
  associateOpsItemRelatedItem,
  disassociateOpsItemRelatedItem,
  listOpsItemRelatedItems,
} from './ops-center/related-items.ts'
import { opsItemEvents, opsItemMonths, opsItems, relatedItems } from './ops-center/state.ts'

/** Systems Manager: OpsCenter and Parameter Store. */
export const ssm = service('ssm', {
  operations: [
    associateOpsItemRelatedItem,
    createOpsItem,
    deleteOpsItem,
    describeOpsItems,
    disassociateOpsItemRelatedItem,
    getOpsItem,
    listOpsItemEvents,
    listOpsItemRelatedItems,
    updateOpsItem,
  ],
  tables: [opsItemEvents, opsItemMonths, opsItems, relatedItems],
})
