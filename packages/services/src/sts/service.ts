import { service } from '../define.ts'
import { sessions } from '../shared/identity/state.ts'
import { assumeRole, roleAccess } from './assume-role.ts'
import { getAccessKeyInfo, getCallerIdentity } from './caller-identity.ts'

/** Security Token Service: temporary credentials, and the answer to "who am I". */
export const sts = service('sts', {
  operations: [assumeRole, getCallerIdentity, getAccessKeyInfo],
  tables: [sessions],
  resourceAccess: roleAccess,
  // AWS gives no reason when a role can't be assumed, so as not to tell whether it exists.
  denialWording: () => ({ reason: false }),
})
