import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '@cloud-orrery/models'
import {
  AddCustomAttributes,
  AwsCognitoUserPool,
  type AwsCognitoUserPoolProperties,
  CreateUserPool,
  type CreateUserPoolRequest,
  DeleteUserPool,
  DescribeUserPool,
  ResourceNotFoundException,
  SetUserPoolMfaConfig,
  UpdateUserPool,
  type UserPoolType,
} from '@cloud-orrery/models/cognitoidp'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidParameter } from '../errors.ts'
import { defined } from '../pools/settings.ts'
import { issuerOf } from '../pools/state.ts'

type Properties = AwsCognitoUserPoolProperties

const unbuilt = [
  'WebAuthnRelyingPartyID',
  'WebAuthnUserVerification',
  'WebAuthnFactorConfiguration',
] as const

export const userPoolType = resource(AwsCognitoUserPool, {
  async create(ctx, properties) {
    checkBuilt(properties)
    const { UserPoolName, Schema, AliasAttributes } = properties
    const { UsernameAttributes, UsernameConfiguration } = properties
    const PoolName = UserPoolName ?? ctx.physicalName({ lengthMax: 128 })
    const { UserPool } = await ctx.call(CreateUserPool, {
      ...{ ...settings(ctx, properties), PoolName, AliasAttributes, UsernameAttributes },
      // The two types have the same members; the schema's are all optional.
      UsernameConfiguration:
        UsernameConfiguration as CreateUserPoolRequest['UsernameConfiguration'],
      Schema,
    })
    const { Id = '', Arn = '' } = UserPool ?? {}
    const state = { UserPoolId: Id, Arn, ...namesOf(Id) }
    ctx.made(state)
    await setFactors(ctx, Id, properties)
    return state
  },
  async update(ctx, properties, previous, { UserPoolId, Arn }) {
    checkBuilt(properties)
    const pool = await described(ctx, UserPoolId)
    checkKept(properties, previous, pool)
    const { UserPoolName: PoolName } = properties
    await ctx.call(UpdateUserPool, {
      ...settings(ctx, properties),
      UserPoolId,
      ...(PoolName === undefined ? {} : { PoolName }),
    })
    await setFactors(ctx, UserPoolId, properties)
    const known = new Set((pool?.SchemaAttributes ?? []).map(({ Name }) => Name))
    const CustomAttributes = (properties.Schema ?? []).filter(
      ({ Name = '' }) => !known.has(Name) && !known.has(`custom:${Name}`),
    )
    if (CustomAttributes.length > 0) {
      await ctx.call(AddCustomAttributes, { UserPoolId, CustomAttributes })
    }
    return { UserPoolId, Arn, ...namesOf(UserPoolId) }
  },
  async delete(ctx, { UserPoolId }) {
    if ((await described(ctx, UserPoolId)) === undefined) return
    await ctx.call(DeleteUserPool, { UserPoolId })
  },
  async read(ctx, { UserPoolId }) {
    const pool = await described(ctx, UserPoolId)
    if (pool === undefined) return undefined
    const { Name, MfaConfiguration, Policies, LambdaConfig, AutoVerifiedAttributes } = pool
    return defined({
      ...{ UserPoolName: Name, MfaConfiguration, LambdaConfig, AutoVerifiedAttributes },
      Policies,
      DeletionProtection: pool.DeletionProtection,
    })
  },
  async adopt(ctx, { UserPoolId = '' }) {
    const pool = await described(ctx, UserPoolId)
    return pool === undefined
      ? undefined
      : { UserPoolId, Arn: pool.Arn ?? '', ...namesOf(UserPoolId) }
  },
})

const namesOf = (id: string) => ({
  ProviderName: issuerOf(id).replace('https://', ''),
  ProviderURL: issuerOf(id),
})

function checkBuilt(properties: Properties): void {
  const name = unbuilt.find((one) => properties[one] !== undefined)
  if (name !== undefined) throw notModelled(`the property ${name} of AWS::Cognito::UserPool`)
}

const kept = ['AliasAttributes', 'UsernameAttributes'] as const

/**
 * What no call changes, and the schema does not replace the pool for. Judged by the pool as it is: a rollback finds there
 * what it goes back to. Source: user reports of both refusals.
 */
