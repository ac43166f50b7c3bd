import {
  CreateUserPool,
  DeleteUserPool,
  DescribeUserPool,
  ListUserPools,
  type SmsConfigurationType,
  UpdateUserPool,
  type UserPoolType,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { clients, customizations, domains, providers, resourceServers } from '../clients/state.ts'
import { invalidParameter, limitExceeded } from '../errors.ts'
import { poolsMax } from '../limits.ts'
import { giveMailRole } from '../messages/email.ts'
import { deleteUsersOf } from '../users/deletion.ts'
import { groups, userCounts } from '../users/state.ts'
import { onPool, poolArn, poolOf } from './lookup.ts'
import { schemaOf } from './schema.ts'
import { defined, lastingSettings, lastingSettingsOf, settingsOf } from './settings.ts'
import { type Pool, pools, whereabouts } from './state.ts'

const unbuilt = [
  'DcrConfiguration',
  'KeyConfiguration',
  'IssuerConfiguration',
  'AcrConfiguration',
] as const

export const createUserPool = operation(CreateUserPool, {
  authorize: ({ UserPoolTags = {} }) => ({ resource: '*', context: requestTags(UserPoolTags) }),
  provenance: 'modelled',
  refuses: unbuilt,
  async run(ctx, input) {
    await giveMailRole(ctx, input)
    if (pools.count(ctx) >= poolsMax) throw limitExceeded('Maximum number of user pools reached.')
    const tier = input.UserPoolTier ?? 'ESSENTIALS'
    const settings = { ...settingsOf(input, tier), ...lastingSettingsOf(input) }
    const configuration = input.MfaConfiguration ?? 'OFF'
    const sms = mfaBySms(configuration, input.SmsConfiguration)
    const id = `${ctx.region}_${ctx.ids.alphanumeric(9)}`
    const nowMs = ctx.now()
    const pool = pools.put(ctx, {
      id,
      arn: poolArn(ctx, id),
      name: input.PoolName,
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
      settings,
      ...(input.SmsConfiguration === undefined ? {} : { smsConfiguration: input.SmsConfiguration }),
      schema: schemaOf(input.Schema),
      mfa: { configuration, softwareToken: false, sms },
      tags: { ...input.UserPoolTags },
      keySeed: Array.from({ length: 8 }, () => ctx.random.uint32()),
    })
    whereabouts.put(ctx, { id, accountId: ctx.accountId, region: ctx.region })
    return { UserPool: described(ctx, pool) }
  },
})

/** A pool made with MFA has text messages as its factor. */
function mfaBySms(configuration: string, sms: SmsConfigurationType | undefined): boolean {
  if (configuration !== 'OFF' && sms === undefined) {
    throw invalidParameter(
      'SMS configuration and Auto verification for phone_number are required when MFA is required/optional',
    )
  }
  return configuration !== 'OFF'
}

function requestTags(tags: Readonly<Record<string, string>>): Record<string, string | string[]> {
  const keys = Object.keys(tags)
  if (keys.length === 0) return {}
  return {
    ...Object.fromEntries(keys.map((key) => [`aws:RequestTag/${key}`, tags[key] ?? ''])),
    'aws:TagKeys': keys,
  }
}

export const describeUserPool = operation(DescribeUserPool, {
  authorize: onPool,
  provenance: 'modelled',
  run: (ctx, { UserPoolId }) => ({ UserPool: described(ctx, poolOf(ctx, UserPoolId)) }),
})

export const updateUserPool = operation(UpdateUserPool, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: unbuilt,
  async run(ctx, input) {
    poolOf(ctx, input.UserPoolId)
    await giveMailRole(ctx, input)
    const pool = poolOf(ctx, input.UserPoolId)
    const tier = input.UserPoolTier ?? pool.settings.UserPoolTier ?? 'ESSENTIALS'
    const configuration = input.MfaConfiguration ?? 'OFF'
    const { softwareToken, email } = pool.mfa
    const hasOther = softwareToken || email !== undefined
    const smsConfiguration = input.SmsConfiguration ?? pool.smsConfiguration
    const sms =
      configuration !== 'OFF' && hasOther ? pool.mfa.sms : mfaBySms(configuration, smsConfiguration)
    pools.put(ctx, {
      ...pool,
      name: input.PoolName ?? pool.name,
      settings: { ...settingsOf(input, tier), ...lastingSettings(pool) },
      ...(smsConfiguration === undefined ? {} : { smsConfiguration }),
      mfa: { ...pool.mfa, configuration, sms },
      ...(input.UserPoolTags === undefined ? {} : { tags: { ...input.UserPoolTags } }),
      modifiedAtMs: ctx.now(),
    })
    return {}
  },
})

