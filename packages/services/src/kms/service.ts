import { service } from '../define.ts'
import { resourceAccess } from './access.ts'
import { createAlias, deleteAlias, listAliases, updateAlias } from './aliases.ts'
import { aliasType } from './cloudformation/alias.ts'
import { keyType } from './cloudformation/key.ts'
import { replicaKeyType } from './cloudformation/replica-key.ts'
import { generateDataKey, generateDataKeyWithoutPlaintext, generateRandom } from './data-keys.ts'
import { decrypt, encrypt, reEncrypt } from './encryption.ts'
import { accessDenied, invalidInput } from './errors.ts'
import { createGrant, listGrants, listRetirableGrants, retireGrant, revokeGrant } from './grants.ts'
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from './key-policies.ts'
import {
  cancelKeyDeletion,
  deleteKey,
  disableKey,
  enableKey,
  scheduleKeyDeletion,
} from './key-states.ts'
import { createKey, describeKey, listKeys, updateKeyDescription } from './keys.ts'
import { callRates } from './limits.ts'
import { generateMac, verifyMac } from './macs.ts'
import {
  disableKeyRotation,
  enableKeyRotation,
  getKeyRotationStatus,
  listKeyRotations,
  rotateKeyOnDemand,
} from './rotation.ts'
import { finishRotation, rotate } from './rotation-schedule.ts'
import { aliases, grants, keys, materials } from './state.ts'
import { listResourceTags, tagResource, untagResource } from './tags.ts'
import { unfitOperations } from './unfit-operations.ts'

/** Key Management Service: keys that encrypt and authenticate, and who may use them. */
export const kms = service('kms', {
  operations: [
    cancelKeyDeletion,
    createAlias,
    createGrant,
    createKey,
    decrypt,
    deleteAlias,
    describeKey,
    disableKey,
    disableKeyRotation,
    enableKey,
    enableKeyRotation,
    encrypt,
    generateDataKey,
    generateDataKeyWithoutPlaintext,
    generateMac,
    generateRandom,
    getKeyPolicy,
    getKeyRotationStatus,
    listAliases,
    listGrants,
    listKeyPolicies,
    listKeyRotations,
    listKeys,
    listResourceTags,
    listRetirableGrants,
    putKeyPolicy,
    reEncrypt,
    retireGrant,
    revokeGrant,
    rotateKeyOnDemand,
    scheduleKeyDeletion,
    tagResource,
    untagResource,
    updateAlias,
    updateKeyDescription,
    verifyMac,
    ...unfitOperations,
  ],
  tasks: [deleteKey, finishRotation, rotate],
  resources: [aliasType, keyType, replicaKeyType],
  tables: [aliases, grants, keys, materials],
  resourceAccess,
  *taggedResources(ctx) {
    for (const key of keys.scan(ctx)) if (key.manager === 'CUSTOMER') yield key
  },
  errors: { accessDenied, invalidInput },
  rateLimits: callRates,
})
