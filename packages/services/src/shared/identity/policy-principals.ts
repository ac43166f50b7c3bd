import type { PolicyDocument, PrincipalElement, Statement } from '@cloud-orrery/policy'
import type { Context } from '../../context.ts'
import { identityArn } from './arns.ts'
import { roles, type TrustPolicy, users } from './state.ts'

/**
 * A policy's document with the unique ids of the users and roles that it names in the places of their ARNs, so that
 * one that is made anew under the name of another is not taken for it; and which ARN was which id.
 * `idOf` throws for a principal that cannot be one.
 */
export function tiedPolicy(
  { text, document }: { readonly text: string; readonly document: PolicyDocument },
  idOf: (name: string) => string,
): TrustPolicy {
  const principals: Record<string, string> = {}
  const tied = (written: PrincipalElement | undefined): PrincipalElement | undefined => {
    if (written === undefined || written === '*' || written.AWS === undefined) return written
    const AWS = [written.AWS].flat().map((name) => {
      const id = idOf(name)
      if (id !== name) principals[name] = id
      return id
    })
    return { ...written, AWS }
  }
  const Statement = [document.Statement].flat().map((statement: Statement): Statement => {
    const [Principal, NotPrincipal] = [tied(statement.Principal), tied(statement.NotPrincipal)]
    return {
      ...statement,
      ...(Principal === undefined ? {} : { Principal }),
      ...(NotPrincipal === undefined ? {} : { NotPrincipal }),
    }
  })
  return { text, document: { ...document, Statement }, principals }
}

const uniqueId = /^A[A-Z0-9]{15,127}$/

/**
 * The unique id behind a user's or role's ARN; other principals are what they are. Undefined: no such entity.
 * Deviation: AWS refuses accounts that do not exist; here every twelve digits are taken for an account.
 */
export function principalId(ctx: Context, name: string): string | undefined {
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

/** The policy as it is shown: an entity that is gone, or was made anew, stands there by its old id. */
export function tiedPolicyText(ctx: Context, policy: TrustPolicy): string {
  let { text } = policy
  for (const [arn, id] of Object.entries(policy.principals ?? {})) {
    if (principalId(ctx, arn) !== id) {
      text = text.replaceAll(JSON.stringify(arn), JSON.stringify(id))
    }
  }
  return text
}
