import {
  DeleteQueryDefinition,
  DescribeQueryDefinitions,
  PutQueryDefinition,
  type QueryDefinition,
} from '@cloud-orrery/models/logs'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { definitionNotFound, invalidToken, limitExceeded } from '../errors.ts'
import { pageItems } from '../limits.ts'
import { type QueryDefinitionRecord, queryDefinitions, queryDefinitionsMax } from './state.ts'

/** With an id a saved query is replaced, all of it. */
export const putQueryDefinition = operation(PutQueryDefinition, {
  authorize: () => '*',
  provenance: 'modelled',
  refuses: ['parameters'],
  run(ctx, { queryLanguage = 'CWLI', name, queryDefinitionId, logGroupNames, queryString }) {
    if (queryLanguage !== 'CWLI') throw notModelled(`the query language ${queryLanguage} of logs`)
    if (queryDefinitionId !== undefined && !queryDefinitions.has(ctx, queryDefinitionId)) {
      throw definitionNotFound()
    }
    if (queryDefinitionId === undefined && queryDefinitions.count(ctx) >= queryDefinitionsMax) {
      throw limitExceeded()
    }
    const id = queryDefinitionId ?? ctx.ids.uuid()
    queryDefinitions.put(ctx, {
      id,
      name,
      query: queryString,
      ...(logGroupNames === undefined ? {} : { groupNames: logGroupNames }),
      modifiedAtMs: ctx.now(),
    })
    return { queryDefinitionId: id }
  },
})

export const deleteQueryDefinition = operation(DeleteQueryDefinition, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { queryDefinitionId }) {
    if (queryDefinitions.delete(ctx, queryDefinitionId) === undefined) throw definitionNotFound()
    return { success: true }
  },
})

export const describeQueryDefinitions = operation(DescribeQueryDefinitions, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { queryDefinitionNamePrefix = '', maxResults = pageItems, nextToken: token }) {
    const { items, nextToken } = pageOf<QueryDefinitionRecord>({
      list: (start) => queryDefinitions.scan(ctx, start),
      positionOf: ({ id }) => id,
      wanted: ({ name }) => name.startsWith(queryDefinitionNamePrefix),
      itemsMax: maxResults,
      token,
      request: { queryDefinitionNamePrefix },
      refused: invalidToken,
    })
    return { queryDefinitions: items.map(described), nextToken }
  },
})

function described(record: QueryDefinitionRecord): QueryDefinition {
  return {
    queryLanguage: 'CWLI',
    queryDefinitionId: record.id,
    name: record.name,
    queryString: record.query,
    lastModified: record.modifiedAtMs,
    logGroupNames: record.groupNames ?? [],
  }
}
