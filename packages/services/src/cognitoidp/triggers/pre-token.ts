import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import { lambdaUnreadable } from '../errors.ts'
import type { GroupClaims } from '../groups/of-user.ts'
import type { Pool } from '../pools/state.ts'
import type { Claims } from '../tokens/jwt.ts'
import { triggerAttributes } from '../users/lookup.ts'
import type { User } from '../users/state.ts'
import { asObject, callTrigger } from './invoke.ts'

/** Why tokens are issued: the second half of the trigger's source. */
export type TokenGeneration =
  | 'HostedAuth'
  | 'Authentication'
  | 'NewPasswordChallenge'
  | 'AuthenticateDevice'
  | 'RefreshTokens'
  | 'ClientCredentials'

/** What the trigger changes in one token. */
export interface TokenChanges {
  readonly add: Claims
  readonly suppress: readonly string[]
}

export interface PreToken {
  readonly id: TokenChanges
  readonly access: TokenChanges
  readonly scopesToAdd: readonly string[]
  readonly scopesToSuppress: readonly string[]
  /** Instead of what the user's groups say. */
  readonly groups?: GroupClaims
}

const nothing: TokenChanges = { add: {}, suppress: [] }

const unchanged: PreToken = { id: nothing, access: nothing, scopesToAdd: [], scopesToSuppress: [] }

export interface TokenRequest {
  readonly generation: TokenGeneration
  readonly client: Client
  /** Absent: client credentials. */
  readonly user?: User
  readonly groups: GroupClaims
  readonly scopes: readonly string[]
  readonly clientMetadata?: Readonly<Record<string, string>> | undefined
}

/** Asks the pre token generation trigger, in the version that the pool has chosen. */
export async function preTokenGeneration(
  ctx: Context,
  pool: Pool,
  { generation, client, user, groups, scopes, clientMetadata }: TokenRequest,
): Promise<PreToken> {
  const config = pool.settings.LambdaConfig?.PreTokenGenerationConfig
  if (config === undefined) return unchanged
  const version = config.LambdaVersion.slice(1, 2)
  // Machines have tokens of the third version alone.
  if (user === undefined && version !== '3') return unchanged
  const member = version === '1' ? 'claimsOverrideDetails' : 'claimsAndScopeOverrideDetails'
  const { preferredRole = null } = groups
  const response = await callTrigger(ctx, pool, {
    name: 'PreTokenGeneration',
    source: `TokenGeneration_${generation}`,
    clientId: client.id,
    username: user?.username ?? null,
    version,
    request: {
      userAttributes: user === undefined ? {} : triggerAttributes(user),
      groupConfiguration: {
        groupsToOverride: groups.groups,
        iamRolesToOverride: groups.roles,
        preferredRole,
      },
      ...(clientMetadata === undefined ? {} : { clientMetadata }),
      ...(version === '1' ? {} : { scopes }),
    },
    response: { [member]: null },
  })
  const details = response?.[member]
  if (details === undefined || details === null) return unchanged
  const object = asObject(details)
  if (object === undefined) throw lambdaUnreadable()
  return version === '1' ? firstVersion(object) : laterVersion(object)
}

type Json = Readonly<Record<string, unknown>>

/** Source: "Pre token generation Lambda trigger", version one: the ID token alone, and text alone. */
function firstVersion(details: Json): PreToken {
  const { add, suppress } = changesOf(details)
  const texts = Object.entries(add).filter(([, value]) => value !== null)
  if (texts.some(([, value]) => typeof value === 'object')) throw lambdaUnreadable()
  return {
    ...unchanged,
    id: {
      add: Object.fromEntries(texts.map(([name, value]) => [name, String(value)])),
      suppress,
    },
    ...groupsOf(details),
  }
}

function laterVersion(details: Json): PreToken {
  const access = asObject(details['accessTokenGeneration']) ?? {}
  return {
    id: changesOf(asObject(details['idTokenGeneration']) ?? {}),
    access: changesOf(access),
    scopesToAdd: texts(access['scopesToAdd']),
    scopesToSuppress: texts(access['scopesToSuppress']),
    ...groupsOf(details),
  }
}

function changesOf(details: Json): TokenChanges {
  const add = details['claimsToAddOrOverride'] ?? {}
  const claims = asObject(add)
  if (claims === undefined) throw lambdaUnreadable()
  return { add: claims, suppress: texts(details['claimsToSuppress']) }
}

function groupsOf(details: Json): { groups?: GroupClaims } {
  const override = asObject(details['groupOverrideDetails'])
  if (override === undefined) return {}
  const { preferredRole } = override
  return {
    groups: {
      groups: texts(override['groupsToOverride']),
      roles: texts(override['iamRolesToOverride']),
      ...(typeof preferredRole === 'string' ? { preferredRole } : {}),
    },
  }
}

function texts(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw lambdaUnreadable()
  return value.map(String)
}
