import { type OperationHandler, service } from '../define.ts'
import { sessions } from '../shared/identity/state.ts'
import { assumeRole, roleAccess } from './assume-role.ts'
import { getAccessKeyInfo, getCallerIdentity } from './caller-identity.ts'
import { limitingSessions } from './session-limits.ts'
import { getFederationToken, getSessionToken } from './user-sessions.ts'

const operations: readonly OperationHandler[] = [
  assumeRole,
  getCallerIdentity,
  getAccessKeyInfo,
  getSessionToken,
  getFederationToken,
]

/** Security Token Service: temporary credentials, and the answer to "who am I". */
export const sts = service('sts', {
  operations: operations.map(limitingSessions),
  tables: [sessions],
  resourceAccess: roleAccess,
  // AWS does not say which allow is missing, so as not to tell whether a role exists; it does name a deny.
  denialWording: () => ({ reason: 'denies' }),
})
