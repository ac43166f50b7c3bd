import {
  AwsLogsQueryDefinition,
  type AwsLogsQueryDefinitionProperties,
  DeleteQueryDefinition,
  DescribeQueryDefinitions,
  PutQueryDefinition,
} from '@cloud-orrery/models/logs'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

export const queryDefinitionType = resource(AwsLogsQueryDefinition, {
  async create(ctx, properties) {
    const { queryDefinitionId = '' } = await put(ctx, properties, undefined)
    return { QueryDefinitionId: queryDefinitionId }
  },
  async update(ctx, properties, _previous, state) {
    await put(ctx, properties, state.QueryDefinitionId)
    return state
  },
  async delete(ctx, { QueryDefinitionId: queryDefinitionId }) {
    await ctx.call(DeleteQueryDefinition, { queryDefinitionId })
  },
  async read(ctx, { QueryDefinitionId }, { Name }) {
    const input = { queryDefinitionNamePrefix: Name, maxResults: 1000 }
    const { queryDefinitions = [] } = await ctx.call(DescribeQueryDefinitions, input)
    const found = queryDefinitions.find((it) => it.queryDefinitionId === QueryDefinitionId)
    if (found === undefined) return undefined
    const { name = '', queryString = '', logGroupNames = [] } = found
    return {
      Name: name,
      QueryString: queryString,
      ...(logGroupNames.length === 0 ? {} : { LogGroupNames: logGroupNames }),
    }
  },
})

function put(
  ctx: ResourceContext,
  properties: AwsLogsQueryDefinitionProperties,
  queryDefinitionId: string | undefined,
) {
  return ctx.call(PutQueryDefinition, {
    queryLanguage: properties.QueryLanguage,
    name: properties.Name,
    queryString: properties.QueryString,
    logGroupNames: properties.LogGroupNames,
    queryDefinitionId,
    parameters: properties.Parameters?.map((it) => ({
      name: it.Name,
      defaultValue: it.DefaultValue,
      description: it.Description,
    })),
  })
}
