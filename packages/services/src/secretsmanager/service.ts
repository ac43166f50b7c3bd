import { service } from '../define.ts'
import { resourcePolicyType } from './cloudformation/resource-policy.ts'
import { rotationScheduleType } from './cloudformation/rotation-schedule.ts'
import { secretType } from './cloudformation/secret.ts'
import { targetAttachmentType } from './cloudformation/target-attachment.ts'
import { deleteForGood, deleteSecret, restoreSecret } from './deletion.ts'
import { accessDenied } from './errors.ts'
import { callRates } from './limits.ts'
import { listSecrets } from './listing.ts'
import { getRandomPassword } from './random-password.ts'
import { batchGetSecretValue, getSecretValue } from './reading.ts'
import {
  copyToRegion,
  removeRegionsFromReplication,
  replicateSecretToRegions,
  stopReplicationToReplica,
} from './replicas.ts'
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  resourceAccess,
  validateResourcePolicy,
} from './resource-policies.ts'
import { cancelRotateSecret, rotateSecret } from './rotation.ts'
import { beginRotation } from './rotation-schedule.ts'
import { rotate } from './rotation-steps.ts'
import { createSecret, describeSecret, updateSecret } from './secrets.ts'
import { secrets, versions } from './state.ts'
import { tagResource, untagResource } from './tags.ts'
import { listSecretVersionIds, putSecretValue, updateSecretVersionStage } from './versions.ts'

/** Secrets Manager: values that are kept encrypted, versioned, rotated and replicated. */
export const secretsmanager = service('secretsmanager', {
  operations: [
    batchGetSecretValue,
    cancelRotateSecret,
    createSecret,
    deleteResourcePolicy,
    deleteSecret,
    describeSecret,
    getRandomPassword,
    getResourcePolicy,
    getSecretValue,
    listSecrets,
    listSecretVersionIds,
    putResourcePolicy,
    putSecretValue,
    removeRegionsFromReplication,
    replicateSecretToRegions,
    restoreSecret,
    rotateSecret,
    stopReplicationToReplica,
    tagResource,
    untagResource,
    updateSecret,
    updateSecretVersionStage,
    validateResourcePolicy,
  ],
  tasks: [beginRotation, copyToRegion, deleteForGood, rotate],
  resources: [resourcePolicyType, rotationScheduleType, secretType, targetAttachmentType],
  tables: [secrets, versions],
  resourceAccess,
  *taggedResources(ctx) {
    yield* secrets.scan(ctx)
  },
  errors: { accessDenied },
  rateLimits: callRates,
})
