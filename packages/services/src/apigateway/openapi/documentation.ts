import type { DocumentationPartLocation } from '@cloud-orrery/models/apigateway'
import type { Context } from '../../context.ts'
import { newPartId } from '../api-lookup.ts'
import { documentationParts } from '../state.ts'
import { type Node, nodeOf, textOf } from './document.ts'

/**
 * Takes the documentation parts of a document over: those of its extension.
 * Source: developer guide, "x-amazon-apigateway-documentation object".
 */
export function importDocumentation(ctx: Context, apiId: string, document: Node): string[] {
  const extension = nodeOf(document['x-amazon-apigateway-documentation'])
  const parts = Array.isArray(extension['documentationParts'])
    ? extension['documentationParts']
    : []
  const ids: string[] = []
  for (const part of parts) {
    const { location, properties } = nodeOf(part)
    const id = newPartId(ctx)
    ids.push(id)
    documentationParts.put(ctx, {
      apiId,
      id,
      location: locationOf(nodeOf(location)),
      properties: JSON.stringify(properties ?? {}),
    })
  }
  return ids
}

function locationOf(node: Node): DocumentationPartLocation {
  const location: Record<string, string> = {}
  for (const name of ['path', 'method', 'statusCode', 'name']) {
    const value = textOf(node[name])
    if (value !== undefined) location[name] = value
  }
  return { type: textOf(node['type']) ?? 'API', ...location }
}
