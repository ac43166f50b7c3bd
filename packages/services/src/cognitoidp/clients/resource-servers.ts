import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateResourceServer,
  DeleteResourceServer,
  DescribeResourceServer,
  ListResourceServers,
  type ResourceServerScopeType,
  type ResourceServerType,
  UpdateResourceServer,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { invalidParameter, limitExceeded, resourceNotFound } from '../errors.ts'
import { pageMax, resourceServersPerPoolMax, scopesPerResourceServerMax } from '../limits.ts'
import { onPool, poolOf } from '../pools/lookup.ts'
import { type ResourceServer, resourceServers } from './state.ts'

const shown = ({ poolId, identifier, name, scopes }: ResourceServer): ResourceServerType => ({
  UserPoolId: poolId,
  Identifier: identifier,
  Name: name,
  Scopes: scopes,
})

function serverOf(ctx: Context, poolId: string, identifier: string): ResourceServer {
  const server = resourceServers.get(ctx, orderedKey(poolOf(ctx, poolId).id, identifier))
  if (server === undefined) throw resourceNotFound('Resource server does not exist.')
  return server
}

function checked(scopes: readonly ResourceServerScopeType[]): readonly ResourceServerScopeType[] {
  if (scopes.length > scopesPerResourceServerMax) {
    throw limitExceeded(`A resource server can have at most ${scopesPerResourceServerMax} scopes.`)
  }
  if (new Set(scopes.map(({ ScopeName }) => ScopeName)).size < scopes.length) {
    throw invalidParameter('Duplicate scope names are not allowed.')
  }
  return scopes
}

export const createResourceServer = operation(CreateResourceServer, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Identifier, Name, Scopes = [] }) {
    const { id } = poolOf(ctx, UserPoolId)
    if (resourceServers.has(ctx, orderedKey(id, Identifier))) {
      throw invalidParameter(`${Identifier} already exists in user pool ${id}.`)
    }
    const count = [...resourceServers.scan(ctx, { prefix: orderedKey(id, '') })].length
    if (count >= resourceServersPerPoolMax) {
      throw limitExceeded('Maximum number of resource servers reached.')
    }
    const scopes = checked(Scopes)
    const server = resourceServers.put(ctx, {
      ...{ poolId: id, identifier: Identifier, name: Name, scopes },
    })
    return { ResourceServer: shown(server) }
  },
})

export const describeResourceServer = operation(DescribeResourceServer, {
  authorize: onPool,
  provenance: 'modelled',
  run: (ctx, { UserPoolId, Identifier }) => ({
    ResourceServer: shown(serverOf(ctx, UserPoolId, Identifier)),
  }),
})

export const updateResourceServer = operation(UpdateResourceServer, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Identifier, Name, Scopes = [] }) {
    const server = serverOf(ctx, UserPoolId, Identifier)
    const changed = { ...server, name: Name, scopes: checked(Scopes) }
    return { ResourceServer: shown(resourceServers.put(ctx, changed)) }
  },
})

export const deleteResourceServer = operation(DeleteResourceServer, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Identifier }) {
    const { poolId, identifier } = serverOf(ctx, UserPoolId, Identifier)
    resourceServers.delete(ctx, orderedKey(poolId, identifier))
    return {}
  },
})

export const listResourceServers = operation(ListResourceServers, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, MaxResults = pageMax, NextToken }) {
    const { id } = poolOf(ctx, UserPoolId)
    const { items, nextToken } = pageOf({
      list: (start) => resourceServers.scan(ctx, { prefix: orderedKey(id, ''), ...start }),
      positionOf: ({ identifier }) => orderedKey(id, identifier),
      itemsMax: MaxResults,
      token: NextToken,
      request: ['ListResourceServers', id],
      refused: () => invalidParameter('Invalid NextToken.'),
    })
    return {
      ResourceServers: items.map(shown),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})
