import { AssumeRole, type AssumeRoleRequest } from '@cloud-orrery/models/sts'
import type { RequestContext, SourcedPolicy } from '@cloud-orrery/policy'
import type { Caller, Context } from '../context.ts'
import { type Authorization, operation, type ResourceAccess } from '../define.ts'
import { identityArn } from '../shared/identity/arns.ts'
import { sessionCredentials } from '../shared/identity/keys.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { type RoleRecord, roles, type SessionRecord } from '../shared/identity/state.ts'
import {
  accessDenied,
  invalidArn,
  longerThanChainAllows,
  longerThanRoleAllows,
  rootMayNotAssume,
  sourceIdentityStays,
} from './errors.ts'
import { chainedSessionSecondsMax, roleSessionSecondsDefault } from './limits.ts'
import { packedSize, readSessionPolicies } from './session-policies.ts'
import {
  inheritedTags,
  readSessionTags,
  type SessionTags,
  sessionTagContext,
} from './session-tags.ts'
import { keepSession } from './sessions.ts'

export const assumeRole = operation(AssumeRole, {
  authorize: permissionsOf,
  provenance: 'recorded',
  refuses: ['SerialNumber', 'TokenCode', 'ProvidedContexts', 'MinimumSessionTokenSize'],
  run(ctx, input) {
    const { RoleSessionName, SourceIdentity = sourceIdentityOf(ctx.caller) } = input
    const role = roleOf(ctx, input.RoleArn)
    if (role === undefined) throw accessDenied(`${input.RoleArn} does not exist.`)
    const sessionTags = readSessionTags(ctx, input)
    const seconds = sessionSeconds(ctx, role, input.DurationSeconds)
    const roleAccount = ctx.at({ accountId: accountOf(role.arn) })
    const session = openRoleSession(roleAccount, role, {
      sessionName: RoleSessionName,
      seconds,
      sessionTags,
      policies: readSessionPolicies(roleAccount, input),
      sourceIdentity: SourceIdentity,
    })
    const { principal } = session.caller
    return {
      Credentials: credentialsOf(session),
      AssumedRoleUser: {
        AssumedRoleId: `${role.roleId}:${RoleSessionName}`,
        Arn: 'arn' in principal ? principal.arn : '',
      },
      ...packedSize(input, sessionTags.tags),
      ...(SourceIdentity === undefined ? {} : { SourceIdentity }),
    }
  },
})

/** `sts:AssumeRole`, and what tags and a source identity need besides, each judged on the role. */
function permissionsOf(input: AssumeRoleRequest, ctx: Context): readonly Authorization[] {
  const { RoleArn, RoleSessionName, ExternalId, Tags = [], TransitiveTagKeys = [] } = input
  checkArn(RoleArn)
  if (ctx.caller.principal.kind === 'root') throw rootMayNotAssume()
  const own = sourceIdentityOf(ctx.caller)
  if (own !== undefined && input.SourceIdentity !== undefined && input.SourceIdentity !== own) {
    throw sourceIdentityStays()
  }
  const SourceIdentity = own ?? input.SourceIdentity
  const given = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))
  const tags = { ...inheritedTags(ctx), ...given }
  const context: RequestContext = {
    'sts:RoleSessionName': RoleSessionName,
    ...(ExternalId === undefined ? {} : { 'sts:ExternalId': ExternalId }),
    ...(SourceIdentity === undefined ? {} : { 'sts:SourceIdentity': SourceIdentity }),
    ...sessionTagContext(tags, TransitiveTagKeys),
    ...roleTagContext(roleOf(ctx, RoleArn)),
  }
  const permission = (action: string) => ({ action, resource: RoleArn, context })
  return [
    permission('sts:AssumeRole'),
    ...(Object.keys(tags).length === 0 ? [] : [permission('sts:TagSession')]),
    ...(SourceIdentity === undefined ? [] : [permission('sts:SetSourceIdentity')]),
  ]
}

/** Recorded: sts, AssumeRole with malformed ARNs: partition, service and resource must be there. */
function checkArn(arn: string): void {
  const [head, partition, service, , , ...resource] = arn.split(':')
  const complete = head === 'arn' && partition && service && resource.join(':') !== ''
  if (!complete) throw invalidArn(arn)
}

/** The role with this ARN, in whichever account; undefined where there is none. */
export function roleOf(ctx: Context, arn: string): RoleRecord | undefined {
  const parts = identityArn(arn)
  if (parts?.service !== 'iam' || parts.type !== 'role') return undefined
  const role = roles.get(ctx.at({ accountId: parts.accountId }), parts.name.toLowerCase())
  return role?.arn === arn ? role : undefined
}

/** What the policy engine judges besides the caller's own policies: the role's trust policy. */
export function roleAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const parts = identityArn(arn)
  if (parts?.type !== 'role') return undefined
  const { accountId } = parts
  const role = roleOf(ctx, arn)
  if (role === undefined) return { accountId, policyKind: 'trust' }
  return { accountId, policy: role.trustPolicy.document, policyKind: 'trust' }
}

function roleTagContext(role: RoleRecord | undefined): RequestContext {
  return Object.fromEntries(
    Object.entries(role?.tags ?? {}).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`iam:ResourceTag/${key}`, value],
    ]),
  )
}

/** A role session that assumes a role gets an hour at most, whatever the role allows. */
function sessionSeconds(ctx: Context, role: RoleRecord, asked: number | undefined): number {
  const chained = ctx.caller.principal.kind === 'role-session'
  if (asked === undefined) return roleSessionSecondsDefault
  if (chained && asked > chainedSessionSecondsMax) throw longerThanChainAllows()
  if (asked > role.maxSessionDurationSeconds) throw longerThanRoleAllows()
  return asked
}

function sourceIdentityOf({ principal }: Caller): string | undefined {
  return principal.kind === 'role-session' ? principal.sourceIdentity : undefined
}

interface RoleSessionOptions {
  readonly sessionName: string
  readonly seconds: number
  readonly sessionTags: SessionTags
  readonly policies: readonly SourcedPolicy[] | undefined
  readonly sourceIdentity: string | undefined
}

/** Writes a session of a role. `ctx` is of the role's account. */
function openRoleSession(
  ctx: Context,
  role: RoleRecord,
  { sessionName, seconds, sessionTags, policies, sourceIdentity }: RoleSessionOptions,
): SessionRecord {
  const { accountId, partition } = ctx
  const credentials = sessionCredentials(ctx.ids, accountId)
  const { tags, transitive } = sessionTags
  return keepSession(ctx, {
    ...credentials,
    accountId,
    issuedAtMs: thisSecond(ctx),
    expiresAtMs: thisSecond(ctx) + seconds * 1000,
    madeBy: 'AssumeRole',
    ...(transitive.length === 0 ? {} : { transitiveTagKeys: transitive }),
    caller: {
      principal: {
        kind: 'role-session',
        accountId,
        arn: `arn:${partition}:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
        roleArn: role.arn,
        roleId: role.roleId,
        sessionName,
        principalTags: role.tags,
        ...(Object.keys(tags).length === 0 ? {} : { sessionTags: tags }),
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      },
      accessKeyId: credentials.accessKeyId,
      mfaPresent: false,
      tokenIssueTimeMs: thisSecond(ctx),
      ...(policies === undefined ? {} : { sessionPolicies: policies }),
    },
  })
}

/** Credentials as STS answers them; their time is in whole seconds. */
export function credentialsOf(session: SessionRecord) {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.sessionToken,
    Expiration: session.expiresAtMs,
  }
}

function accountOf(arn: string): string {
  return arn.split(':', 5)[4] ?? ''
}
