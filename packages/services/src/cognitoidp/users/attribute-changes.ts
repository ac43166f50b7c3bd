import {
  AdminDeleteUserAttributes,
  AdminUpdateUserAttributes,
  type AttributeType,
  type CodeDeliveryDetailsType,
  DeleteUserAttributes,
  GetUserAttributeVerificationCode,
  UpdateUserAttributes,
  VerifyUserAttribute,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import type { Client } from '../clients/state.ts'
import { aliasExists, codeNotDelivered, invalidParameter, notAuthorized } from '../errors.ts'
import { deliverCode, forgetCode } from '../messages/deliver.ts'
import { byAnyone, onPool, poolOf, scopeOfToken } from '../pools/lookup.ts'
import type { Pool } from '../pools/state.ts'
import { verifyAccessToken } from '../tokens/verify.ts'
import { checkAlias } from './aliases.ts'
import { changedAttributes, checkAttributes, checkWritable } from './attributes.ts'
import { checkCode } from './codes.ts'
import { changeUser } from './creation.ts'
import { ownerOfAlias, userOf, userWhere, userWithKey } from './lookup.ts'
import type { User } from './state.ts'

type Texts = Readonly<Record<string, string>>

export const updateUserAttributes = operation(UpdateUserAttributes, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  async run(ctx, { AccessToken, UserAttributes, ClientMetadata }) {
    const { pool, user, client } = verifyAccessToken(ctx, AccessToken)
    checkWritable(
      client,
      UserAttributes.map(({ Name }) => Name),
    )
    const CodeDeliveryDetailsList = await change(ctx, pool, user, UserAttributes, {
      client,
      clientMetadata: ClientMetadata,
    })
    return { CodeDeliveryDetailsList }
  },
})

export const adminUpdateUserAttributes = operation(AdminUpdateUserAttributes, {
  authorize: onPool,
  provenance: 'modelled',
  async run(ctx, { UserPoolId, Username, UserAttributes, ClientMetadata }) {
    const pool = poolOf(ctx, UserPoolId)
    const user = userOf(ctx, pool, Username)
    await change(ctx, pool, user, UserAttributes, { clientMetadata: ClientMetadata })
    return {}
  },
})

/** Changes attributes and asks for what is new to be verified. */
async function change(
  ctx: Context,
  pool: Pool,
  user: User,
  given: readonly AttributeType[],
  asked: { readonly client?: Client; readonly clientMetadata?: Texts | undefined },
): Promise<CodeDeliveryDetailsType[]> {
  const changes = checkAttributes(pool, given, user)
  checkTaken(ctx, pool, user, changes)
  const later = awaiting(pool, user, changes)
  const now = Object.fromEntries(Object.entries(changes).filter(([name]) => !(name in later)))
  const changed = changeUser(ctx, user, {
    attributes: changedAttributes(user.attributes, now),
    ...(Object.keys(later).length === 0
      ? {}
      : { pendingAttributes: { ...user.pendingAttributes, ...later } }),
  })
  const sent: CodeDeliveryDetailsType[] = []
  for (const name of pool.settings.AutoVerifiedAttributes ?? []) {
    const value = changes[name]
    const isVerified = changes[`${name}_verified`] === 'true'
    if (value === undefined || value === '' || value === user.attributes[name] || isVerified)
      continue
    const details = await deliverCode(ctx, pool, {
      ...{ user: changed, purpose: `attribute:${name}` as const, attribute: name, address: value },
      ...{ kind: 'UpdateUserAttribute' as const },
      ...asked,
    })
    if (details !== undefined) sent.push(details)
  }
  return sent
}

/** Values that stay as they are until the new ones are verified. Source: `UserAttributeUpdateSettings`. */
function awaiting({ settings }: Pool, user: User, changes: Texts): Record<string, string> {
  const names =
    settings.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? []
  const later: Record<string, string> = {}
  for (const name of names) {
    const value = changes[name]
    const isVerified = changes[`${name}_verified`] === 'true'
    const isNew = value !== undefined && value !== '' && value !== user.attributes[name]
    if (isNew && !isVerified && user.attributes[name] !== undefined) later[name] = value
  }
  return later
}

