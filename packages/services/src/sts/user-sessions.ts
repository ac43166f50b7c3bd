import { GetFederationToken, GetSessionToken } from '@cloud-orrery/models/sts'
import type { Principal, RootPrincipal, SourcedPolicy, UserPrincipal } from '@cloud-orrery/policy'
import type { Caller, Context } from '../context.ts'
import { operation } from '../define.ts'
import { sessionCredentials } from '../shared/identity/keys.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { type SessionRecord, sessions } from '../shared/identity/state.ts'
import { credentialsOf } from './assume-role.ts'
import { notWithService, notWithSession } from './errors.ts'
import { rootSessionSecondsMax, userSessionSecondsDefault } from './limits.ts'
import { packedSize, readSessionPolicies } from './session-policies.ts'
import { readSessionTags, sessionTagContext } from './session-tags.ts'
import { keepSession } from './sessions.ts'

/** A session of the user itself, with all that it may do but IAM and most of STS. */
export const getSessionToken = operation(GetSessionToken, {
  authorize: (_input, ctx) => {
    longTermCaller(ctx, 'GetSessionToken')
    return { none: 'AWS asks for no permission: a user may always have a session of its own' }
  },
  provenance: 'modelled',
  refuses: ['SerialNumber', 'TokenCode', 'MinimumSessionTokenSize'],
  run(ctx, { DurationSeconds }) {
    const principal = longTermCaller(ctx, 'GetSessionToken')
    const session = openSession(ctx, 'GetSessionToken', principal, principal, DurationSeconds)
    return { Credentials: credentialsOf(session) }
  },
})

/** A session for someone whom the user vouches for: what both the user and the given policies allow. */
export const getFederationToken = operation(GetFederationToken, {
  authorize: ({ Name, Tags = [] }, ctx) => {
    longTermCaller(ctx, 'GetFederationToken')
    const given = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))
    const resource = federatedArn(ctx, Name)
    const context = sessionTagContext(given, [])
    return [
      { resource, context },
      ...(Tags.length === 0 ? [] : [{ action: 'sts:TagSession', resource, context }]),
    ]
  },
  provenance: 'modelled',
  refuses: ['MinimumSessionTokenSize'],
  run(ctx, input) {
    const { Name, DurationSeconds } = input
    const issuer = longTermCaller(ctx, 'GetFederationToken')
    const { tags } = readSessionTags(ctx, { Tags: input.Tags })
    const principal: Principal = {
      kind: 'federated-user',
      accountId: ctx.accountId,
      arn: federatedArn(ctx, Name),
      name: Name,
      issuerArn: issuer.arn,
      ...(issuer.kind === 'user'
        ? { issuerUserId: issuer.userId, principalTags: issuer.tags ?? {} }
        : {}),
      ...(Object.keys(tags).length === 0 ? {} : { sessionTags: tags }),
    }
    const policies = readSessionPolicies(ctx, input)
    const session = openSession(
      ctx,
      'GetFederationToken',
      issuer,
      principal,
      DurationSeconds,
      policies,
    )
    return {
      Credentials: credentialsOf(session),
      FederatedUser: {
        FederatedUserId: `${ctx.accountId}:${Name}`,
        Arn: principal.arn,
      },
      ...packedSize(input, tags),
    }
  },
})

/** The user or root who calls with a key of its own; sessions can't make further ones of these kinds. */
function longTermCaller(ctx: Context, operationName: string): UserPrincipal | RootPrincipal {
  const { principal, accessKeyId } = ctx.caller
  if (accessKeyId !== undefined && sessions.has(ctx, accessKeyId)) {
    throw notWithSession(operationName)
  }
  if (principal.kind !== 'user' && principal.kind !== 'root') throw notWithService(operationName)
  return principal
}

/** Root's sessions are cut to an hour. Source: STS API reference, GetSessionToken, `DurationSeconds`. */
function openSession(
  ctx: Context,
  madeBy: 'GetSessionToken' | 'GetFederationToken',
  issuer: UserPrincipal | RootPrincipal,
  principal: Principal,
  asked = userSessionSecondsDefault,
  policies?: readonly SourcedPolicy[],
): SessionRecord {
  const seconds = issuer.kind === 'root' ? Math.min(asked, rootSessionSecondsMax) : asked
  const credentials = sessionCredentials(ctx.ids, ctx.accountId)
  const caller: Caller = {
    principal,
    accessKeyId: credentials.accessKeyId,
    mfaPresent: false,
    tokenIssueTimeMs: thisSecond(ctx),
    ...(policies === undefined ? {} : { sessionPolicies: policies }),
  }
  return keepSession(ctx, {
    ...credentials,
    accountId: ctx.accountId,
    issuedAtMs: thisSecond(ctx),
    expiresAtMs: thisSecond(ctx) + seconds * 1000,
    madeBy,
    caller,
  })
}

function federatedArn({ partition, accountId }: Context, name: string): string {
  return `arn:${partition}:sts::${accountId}:federated-user/${name}`
}