function checkKept(now: Properties, before: Properties, pool: UserPoolType | undefined): void {
  const changed = kept.find((name) => !isDeepStrictEqual(now[name] ?? [], pool?.[name] ?? []))
  if (changed !== undefined) {
    throw invalidParameter(`Updates are not allowed for property - ${changed}.`)
  }
  const refused = () =>
    invalidParameter('Existing schema attributes cannot be modified or deleted.')
  const own = new Map((pool?.SchemaAttributes ?? []).map((one) => [one.Name, one]))
  for (const { Name = '', AttributeDataType, Mutable = true } of now.Schema ?? []) {
    const known = own.get(Name) ?? own.get(`custom:${Name}`)
    if (known === undefined) continue
    const isSame = (AttributeDataType ?? known.AttributeDataType) === known.AttributeDataType
    if (!isSame || Mutable !== (known.Mutable ?? true)) throw refused()
  }
  const named = new Set((now.Schema ?? []).map(({ Name }) => Name))
  for (const { Name = '' } of before.Schema ?? []) {
    if (own.has(`custom:${Name}`) && !named.has(Name)) throw refused()
  }
}

/** What both CreateUserPool and UpdateUserPool take. MFA follows by a call of its own where factors are named. */
function settings(ctx: ResourceContext, properties: Properties) {
  const { UserPoolTags = {}, EnabledMfas, MfaConfiguration } = properties
  const stackTags = Object.fromEntries(
    Object.entries(ctx.stackTags).filter(([key]) => !key.startsWith('aws:')),
  )
  // The schema's members are those of the API, all of them optional; the API judges what is missing.
  const given = properties as unknown as Omit<CreateUserPoolRequest, 'PoolName'>
  return defined({
    Policies: given.Policies,
    DeletionProtection: given.DeletionProtection,
    LambdaConfig: given.LambdaConfig,
    AutoVerifiedAttributes: given.AutoVerifiedAttributes,
    SmsVerificationMessage: given.SmsVerificationMessage,
    EmailVerificationMessage: given.EmailVerificationMessage,
    EmailVerificationSubject: given.EmailVerificationSubject,
    VerificationMessageTemplate: given.VerificationMessageTemplate,
    SmsAuthenticationMessage: given.SmsAuthenticationMessage,
    UserAttributeUpdateSettings: given.UserAttributeUpdateSettings,
    DeviceConfiguration: given.DeviceConfiguration,
    EmailConfiguration: given.EmailConfiguration,
    SmsConfiguration: given.SmsConfiguration,
    AdminCreateUserConfig: given.AdminCreateUserConfig,
    UserPoolAddOns: given.UserPoolAddOns,
    AccountRecoverySetting: given.AccountRecoverySetting,
    UserPoolTier: given.UserPoolTier,
    KeyConfiguration: given.KeyConfiguration,
    IssuerConfiguration: given.IssuerConfiguration,
    UserPoolTags: { ...stackTags, ...UserPoolTags },
    ...(EnabledMfas === undefined ? defined({ MfaConfiguration }) : {}),
  })
}

async function setFactors(
  ctx: ResourceContext,
  UserPoolId: string,
  properties: Properties,
): Promise<void> {
  const { EnabledMfas, MfaConfiguration = 'OFF', SmsConfiguration } = properties
  if (EnabledMfas === undefined) return
  const { EmailAuthenticationMessage, EmailAuthenticationSubject } = properties
  await ctx.call(SetUserPoolMfaConfig, {
    UserPoolId,
    MfaConfiguration,
    SoftwareTokenMfaConfiguration: { Enabled: EnabledMfas.includes('SOFTWARE_TOKEN_MFA') },
    ...(EnabledMfas.includes('SMS_MFA')
      ? {
          SmsMfaConfiguration: defined({
            SmsAuthenticationMessage: properties.SmsAuthenticationMessage,
            SmsConfiguration,
          }),
        }
      : {}),
    ...(EnabledMfas.includes('EMAIL_OTP')
      ? {
          EmailMfaConfiguration: defined({
            Message: EmailAuthenticationMessage,
            Subject: EmailAuthenticationSubject,
          }),
        }
      : {}),
  })
}

async function described(
  ctx: ResourceContext,
  UserPoolId: string,
): Promise<UserPoolType | undefined> {
  try {
    return (await ctx.call(DescribeUserPool, { UserPoolId })).UserPool
  } catch (error) {
    if (error instanceof AwsError && error.code === ResourceNotFoundException.code) return undefined
    throw error
  }
}
