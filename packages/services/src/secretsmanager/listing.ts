import { orderedKey } from '@cloud-orrery/kernel'
import {
  ListSecrets,
  type ListSecretsRequest,
  type SecretListEntry,
} from '@cloud-orrery/models/secretsmanager'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { invalidToken } from './errors.ts'
import { wantedBy } from './filters.ts'
import { pageItemsMax } from './limits.ts'
import { describedSecret } from './secrets.ts'
import { type SecretOrder, type SecretRecord, secrets, stagesByVersion } from './state.ts'

export const listSecrets = operation(ListSecrets, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, input) {
    const { MaxResults = pageItemsMax, NextToken } = input
    const { items, nextToken } = secretsPage(ctx, input, MaxResults, NextToken)
    return {
      SecretList: items.map((secret) => listed(ctx, secret)),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

function listed(ctx: Context, secret: SecretRecord): SecretListEntry {
  const stages = stagesByVersion(ctx, secret.name)
  return {
    ...describedSecret(secret),
    ...(stages === undefined ? {} : { SecretVersionsToStages: stages }),
  }
}

type Query = Pick<ListSecretsRequest, 'Filters' | 'IncludePlannedDeletion' | 'SortBy' | 'SortOrder'>

/** One page of the secrets that a query names, the first created first unless it says otherwise. */
export function secretsPage(ctx: Context, query: Query, itemsMax: number, token?: string) {
  const { Filters, IncludePlannedDeletion = false, SortBy = 'created-date', SortOrder } = query
  const reverse = SortOrder === 'desc'
  const order = orders[SortBy]
  const passes = wantedBy(Filters)
  return pageOf<SecretRecord>({
    list: (start) =>
      order === undefined
        ? secrets.scan(ctx, { ...start, reverse })
        : secrets.scanIndex(ctx, order, { ...start, reverse }),
    positionOf: (secret) => position(secret, order),
    wanted: (secret) =>
      (IncludePlannedDeletion || secret.deletionAtMs === undefined) && passes(secret),
    itemsMax,
    token,
    request: [Filters, IncludePlannedDeletion, SortBy, SortOrder],
    refused: invalidToken,
  })
}

const orders: Readonly<Record<string, SecretOrder>> = {
  'created-date': 'created',
  'last-accessed-date': 'accessed',
  'last-changed-date': 'changed',
}

function position(secret: SecretRecord, order: SecretOrder | undefined): string {
  const { name, createdAtMs, changedAtMs, accessedAtMs = 0 } = secret
  switch (order) {
    case 'created':
      return orderedKey(createdAtMs, name)
    case 'changed':
      return orderedKey(changedAtMs, name)
    case 'accessed':
      return orderedKey(accessedAtMs, name)
    case undefined:
      return name
  }
}
