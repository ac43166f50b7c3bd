import {
  DescribeParameters,
  type ParameterMetadata,
  type ParameterStringFilter,
  type ParametersFilter,
} from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { invalid } from '../errors.ts'
import { invalidToken } from './errors.ts'
import { compileFilters } from './filters.ts'
import { pageItems } from './limits.ts'
import { theNumbered } from './names.ts'
import { shownPolicies } from './policies.ts'
import { type ParameterRecord, parameters } from './state.ts'

export const describeParameters = operation(DescribeParameters, {
  authorize: (_, { accountId, region }) => `arn:aws:ssm:${region}:${accountId}:*`,
  provenance: 'modelled',
  run(ctx, { Filters = [], ParameterFilters = [], MaxResults = pageItems, NextToken, Shared }) {
    if (Shared === true) throw notModelled('Shared of ssm:DescribeParameters')
    if (Filters.length > 0 && ParameterFilters.length > 0) {
      throw invalid('You can use either Filters or ParameterFilters in a single request.')
    }
    const filters = [...Filters.map(asStringFilter), ...ParameterFilters]
    const { items, nextToken } = pageOf({
      list: (start) => candidates(ctx, filters, start),
      positionOf: ({ name }) => name,
      wanted: compileFilters(ctx, filters, 'describe').wanted,
      itemsMax: MaxResults,
      token: NextToken,
      request: ['DescribeParameters', filters],
      refused: invalidToken,
    })
    return { Parameters: items.map((it) => metadata(ctx, it)), NextToken: nextToken }
  },
})

/** The filters of old: their values are whole. */
function asStringFilter({ Key, Values }: ParametersFilter): ParameterStringFilter {
  return { Key, Option: 'Equals', Values }
}

/** All parameters, or those that the names in a filter can mean. */
function candidates(
  ctx: Context,
  filters: readonly ParameterStringFilter[],
  start: { after?: string },
): Iterable<ParameterRecord> {
  const names = filters.find(({ Key, Option = 'Equals' }) => Key === 'Name' && Option === 'Equals')
  if (names === undefined) return parameters.scan(ctx, start)
  const keys = (names.Values ?? []).flatMap((it) =>
    it.startsWith('/') ? [it, it.slice(1)] : [it, `/${it}`],
  )
  return [...new Set(keys)]
    .sort()
    .filter((key) => start.after === undefined || key > start.after)
    .flatMap((key) => parameters.get(ctx, key) ?? [])
}

function metadata(ctx: Context, parameter: ParameterRecord): ParameterMetadata {
  const latest = theNumbered(ctx, parameter, parameter.version)
  return {
    Name: parameter.name,
    ARN: parameter.arn,
    Type: latest.type,
    KeyId: latest.keyId,
    LastModifiedDate: latest.lastModifiedAtMs,
    LastModifiedUser: latest.lastModifiedUser,
    Description: latest.description,
    AllowedPattern: latest.allowedPattern,
    Version: latest.version,
    Tier: parameter.tier,
    Policies: shownPolicies(parameter.policies),
    DataType: latest.dataType,
  }
}
