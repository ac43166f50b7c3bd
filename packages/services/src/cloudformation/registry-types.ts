import { knownResourceTypes } from '@cloud-orrery/models'
import {
  DescribeAccountLimits,
  DescribeType,
  ListTypes,
  type TypeSummary,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { page } from './describe-stacks.ts'
import { schemaOf } from './engine/resource-types.ts'
import { typeMissing, validationError } from './errors.ts'
import { outputsMax, stacksMax } from './limits.ts'

/** Resources that one account may have in work at a time. Source: user guide, quotas. */
const concurrentResourcesMax = 2500

export const describeAccountLimits = operation(DescribeAccountLimits, {
  authorize: () => '*',
  provenance: 'modelled',
  run: () => ({
    AccountLimits: [
      { Name: 'StackLimit', Value: stacksMax },
      { Name: 'StackOutputsLimit', Value: outputsMax },
      { Name: 'ConcurrentResourcesLimit', Value: concurrentResourcesMax },
    ],
  }),
})

/** Public types with a schema here: those that a stack of this model can have. */
export const listTypes = operation(ListTypes, {
  authorize: () => '*',
  provenance: 'simplified',
  refuses: ['DeprecatedStatus', 'ProvisioningType'],
  run(ctx, { Visibility = 'PRIVATE', Type = 'RESOURCE', Filters, MaxResults, NextToken }) {
    if (Type !== 'RESOURCE' || Visibility === 'PRIVATE') return { TypeSummaries: [] }
    const prefix = Filters?.TypeNamePrefix ?? ''
    const names = [...knownResourceTypes()]
      .filter(([name, service]) => service !== undefined && name.startsWith(prefix))
      .map(([name]) => name)
      .sort()
    const { rows, next } = page(names, NextToken, ['ListTypes', prefix], MaxResults)
    return {
      TypeSummaries: rows.map(
        (name): TypeSummary => ({
          Type: 'RESOURCE',
          TypeName: name,
          TypeArn: typeArn(ctx, name),
          IsActivated: true,
        }),
      ),
      ...next,
    }
  },
})

/** Types of AWS belong to no account. */
function typeArn({ partition, region }: Context, name: string): string {
  return `arn:${partition}:cloudformation:${region}::type/resource/${name.replaceAll('::', '-')}`
}

export const describeType = operation(DescribeType, {
  authorize: () => '*',
  provenance: 'simplified',
  refuses: ['VersionId', 'PublisherId', 'PublicVersionNumber'],
  run(ctx, { Type, TypeName, Arn }) {
    if (Type !== undefined && Type !== 'RESOURCE') throw notModelled(`types of kind ${Type}`)
    const name = TypeName ?? Arn?.slice(Arn.lastIndexOf('/') + 1).replaceAll('-', '::')
    if (name === undefined) throw validationError('Either TypeName or Arn must be specified.')
    const schema = schemaOf(name)
    if (schema === undefined) throw typeMissing(name)
    const readOnly = Object.keys(schema.attributes).map((each) => `/properties/${each}`)
    return {
      Arn: typeArn(ctx, name),
      Type: 'RESOURCE',
      TypeName: name,
      ProvisioningType: 'FULLY_MUTABLE',
      DeprecatedStatus: 'LIVE',
      Visibility: 'PUBLIC',
      Schema: JSON.stringify({
        typeName: name,
        properties: Object.fromEntries(Object.keys(schema.properties).map((each) => [each, {}])),
        required: Object.entries(schema.properties)
          .filter(([, { required }]) => required === true)
          .map(([each]) => each),
        readOnlyProperties: readOnly,
        createOnlyProperties: Object.entries(schema.properties)
          .filter(([, { causesReplacement }]) => causesReplacement === 'yes')
          .map(([each]) => `/properties/${each}`),
        primaryIdentifier: schema.primaryIdentifier.map((each) => `/properties/${each}`),
        additionalProperties: false,
      }),
    }
  },
})
