import { registry } from '@cloud-orrery/services'

const folders = new Map<string, string>()
const targets = new Map<string, string>()
const signingNames = new Map<string, string>()
const queryVersions = new Map<string, string>()
const linkActions = new Map<string, string>()
const plainPaths = new Map<RegExp, string>()
const hosts: { names: RegExp; folder: string; operation: string }[] = []
const paths: { folder: string; of: string; prefix: string }[] = []
const resourcePrefixes = new Map<string, string>()
for (const [folder, entry] of Object.entries(registry)) {
  for (const name of entry.endpointNames ?? [folder]) folders.set(name, folder)
  if (entry.targetPrefix !== undefined) targets.set(entry.targetPrefix, folder)
  if (entry.signedAs !== undefined) signingNames.set(folder, entry.signedAs)
  if (entry.queryVersion !== undefined) queryVersions.set(entry.queryVersion, folder)
  for (const action of entry.linkActions ?? []) linkActions.set(action, folder)
  if (entry.plainPaths !== undefined) plainPaths.set(entry.plainPaths, folder)
  if (entry.hosts !== undefined) hosts.push({ ...entry.hosts, folder })
  if (entry.paths !== undefined) paths.push({ ...entry.paths, folder })
  for (const prefix of entry.resourcePrefixes ?? []) resourcePrefixes.set(prefix, folder)
}

/** The folder of a service by its endpoint or signing name, and by its target where several sign with one name. */
export function folderOf(endpointName: string, targetPrefix?: string): string | undefined {
  const own = targetPrefix === undefined ? undefined : targets.get(targetPrefix)
  // A request without signature may be known by its target alone, which gives the folder's own name.
  if (own !== undefined && (own === endpointName || signingNames.get(own) === endpointName)) {
    return own
  }
  return folders.get(endpointName)
}

/** The folder that a request's path means, where services share an endpoint: both versions of SES. */
export function folderOfPath(folder: string, path: string): string {
  const found = paths.find(({ of, prefix }) => of === folder && path.startsWith(prefix))
  return found?.folder ?? folder
}

/** By what stands before the dot in `X-Amz-Target`. */
export function folderOfTarget(targetPrefix: string): string | undefined {
  return targets.get(targetPrefix)
}

/** By the `Version` of a query request. */
export function folderOfQueryVersion(version: string): string | undefined {
  return queryVersions.get(version)
}

/** By a query action that comes in a link, without version or signature. */
export function folderOfLink(action: string): string | undefined {
  return linkActions.get(action)
}

/** The folder that serves a path by plain HTTP. */
export function folderOfPlainPath(path: string): string | undefined {
  for (const [pattern, folder] of plainPaths) if (pattern.test(path)) return folder
  return undefined
}

/** The service and its operation that answer plain HTTP to a host, which comes without port. */
export function operationOfHost(host: string): { folder: string; operation: string } | undefined {
  const name = host.toLowerCase()
  return hosts.find(({ names }) => names.test(name))
}

/** The folder that owns a CloudFormation resource type. */
export function folderOfResourceType(typeName: string): string | undefined {
  for (const [prefix, folder] of resourcePrefixes) if (typeName.startsWith(prefix)) return folder
  return undefined
}