export const deleteUserPool = operation(DeleteUserPool, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId }) {
    const pool = poolOf(ctx, UserPoolId)
    if (pool.settings.DeletionProtection === 'ACTIVE') {
      throw invalidParameter(
        'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
      )
    }
    if (domains.first(ctx, 'pool', UserPoolId) !== undefined) {
      throw invalidParameter(
        'User pool cannot be deleted. It has a domain configured that should be deleted first.',
      )
    }
    for (const { id } of [...clients.where(ctx, 'pool', UserPoolId)]) {
      clients.delete(ctx, id)
      whereabouts.delete(ctx, id)
    }
    for (const part of [groups, resourceServers, providers, customizations] as const) {
      deleteAll(ctx, part, UserPoolId)
    }
    deleteUsersOf(ctx, UserPoolId)
    pools.delete(ctx, UserPoolId)
    whereabouts.delete(ctx, UserPoolId)
    return {}
  },
})

type Part = typeof groups | typeof resourceServers | typeof providers | typeof customizations

function deleteAll(ctx: Context, part: Part, poolId: string): void {
  const keys: string[] = []
  // The four tables have keys that begin with their pool.
  for (const record of part.scan(ctx, { prefix: `${poolId}\u0000` })) {
    keys.push(part.options.key(record as never))
  }
  for (const key of keys) part.delete(ctx, key)
}

export const listUserPools = operation(ListUserPools, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { MaxResults, NextToken }) {
    const { items, nextToken } = pageOf({
      list: (start) => pools.scan(ctx, start),
      positionOf: ({ id }) => id,
      itemsMax: MaxResults,
      token: NextToken,
      request: 'ListUserPools',
      refused: () => invalidParameter('Invalid NextToken.'),
    })
    const UserPools = items.map(({ id, name, settings, createdAtMs, modifiedAtMs }) => ({
      Id: id,
      Name: name,
      LambdaConfig: settings.LambdaConfig ?? {},
      CreationDate: createdAtMs,
      LastModifiedDate: modifiedAtMs,
    }))
    return { UserPools, ...(nextToken === undefined ? {} : { NextToken: nextToken }) }
  },
})

/** A pool as DescribeUserPool shows it. */
function described(ctx: Context, pool: Pool): UserPoolType {
  const own = [...domains.where(ctx, 'pool', pool.id)]
  return defined({
    Id: pool.id,
    Name: pool.name,
    ...pool.settings,
    CreationDate: pool.createdAtMs,
    LastModifiedDate: pool.modifiedAtMs,
    SchemaAttributes: pool.schema,
    MfaConfiguration: pool.mfa.configuration,
    SmsConfiguration: pool.smsConfiguration,
    EstimatedNumberOfUsers: userCounts.get(ctx, pool.id)?.count ?? 0,
    UserPoolTags: pool.tags,
    Domain: own.find(({ certificateArn }) => certificateArn === undefined)?.domain,
    CustomDomain: own.find(({ certificateArn }) => certificateArn !== undefined)?.domain,
    Arn: pool.arn,
  })
}