/** Names that people sign in with are one user's alone. */
function checkTaken(ctx: Context, pool: Pool, user: User, changes: Texts): void {
  const { UsernameAttributes = [], AliasAttributes = [] } = pool.settings
  for (const [name, value] of Object.entries(changes)) {
    if (value === '' || value === user.attributes[name]) continue
    const isName = UsernameAttributes.includes(name)
    const isAlias = AliasAttributes.includes(name)
    const owner = isName
      ? userWhere(ctx, pool, name, value)
      : isAlias
        ? ownerOfAlias(ctx, pool, name, value)
        : undefined
    const claims = name === 'preferred_username' || isName || changes[`${name}_verified`] === 'true'
    if (owner !== undefined && owner.key !== user.key && claims) throw aliasExists(`given ${name}`)
  }
}

export const deleteUserAttributes = operation(DeleteUserAttributes, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken, UserAttributeNames }) {
    const { pool, user, client } = verifyAccessToken(ctx, AccessToken)
    checkWritable(client, UserAttributeNames)
    remove(ctx, pool, user, UserAttributeNames)
    return {}
  },
})

export const adminDeleteUserAttributes = operation(AdminDeleteUserAttributes, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, UserAttributeNames }) {
    const pool = poolOf(ctx, UserPoolId)
    remove(ctx, pool, userOf(ctx, pool, Username), UserAttributeNames)
    return {}
  },
})

function remove(ctx: Context, pool: Pool, user: User, names: readonly string[]): void {
  const changes = checkAttributes(
    pool,
    names.map((Name) => ({ Name, Value: '' })),
    user,
  )
  changeUser(ctx, user, { attributes: changedAttributes(user.attributes, changes) })
}

export const getUserAttributeVerificationCode = operation(GetUserAttributeVerificationCode, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  async run(ctx, { AccessToken, AttributeName, ClientMetadata }) {
    const { pool, user, client } = verifyAccessToken(ctx, AccessToken)
    const value = user.pendingAttributes?.[AttributeName] ?? user.attributes[AttributeName]
    if (!isVerifiable(AttributeName) || value === undefined) {
      throw invalidParameter(`User does not have attribute ${AttributeName}.`)
    }
    const CodeDeliveryDetails = await deliverCode(ctx, pool, {
      ...{ user, client, purpose: `attribute:${AttributeName}` as const },
      ...{ attribute: AttributeName, address: value, clientMetadata: ClientMetadata },
    })
    if (CodeDeliveryDetails === undefined) {
      throw codeNotDelivered('The code could not be delivered.')
    }
    return { CodeDeliveryDetails }
  },
})

const isVerifiable = (name: string): boolean => name === 'email' || name === 'phone_number'

export const verifyUserAttribute = operation(VerifyUserAttribute, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  // A wrong code counts, so nothing may be undone: asynchronous handlers are not.
  async run(ctx, { AccessToken, AttributeName, Code }) {
    const { pool, user: before } = verifyAccessToken(ctx, AccessToken)
    if (!isVerifiable(AttributeName)) throw invalidParameter('Invalid attribute to verify.')
    const purpose = `attribute:${AttributeName}` as const
    checkCode(ctx, before, purpose, Code)
    const user = userWithKey(ctx, pool.id, before.key)
    if (user === undefined) throw notAuthorized('Invalid Access Token')
    const { [AttributeName]: pending, ...pendingAttributes } = user.pendingAttributes ?? {}
    const value = pending ?? user.attributes[AttributeName] ?? ''
    checkAlias(ctx, pool, user, AttributeName, value, false)
    forgetCode(ctx, user, purpose)
    changeUser(ctx, user, {
      attributes: {
        ...user.attributes,
        [AttributeName]: value,
        [`${AttributeName}_verified`]: 'true',
      },
      pendingAttributes,
    })
    return {}
  },
})
