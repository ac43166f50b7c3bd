import { GetAccessKeyInfo, GetCallerIdentity } from '@cloud-orrery/models/sts'
import type { Principal } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { accountOfAccessKey } from '../shared/identity/keys.ts'
import { accessKeys } from '../shared/identity/state.ts'
import { accessDenied, validationError } from './errors.ts'

export const getCallerIdentity = operation(GetCallerIdentity, {
  authorize: () => ({
    none: 'AWS answers it to everyone who can sign, even under an explicit deny',
  }),
  provenance: 'modelled',
  run(ctx) {
    const { principal } = ctx.caller
    if (!('accountId' in principal)) throw accessDenied('The caller has no identity in an account.')
    return { UserId: userIdOf(principal), Account: principal.accountId, Arn: principal.arn }
  },
})

/** `aws:userid` of a caller. Source: STS API reference, GetCallerIdentity, `UserId`. */
function userIdOf(principal: Extract<Principal, { accountId: string }>): string {
  switch (principal.kind) {
    case 'root':
      return principal.accountId
    case 'user':
      return principal.userId
    case 'role-session':
      return `${principal.roleId}:${principal.sessionName}`
    case 'federated-user':
      return `${principal.accountId}:${principal.name}`
  }
}

export const getAccessKeyInfo = operation(GetAccessKeyInfo, {
  authorize: () => ({ resource: '*' }),
  provenance: 'modelled',
  run: (ctx, { AccessKeyId }) => ({ Account: accountBehind(ctx, AccessKeyId) }),
})

/** The account is read from the key's own characters: the key may be of any account, or deleted. */
function accountBehind(ctx: Context, id: string): string {
  const account = accessKeys.get(ctx, id)?.accountId ?? accountOfAccessKey(id)
  if (account === undefined) throw validationError(`Invalid Access Key: ${id}`)
  return account
}
