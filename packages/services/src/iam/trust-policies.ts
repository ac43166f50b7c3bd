import type { PrincipalElement, Statement } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { identityArn } from '../shared/identity/arns.ts'
import { type RoleRecord, roles, type TrustPolicy, users } from '../shared/identity/state.ts'
import { malformedPolicy, quotaExceeded } from './errors.ts'
import { trustPolicyCharactersMax } from './limits.ts'
import { policyCharacters, readPolicy } from './policy-documents.ts'

/** Reads a role's trust policy and ties it to the entities that it names. */
export function readTrustPolicy(ctx: Context, text: string): TrustPolicy {
  const { document } = readPolicy(text, 'trust')
  if (policyCharacters(text) > trustPolicyCharactersMax) {
    throw quotaExceeded('ACLSizePerRole', trustPolicyCharactersMax)
  }
  const principals: Record<string, string> = {}
  const statements = [document.Statement].flat().map((statement) => ({
    ...statement,
    ...tied(ctx, 'Principal', statement.Principal, principals),
    ...tied(ctx, 'NotPrincipal', statement.NotPrincipal, principals),
  }))
  return { text, document: { ...document, Statement: statements }, principals }
}

function tied(
  ctx: Context,
  element: 'Principal' | 'NotPrincipal',
  written: PrincipalElement | undefined,
  principals: Record<string, string>,
): Partial<Statement> {
  if (written === undefined || written === '*' || written.AWS === undefined) return {}
  const AWS = [written.AWS].flat().map((name) => {
    const id = principalId(ctx, name)
    if (id === undefined) throw malformedPolicy(`Invalid principal in policy: "AWS":"${name}"`)
    if (id !== name) principals[name] = id
    return id
  })
  return { [element]: { ...written, AWS } }
}

const uniqueId = /^A[A-Z0-9]{15,127}$/

/**
 * The unique id behind a user's or role's ARN; other principals are what they are. Undefined: no such entity.
 * Deviation: AWS refuses accounts that do not exist; here every twelve digits are taken for an account.
 */
function principalId(ctx: Context, name: string): string | undefined {
  if (uniqueId.test(name)) return idExists(ctx, name) ? name : undefined
  const arn = identityArn(name)
  if (arn === undefined) return name // An account's number, or everyone.
  const scope = ctx.at({ accountId: arn.accountId })
  switch (`${arn.service}:${arn.type}`) {
    case 'iam:root':
      return name
    case 'iam:user': {
      const user = users.get(scope, arn.name.toLowerCase())
      return user?.arn === name ? user.userId : undefined
    }
    case 'iam:role': {
      const role = roles.get(scope, arn.name.toLowerCase())
      return role?.arn === name ? role.roleId : undefined
    }
    case 'sts:assumed-role':
      return roles.has(scope, (arn.rest.split('/')[0] ?? '').toLowerCase()) ? name : undefined
    case 'sts:federated-user':
      return name
    default:
      return undefined
  }
}

function idExists(ctx: Context, id: string): boolean {
  const inAccount = (accountId: string) => ctx.at({ accountId })
  return (
    users.scopes(ctx).some(({ accountId }) => users.first(inAccount(accountId), 'userId', id)) ||
    roles.scopes(ctx).some(({ accountId }) => roles.first(inAccount(accountId), 'roleId', id))
  )
}

/** The trust policy as IAM shows it: an entity that is gone, or was made anew, stands there by its old id. */
export function trustPolicyText(ctx: Context, { trustPolicy }: RoleRecord): string {
  let { text } = trustPolicy
  for (const [arn, id] of Object.entries(trustPolicy.principals ?? {})) {
    if (principalId(ctx, arn) !== id) {
      text = text.replaceAll(JSON.stringify(arn), JSON.stringify(id))
    }
  }
  return text
}
