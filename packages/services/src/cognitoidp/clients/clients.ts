import {
  AddUserPoolClientSecret,
  CreateUserPoolClient,
  DeleteUserPoolClient,
  DeleteUserPoolClientSecret,
  DescribeUserPoolClient,
  ListUserPoolClientSecrets,
  ListUserPoolClients,
  UpdateUserPoolClient,
  type UserPoolClientType,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { invalidParameter, limitExceeded, resourceNotFound } from '../errors.ts'
import { clientsPerPoolMax, pageMax } from '../limits.ts'
import { clientOfPool, onPool, poolOf } from '../pools/lookup.ts'
import { whereabouts } from '../pools/state.ts'
import { clientSettings } from './settings.ts'
import { type Client, type ClientSecret, clients } from './state.ts'

const digits = 'abcdefghijklmnopqrstuvwxyz0123456789'

function newSecret(ctx: Context, given?: string): ClientSecret {
  return {
    id: `${ctx.ids.from(digits, 26)}--${ctx.now()}`,
    clientSecret: given ?? ctx.ids.from(digits, 52),
    createdAtMs: ctx.now(),
  }
}

export const createUserPoolClient = operation(CreateUserPoolClient, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: ['AnalyticsConfiguration'],
  run(ctx, input) {
    const pool = poolOf(ctx, input.UserPoolId)
    let count = 0
    for (const _ of clients.where(ctx, 'pool', pool.id)) count += 1
    if (count >= clientsPerPoolMax) {
      throw limitExceeded('Maximum number of app clients reached for the user pool.')
    }
    const id = ctx.ids.from(digits, 26)
    const { GenerateSecret, ClientSecret: given } = input
    if (GenerateSecret === true && given !== undefined) {
      throw invalidParameter('GenerateSecret and ClientSecret cannot both be specified.')
    }
    const hasSecret = GenerateSecret === true || given !== undefined
    const settings = clientSettings(ctx, pool, input, hasSecret)
    const client = clients.put(ctx, {
      poolId: pool.id,
      id,
      name: input.ClientName,
      secrets: hasSecret ? [newSecret(ctx, given)] : [],
      settings,
      createdAtMs: ctx.now(),
      modifiedAtMs: ctx.now(),
    })
    whereabouts.put(ctx, { id, accountId: ctx.accountId, region: ctx.region })
    return { UserPoolClient: described(client) }
  },
})

export const describeUserPoolClient = operation(DescribeUserPoolClient, {
  authorize: onPool,
  provenance: 'modelled',
  run: (ctx, { UserPoolId, ClientId }) => ({
    UserPoolClient: described(clientOfPool(ctx, UserPoolId, ClientId)),
  }),
})

export const updateUserPoolClient = operation(UpdateUserPoolClient, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: ['AnalyticsConfiguration'],
  run(ctx, input) {
    const client = clientOfPool(ctx, input.UserPoolId, input.ClientId)
    const pool = poolOf(ctx, client.poolId)
    // What an update leaves out goes back to its default, but for what no one sets anew by leaving it out.
    const { PreventUserExistenceErrors = client.settings.PreventUserExistenceErrors } = input
    const hasSecret = client.secrets.length > 0
    const settings = clientSettings(ctx, pool, { ...input, PreventUserExistenceErrors }, hasSecret)
    const changed = clients.update(ctx, client.id, {
      name: input.ClientName ?? client.name,
      settings,
      modifiedAtMs: ctx.now(),
    })
    return { UserPoolClient: described(changed) }
  },
})

export const deleteUserPoolClient = operation(DeleteUserPoolClient, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, ClientId }) {
    const { id } = clientOfPool(ctx, UserPoolId, ClientId)
    clients.delete(ctx, id)
    whereabouts.delete(ctx, id)
    return {}
  },
})

export const listUserPoolClients = operation(ListUserPoolClients, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: ['ClientType'],
  run(ctx, { UserPoolId, MaxResults = pageMax, NextToken }) {
    const pool = poolOf(ctx, UserPoolId)
    const { items, nextToken } = pageOf({
      list: (start) => clients.where(ctx, 'pool', pool.id, start),
      positionOf: ({ id }) => id,
      itemsMax: MaxResults,
      token: NextToken,
      request: ['ListUserPoolClients', pool.id],
      refused: () => invalidParameter('Invalid NextToken.'),
    })
    const UserPoolClients = items.map(({ id, name }) => ({
      ClientId: id,
      UserPoolId: pool.id,
      ClientName: name,
    }))
    return { UserPoolClients, ...(nextToken === undefined ? {} : { NextToken: nextToken }) }
  },
})

function described({ poolId, id, name, secrets, settings, ...times }: Client): UserPoolClientType {
  const [secret] = secrets
  return {
    UserPoolId: poolId,
    ClientName: name,
    ClientId: id,
    ...(secret === undefined ? {} : { ClientSecret: secret.clientSecret }),
    LastModifiedDate: times.modifiedAtMs,
    CreationDate: times.createdAtMs,
    ...settings,
  }
}

/** Secrets that a client can have at a time, so that one can follow the other. Source: AddUserPoolClientSecret. */
const secretsMax = 2

export const addUserPoolClientSecret = operation(AddUserPoolClientSecret, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, ClientId, ClientSecret: given }) {
    const client = clientOfPool(ctx, UserPoolId, ClientId)
    if (client.secrets.length === 0) {
      throw invalidParameter('Client secrets can be added to confidential clients only.')
    }
    if (client.secrets.length >= secretsMax) {
      throw limitExceeded(`A client can have at most ${secretsMax} secrets.`)
    }
    const secret = newSecret(ctx, given)
    clients.update(ctx, client.id, { secrets: [...client.secrets, secret] })
    return {
      ClientSecretDescriptor: {
        ClientSecretId: secret.id,
        ...(given === undefined ? { ClientSecretValue: secret.clientSecret } : {}),
        ClientSecretCreateDate: secret.createdAtMs,
      },
    }
  },
})

export const deleteUserPoolClientSecret = operation(DeleteUserPoolClientSecret, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, ClientId, ClientSecretId }) {
    const client = clientOfPool(ctx, UserPoolId, ClientId)
    const left = client.secrets.filter(({ id }) => id !== ClientSecretId)
    if (left.length === client.secrets.length)
      throw resourceNotFound('Client secret does not exist.')
    if (left.length === 0) throw invalidParameter('The last secret of a client cannot be deleted.')
    clients.update(ctx, client.id, { secrets: left })
    return {}
  },
})

export const listUserPoolClientSecrets = operation(ListUserPoolClientSecrets, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, ClientId }) {
    const { secrets } = clientOfPool(ctx, UserPoolId, ClientId)
    return {
      ClientSecrets: secrets.map(({ id, createdAtMs }) => ({
        ClientSecretId: id,
        ClientSecretCreateDate: createdAtMs,
      })),
    }
  },
})
