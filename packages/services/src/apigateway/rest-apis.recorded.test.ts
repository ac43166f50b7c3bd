import {
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteResourceCommand,
  type EndpointType,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  type IpAddressType,
  type Op,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import { expect, test } from 'vitest'
import { asRecorded, recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const facts = test.skipIf(!recordingsPresent)

/** Patches of an API, written short. */
function patcher({ gateway }: Replay, restApiId: string) {
  return (...operations: readonly (readonly [op: string, path: string, value?: string])[]) =>
    gateway.send(
      new UpdateRestApiCommand({
        restApiId,
        patchOperations: operations.map(([op, path, value]) => ({ op: op as Op, path, value })),
      }),
    )
}

facts('an API with tags', async () => {
  const r = replay('api', 'TestApiGatewayApiRestApi::test_create_rest_api_with_tags')
  const input = { name: 'test-api', description: 'this is my api', tags: { MY_TAG1: 'MY_VALUE1' } }
  const made = r.gateway.send(new CreateRestApiCommand(input))
  await r.is('create-rest-api-w-tags', made)
  const restApiId = (await made).id
  await r.is('get-rest-api-w-tags', r.gateway.send(new GetRestApiCommand({ restApiId })))
  await r.is('get-rest-apis-w-tags', r.gateway.send(new GetRestApisCommand({})))
})

facts('binary media types are changed like members', async () => {
  const r = replay('api', 'TestApiGatewayApiRestApi::test_update_rest_api_operation_add_remove')
  const { restApiId } = await r.api({ description: 'this is my api' })
  const patch = patcher(r, restApiId)
  await r.is(
    'update-rest-api-add',
    patch(['add', '/binaryMediaTypes/image~1png'], ['add', '/binaryMediaTypes/image~1jpeg']),
  )
  await r.is(
    'update-rest-api-replace',
    patch(['replace', '/binaryMediaTypes/image~1png', 'image/gif']),
  )
  await r.is(
    'update-rest-api-remove',
    patch(['remove', '/binaryMediaTypes/image~1gif'], ['remove', '/description']),
  )
})

facts('compression is a size, or off', async () => {
  const r = replay('api', 'TestApiGatewayApiRestApi::test_update_rest_api_compression')
  const { restApiId } = await r.api({ description: 'this is my api' })
  const patch = patcher(r, restApiId)
  const path = '/minimumCompressionSize'
  await r.is('enable-compression', patch(['replace', path, '10']))
  await r.is('disable-compression', patch(['replace', path, '']))
  await r.is('set-compression-zero', patch(['replace', path, '0']))
  await r.is('set-negative-compression', patch(['replace', path, '-1']))
  await r.is('set-string-compression', patch(['replace', path, 'test']))
  await r.is('unsupported-operation', patch(['add', path, '10']))
})

facts('paths that no patch takes', async () => {
  const r = replay('api', 'TestApiGatewayApiRestApi::test_update_rest_api_behaviour')
  const { restApiId } = await r.api({ description: 'this is my api' })
  const patch = patcher(r, restApiId)
  await r.is('update-rest-api-array', patch(['add', '/binaryMediaTypes/-', 'image/png']))
  const path = '/binaryMediaTypes'
  await r.is('update-rest-api-add-base-path', patch(['add', path, 'image/gif']))
  await r.is('update-rest-api-replace-base-path', patch(['replace', path, 'image/gif']))
  await r.is('update-rest-api-remove-base-path', patch(['remove', path]))
})

facts('an API that is not there', async () => {
  const r = replay('api', 'TestApiGatewayApiRestApi::test_update_rest_api_invalid_api_id')
  const patch = patcher(r, 'api_id')
  await r.is('not-found-update-rest-api', patch(['replace', '/apiKeySource', 'AUTHORIZER']))
})

facts('endpoint types and address types', async () => {
  const r = replay(
    'api',
    'TestApiGatewayApiRestApi::test_create_rest_api_with_endpoint_configuration',
  )
  const make = (types: readonly string[] | undefined, ip?: string, description?: string) =>
    r.gateway.send(
      new CreateRestApiCommand({
        name: 'test-api',
        description,
        endpointConfiguration: {
          types: types as EndpointType[] | undefined,
          ipAddressType: ip as IpAddressType | undefined,
        },
      }),
    )
  await r.is('create-with-empty-types', make([]))
  await r.is('create-with-invalid-ip-address-type', make(['EDGE'], 'wrong'))
  await r.is('create-with-invalid-types', make(['wrong']))
  await r.is('create-with-invalid-ip-address-type-and-types', make(['wrong'], 'wrong'))
  await r.is('create-with-invalid-types-and-ip-address-type', make(['wrong'], 'wrong'))
  await r.is('create-with-multiple-errors-1', make(['wrong'], 'wrong', ''))
  await r.is('create-with-multiple-errors-2', make(['EDGE', 'REGIONAL'], undefined, ''))
  await r.is('create-with-two-types', make(['EDGE', 'REGIONAL']))
  await r.is('create-with-endpoint-config-dualstack', make(['EDGE'], 'dualstack'))
  await r.is('create-with-endpoint-config-regional', make(['REGIONAL'], 'ipv4'))
})

facts('a private API speaks both kinds of addresses', async () => {
  const r = replay('api', 'TestApiGatewayApiRestApi::test_create_rest_api_verify_defaults')
  const make = (types: readonly string[], ip?: string) =>
    r.gateway.send(
      new CreateRestApiCommand({
        name: `test-api-${types.join()}`,
        endpointConfiguration: {
          types: types as EndpointType[],
          ipAddressType: ip as IpAddressType | undefined,
        },
      }),
    )
  await r.is('create-with-edge-default', make(['EDGE']))
  await r.is('create-with-regional-default', make(['REGIONAL']))
  await r.is('create-with-private-default', make(['PRIVATE']))
  await r.is('create-with-empty-ip-address-type-and-wrong-type', make(['wrong']))
})

facts('an address type is changed where it can be', async () => {
  const r = replay('api', 'TestApiGatewayApiRestApi::test_update_rest_api_ip_address_type')
  const { restApiId } = await r.api()
  const patch = patcher(r, restApiId)
  const types = '/endpointConfiguration/types/EDGE'
  const ip = '/endpointConfiguration/ipAddressType'
  await r.is('update-rest-api-replace-type', patch(['replace', types, 'PRIVATE']))
  await r.is('update-rest-api-replace-to-ipv4-within-private-type', patch(['replace', ip, 'ipv4']))
  await r.is('update-rest-api-wrong-ipAddressType', patch(['replace', ip, 'wrong']))
  await r.is('update-rest-api-wrong-type', patch(['replace', types, 'wrong']))
  await r.is('update-rest-api-invalid-operation-on-ipAddressType', patch(['add', ip, 'dualstack']))
  await r.is('update-rest-api-invalid-operation-on-type', patch(['test', types, 'REGIONAL']))
  await r.is('update-rest-api-replace-ip-address-type', patch(['replace', ip, 'dualstack']))
})

facts('operations that are none are told all together', async () => {
  const r = replay('api', 'TestApiGatewayApiRestApi::test_update_rest_api_concatenation_of_errors')
  const { restApiId } = await r.api()
  const patch = patcher(r, restApiId)
  const ip = ['wrong', '/endpointConfiguration/ipAddressType', 'dualstack'] as const
  const types = ['wrong', '/endpointConfiguration/types/0', 'REGIONAL'] as const
  await r.is('update-rest-api-wrong-operations-on-ipAddressType', patch(ip, ip))
  await r.is('update-rest-api-wrong-operations-on-type', patch(types, types))
  await r.is(
    'update-rest-api-wrong-operations-on-type-and-on-ip-address-type',
    patch(types, ip, ip),
  )
})

function resourceMaker({ gateway }: Replay, restApiId: string) {
  return (parentId: string, pathPart: string) =>
    gateway.send(new CreateResourceCommand({ restApiId, parentId, pathPart }))
}

/** Recordings are sorted by path; ours come in the order of ids, as AWS's do. */
async function byPath(call: Promise<object>): Promise<object> {
  const answer = (await asRecorded(call)) as { items: { path: string }[] }
  return { ...answer, items: [...answer.items].sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

facts('a resource takes those under it along', async () => {
  const r = replay('api', 'TestApiGatewayApiResource::test_delete_resource')
  const { restApiId, rootId } = await r.api()
  const make = resourceMaker(r, restApiId)
  const { id: resourceId = '' } = await make(rootId, 'pets')
  const { id: childId } = await make(resourceId, 'subpets')
  const remove = (id: string | undefined) =>
    r.gateway.send(new DeleteResourceCommand({ restApiId, resourceId: id }))
  await r.is('delete-resource', remove(resourceId))
  await r.is('get-resources', r.gateway.send(new GetResourcesCommand({ restApiId })))
  await r.is('delete-subresource', remove(childId))
})

facts('greedy resources beside others', async () => {
  const r = replay('api', 'TestApiGatewayApiResource::test_create_proxy_resource')
  const { restApiId, rootId } = await r.api()
  const make = resourceMaker(r, restApiId)
  const all = () => byPath(r.gateway.send(new GetResourcesCommand({ restApiId })))
  await r.is('create-base-proxy-resource', make(rootId, '{proxy+}'))
  const { id: sibling = '' } = await make(rootId, 'parent')
  r.same('create-proxy-sibling-resource', sibling)
  const greedy = make(sibling, '{proxy+}')
  await r.is('create-proxy-sibling-proxy-child-resource', greedy)
  const fixed = make(sibling, 'child')
  await r.is('create-proxy-sibling-static-child-resource', fixed)
  const under = make((await fixed).id ?? '', '{proxy+}')
  await r.is('create-static-child-proxy-resource', under)
  r.same('all-resources', await all())
  const { id: resourceId } = await greedy
  await r.gateway.send(new DeleteResourceCommand({ restApiId, resourceId }))
  const dynamic = make(sibling, '{child}')
  await r.is('create-proxy-sibling-dynamic-child-resource', dynamic)
  await r.is('create-dynamic-child-proxy-resource', make((await dynamic).id ?? '', '{proxy+}'))
  r.same('all-resources-2', await all())
})

facts('what no resource can be', async () => {
  const r = replay('api', 'TestApiGatewayApiResource::test_create_proxy_resource_validation')
  const { restApiId, rootId } = await r.api()
  const make = resourceMaker(r, restApiId)
  const base = make(rootId, '{proxy+}')
  await r.is('create-base-proxy-resource', base)
  const baseId = (await base).id ?? ''
  await r.is('create-proxy-dynamic-sibling-resource', make(rootId, '{dynamic}'))
  await r.is('create-proxy-static-child-resource', make(baseId, 'child'))
  await r.is('create-proxy-dynamic-child-resource', make(baseId, '{child}'))
  const { id: parent = '' } = await make(rootId, 'parent')
  await r.is('create-greedy-child-resource', make(parent, '{child+}'))
  expect(parent).not.toBe('')
})
