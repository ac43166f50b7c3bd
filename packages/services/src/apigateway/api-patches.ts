import type { PatchOperation } from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { checkCompression, privateNeedsDualstack } from './endpoint.ts'
import { badRequest, invalidPatchPath } from './errors.ts'
import { flag, only, type Patch, patchesOf, withItem } from './patches.ts'
import { savedPolicy } from './policies.ts'
import type { RestApiRecord } from './state.ts'

type Api = RestApiRecord

/** An API after an update. Source: REST API Reference, "Patch operations", RestApi. */
export function patchedApi(
  ctx: Context,
  api: Api,
  operations: readonly PatchOperation[] | undefined,
): Api {
  let next = api
  for (const patch of patchesOf(operations)) next = patched(ctx, next, patch)
  return next
}

function patched(ctx: Context, api: Api, patch: Patch): Api {
  const [head = '', ...rest] = patch.segments
  const { value } = patch
  switch (head) {
    case 'name':
      only(patch, 'replace')
      if (value === undefined || value.trim() === '') throw badRequest('API name cannot be empty')
      return { ...api, name: value }
    case 'description':
      return withText(api, 'description', patch)
    case 'version':
      return withText(api, 'version', patch)
    case 'apiKeySource':
      only(patch, 'replace')
      if (value !== 'HEADER' && value !== 'AUTHORIZER') {
        throw badRequest('Invalid API key source specified. Valid options are HEADER,AUTHORIZER')
      }
      return { ...api, apiKeySource: value }
    case 'disableExecuteApiEndpoint':
      only(patch, 'replace')
      return { ...api, disableExecuteApiEndpoint: flag(value) }
    case 'policy':
      only(patch, 'replace')
      return withPolicy(ctx, api, value)
    case 'minimumCompressionSize':
      only(patch, 'replace')
      return withCompression(api, value)
    case 'binaryMediaTypes':
      if (rest.length !== 1) throw invalidPatchPath(patch.path)
      return { ...api, binaryMediaTypes: withItem(api.binaryMediaTypes, patch, rest[0] ?? '') }
    case 'endpointConfiguration':
      return withEndpoint(api, patch, rest)
    default:
      throw invalidPatchPath(patch.path)
  }
}

function withText(api: Api, name: 'description' | 'version', patch: Patch): Api {
  only(patch, 'replace', 'remove')
  const { [name]: _, ...others } = api
  if (patch.op === 'remove' || patch.value === undefined) return others
  return { ...others, [name]: patch.value }
}

function withPolicy(ctx: Context, api: Api, value: string | undefined): Api {
  const { policy: _, ...others } = api
  if (value === undefined || value === '') return others
  return { ...others, policy: savedPolicy(ctx, api.id, value) }
}

/** Recorded: apigateway, `test_update_rest_api_compression`: no value, or an empty one, turns it off. */
function withCompression(api: Api, value: string | undefined): Api {
  const { minimumCompressionSize: _, ...others } = api
  if (value === undefined || value === '') return others
  const minimumCompressionSize = Number(value)
  checkCompression(minimumCompressionSize)
  return { ...others, minimumCompressionSize }
}

const endpointTypes = ['REGIONAL', 'EDGE', 'PRIVATE']

function withEndpoint(api: Api, patch: Patch, [part, name = '', ...more]: string[]): Api {
  if (more.length > 0) throw invalidPatchPath(patch.path)
  if (part === 'ipAddressType') {
    only(patch, 'replace')
    const ipAddressType = patch.value ?? ''
    if (ipAddressType !== 'ipv4' && ipAddressType !== 'dualstack') {
      throw badRequest('ipAddressType must be either ipv4 or dualstack.')
    }
    if (api.endpointType === 'PRIVATE' && ipAddressType === 'ipv4') throw privateNeedsDualstack()
    return { ...api, ipAddressType }
  }
  if (part === 'vpcEndpointIds') {
    const ids = withItem(api.vpcEndpointIds, patch, name === '' ? (patch.value ?? '') : name)
    return { ...api, vpcEndpointIds: ids }
  }
  if (part !== 'types') throw invalidPatchPath(patch.path)
  if (!['add', 'remove', 'replace'].includes(patch.op)) {
    throw badRequest("Invalid patch operation specified. Must be 'add'|'remove'|'replace'")
  }
  const endpointType = patch.value ?? name
  if (!endpointTypes.includes(endpointType)) {
    throw badRequest('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE')
  }
  const ipAddressType = endpointType === 'PRIVATE' ? 'dualstack' : api.ipAddressType
  return { ...api, endpointType, ipAddressType }
}
