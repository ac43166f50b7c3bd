import { type Node, nodeOf, textOf } from './document.ts'

/** The path before all others, and what is to be done with it. Recorded: apigateway, `test_import_rest_api_with_base_path_oas30`. */
export function prefixOf(document: Node, handling: string | undefined): string {
  const base = basePath(document).replace(/\/+$/, '')
  if (base === '' || base === '/' || handling === undefined || handling === 'ignore') return ''
  const path = base.startsWith('/') ? base : `/${base}`
  if (handling === 'prepend') return path
  // The first segment is the stage's.
  return path.replace(/^\/[^/]+/, '')
}

function basePath(document: Node): string {
  const given = textOf(document['basePath'])
  if (given !== undefined) return given
  const servers = document['servers']
  const [server] = Array.isArray(servers) ? servers.map(nodeOf) : []
  if (server === undefined) return ''
  const variables = nodeOf(server['variables'])
  const variable = textOf(nodeOf(variables['basePath'])['default'])
  if (variable !== undefined) return variable
  const url = (textOf(server['url']) ?? '').replace(
    /\{(\w+)\}/g,
    (_, name: string) => textOf(nodeOf(variables[name])['default']) ?? '',
  )
  return url.replace(/^https?:\/\/[^/]*/, '')
}
