import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateStateMachineAlias,
  DeleteStateMachineAlias,
  DescribeStateMachineAlias,
  ListStateMachineAliases,
  type RoutingConfigurationListItem,
  UpdateStateMachineAlias,
} from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { machineAuthorization } from '../access.ts'
import { parsedArn, qualifierOf, unqualified } from '../arns.ts'
import {
  aliasExists,
  aliasMissing,
  invalid,
  invalidToken,
  quotaExceeded,
  stateMachineDeleting,
} from '../errors.ts'
import { aliasesMax } from '../limits.ts'
import { itemsMax } from '../pages.ts'
import { type Alias, aliases, type Route, stateMachines } from '../state.ts'
import { named, versionOf } from './lookup.ts'

export const createStateMachineAlias = operation(CreateStateMachineAlias, {
  authorize: ({ name, routingConfiguration }, ctx) =>
    machineAuthorization(
      ctx,
      unqualified(routingConfiguration[0]?.stateMachineVersionArn ?? '*'),
      {},
      name,
    ),
  provenance: 'recorded',
  run(ctx, { name, description, routingConfiguration }) {
    const routes = routesOf(ctx, routingConfiguration)
    const stateMachineArn = unqualified(routes[0]?.versionArn ?? '')
    checkNotDeleting(ctx, stateMachineArn)
    const arn = `${stateMachineArn}:${name}`
    const known = aliases.get(ctx, orderedKey(stateMachineArn, name))
    if (known !== undefined) {
      const isSame =
        known.description === description && JSON.stringify(known.routes) === JSON.stringify(routes)
      if (!isSame) throw aliasExists(arn)
      return { stateMachineAliasArn: arn, creationDate: known.createdAtMs }
    }
    if ([...aliasesOf(ctx, stateMachineArn)].length >= aliasesMax) throw quotaExceeded('aliases')
    aliases.put(ctx, {
      arn,
      stateMachineArn,
      name,
      ...(description === undefined ? {} : { description }),
      routes,
      createdAtMs: ctx.now(),
      updatedAtMs: ctx.now(),
    })
    return { stateMachineAliasArn: arn, creationDate: ctx.now() }
  },
})

/** One or two versions of one machine, with weights that are 100 together. Recorded: states, 2025. */
function routesOf(ctx: Context, given: readonly RoutingConfigurationListItem[]): readonly Route[] {
  const routes = given.map(({ stateMachineVersionArn: versionArn, weight }) => ({
    versionArn,
    weight,
  }))
  const arns = routes.map(({ versionArn }) => versionArn)
  const received = `Received: [${arns.join(', ')}]`
  if (!arns.every((arn) => /^\d+$/.test(qualifierOf(arn) ?? ''))) {
    throw invalid(`Routing configuration must contain state machine version ARNs. ${received}`)
  }
  if (new Set(arns).size < arns.length) {
    throw invalid(
      `Routing configuration must contain distinct state machine version ARNs. ${received}`,
    )
  }
  if (new Set(arns.map(unqualified)).size > 1) {
    throw invalid(
      `Routing configuration must contain versions of the same state machine. ${received}`,
    )
  }
  const weights = routes.map(({ weight }) => weight)
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) {
    throw invalid(
      `Sum of routing configuration weights must equal 100. Received: [${weights.join(', ')}]`,
    )
  }
  for (const arn of arns) {
    parsedArn(arn, 'stateMachine')
    if (versionOf(ctx, arn) === undefined) throw aliasMissing()
  }
  return routes
}

function checkNotDeleting(ctx: Context, machineArn: string): void {
  if (stateMachines.get(ctx, machineArn)?.status === 'DELETING') {
    throw stateMachineDeleting(machineArn)
  }
}

export const updateStateMachineAlias = operation(UpdateStateMachineAlias, {
  authorize: ({ stateMachineAliasArn }, ctx) => machineAuthorization(ctx, stateMachineAliasArn),
  provenance: 'recorded',
  run(ctx, { stateMachineAliasArn, description, routingConfiguration }) {
    if (description === undefined && routingConfiguration === undefined) {
      throw invalid('Either the description or the routingConfiguration must be specified')
    }
    const alias = theAlias(ctx, stateMachineAliasArn)
    checkNotDeleting(ctx, alias.stateMachineArn)
    const routes = routingConfiguration && routesOf(ctx, routingConfiguration)
    if (routes?.some(({ versionArn }) => unqualified(versionArn) !== alias.stateMachineArn)) {
      throw invalid(
        'Routing configuration must contain versions of the state machine of the alias.',
      )
    }
    const updated = aliases.put(ctx, {
      ...alias,
      ...(description === undefined ? {} : { description }),
      ...(routes === undefined ? {} : { routes }),
      updatedAtMs: ctx.now(),
    })
    return { updateDate: updated.updatedAtMs }
  },
})

export const describeStateMachineAlias = operation(DescribeStateMachineAlias, {
  authorize: ({ stateMachineAliasArn }, ctx) => machineAuthorization(ctx, stateMachineAliasArn),
  provenance: 'recorded',
  run(ctx, { stateMachineAliasArn }) {
    const { arn, name, description, routes, createdAtMs, updatedAtMs } = theAlias(
      ctx,
      stateMachineAliasArn,
    )
    return {
      stateMachineAliasArn: arn,
      name,
      ...(description === undefined ? {} : { description }),
      routingConfiguration: routes.map(({ versionArn, weight }) => ({
        stateMachineVersionArn: versionArn,
        weight,
      })),
      creationDate: createdAtMs,
      updateDate: updatedAtMs,
    }
  },
})

export const deleteStateMachineAlias = operation(DeleteStateMachineAlias, {
  authorize: ({ stateMachineAliasArn }, ctx) => machineAuthorization(ctx, stateMachineAliasArn),
  provenance: 'recorded',
  run(ctx, { stateMachineAliasArn: arn }) {
    const { rest } = parsedArn(arn, 'stateMachine')
    // Deleting an alias that is gone succeeds. Recorded: states, 2025.
    aliases.delete(ctx, orderedKey(unqualified(arn), rest))
    return {}
  },
})

export const listStateMachineAliases = operation(ListStateMachineAliases, {
  authorize: ({ stateMachineArn }, ctx) => machineAuthorization(ctx, stateMachineArn),
  provenance: 'recorded',
  run(ctx, { stateMachineArn, nextToken: token, maxResults }) {
    const { machine, version, alias } = named(ctx, stateMachineArn)
    if (alias !== undefined) throw aliasMissing()
    const { items, nextToken } = pageOf({
      list: ({ after }) => aliasesOf(ctx, machine.arn, after),
      positionOf: ({ name }) => name,
      wanted: ({ routes }) =>
        version === undefined || routes.some(({ versionArn }) => versionArn === version.arn),
      itemsMax: itemsMax(maxResults),
      token,
      request: ['aliases', stateMachineArn],
      refused: invalidToken,
    })
    return {
      stateMachineAliases: items.map(({ arn, createdAtMs }) => ({
        stateMachineAliasArn: arn,
        creationDate: createdAtMs,
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    }
  },
})

export function aliasesOf(ctx: Context, machineArn: string, after?: string): Iterable<Alias> {
  const start = after === undefined ? {} : { after: orderedKey(machineArn, after) }
  return aliases.scan(ctx, { prefix: orderedKey(machineArn, ''), ...start })
}

function theAlias(ctx: Context, arn: string): Alias {
  const { rest } = parsedArn(arn, 'stateMachine')
  const alias = aliases.get(ctx, orderedKey(unqualified(arn), rest))
  if (alias === undefined) throw aliasMissing()
  return alias
}
