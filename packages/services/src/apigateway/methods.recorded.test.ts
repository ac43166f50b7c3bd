import {
  CreateAuthorizerCommand,
  CreateModelCommand,
  CreateResourceCommand,
  DeleteIntegrationResponseCommand,
  DeleteMethodCommand,
  DeleteModelCommand,
  GetAuthorizersCommand,
  GetIntegrationCommand,
  GetIntegrationResponseCommand,
  GetMethodCommand,
  type Op,
  PutIntegrationCommand,
  type PutIntegrationCommandInput,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  type PutMethodCommandInput,
  PutMethodResponseCommand,
  UpdateIntegrationCommand,
  UpdateMethodCommand,
  UpdateMethodResponseCommand,
} from '@aws-sdk/client-api-gateway'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const facts = test.skipIf(!recordingsPresent)
const uri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:myApiAuthorizer/invocations'

type Change = readonly [op: string, path: string, value?: string]

function operations(changes: readonly Change[]) {
  return changes.map(([op, path, value]) => ({ op: op as Op, path, value }))
}

function methodsOf({ gateway }: Replay, restApiId: string, resourceId: string) {
  return {
    put: (httpMethod: string, input: Partial<PutMethodCommandInput> = {}) =>
      gateway.send(
        new PutMethodCommand({
          restApiId,
          resourceId,
          httpMethod,
          authorizationType: 'NONE',
          ...input,
        }),
      ),
    get: (httpMethod: string) =>
      gateway.send(new GetMethodCommand({ restApiId, resourceId, httpMethod })),
    remove: (httpMethod: string) =>
      gateway.send(new DeleteMethodCommand({ restApiId, resourceId, httpMethod })),
    patch: (httpMethod: string, ...changes: Change[]) =>
      gateway.send(
        new UpdateMethodCommand({
          restApiId,
          resourceId,
          httpMethod,
          patchOperations: operations(changes),
        }),
      ),
  }
}

facts('an authorizer of an API that is not there', async () => {
  const r = replay('api', 'TestApiGatewayApiAuthorizer::test_authorizer_crud_no_api')
  const restApiId = 'test-fake-rest-id'
  const identitySource = 'method.request.header.Authorization'
  const input = {
    restApiId,
    name: 'fake-auth-name',
    type: 'TOKEN',
    authorizerUri: uri,
    identitySource,
  } as const
  await r.is(
    'wrong-rest-api-id-create-authorizer',
    r.gateway.send(new CreateAuthorizerCommand(input)),
  )
  await r.is(
    'wrong-rest-api-id-get-authorizers',
    r.gateway.send(new GetAuthorizersCommand({ restApiId })),
  )
})

facts('a method comes and goes', async () => {
  const r = replay('api', 'TestApiGatewayApiMethod::test_method_lifecycle')
  const { restApiId, rootId } = await r.api()
  const { put, get, remove } = methodsOf(r, restApiId, rootId)
  await r.is('put-base-method-response', put('ANY'))
  await r.is('get-base-method-response', get('ANY'))
  await r.is('del-base-method-response', remove('ANY'))
  await r.is('get-deleted-method-response', get('ANY'))
  await r.is('delete-deleted-method-response', remove('ANY'))
})

facts('parameters of a request have names of their own', async () => {
  const r = replay('api', 'TestApiGatewayApiMethod::test_method_request_parameters')
  const { restApiId, rootId } = await r.api()
  const { put, get } = methodsOf(r, restApiId, rootId)
  const requestParameters = {
    'method.request.querystring.q_optional': false,
    'method.request.querystring.q_required': true,
    'method.request.header.h_optional': false,
    'method.request.header.h_required': true,
  }
  await r.is('put-method-request-params-response', put('ANY', { requestParameters }))
  await r.is('get-method-request-params-response', get('ANY'))
  const twice = {
    'method.request.querystring.optional': false,
    'method.request.header.optional': false,
  }
  await r.is('req-params-same-name', put('GET', { requestParameters: twice }))
})

facts('a model that a method names stays', async () => {
  const r = replay('api', 'TestApiGatewayApiMethod::test_put_method_model')
  const { restApiId, rootId } = await r.api()
  const { put, patch, remove } = methodsOf(r, restApiId, rootId)
  const make = (name: string) =>
    r.gateway.send(
      new CreateModelCommand({
        restApiId,
        name,
        contentType: 'application/json',
        description: '',
        schema: JSON.stringify({ title: name, type: 'object' }),
      }),
    )
  const drop = (modelName: string) =>
    r.gateway.send(new DeleteModelCommand({ restApiId, modelName }))
  const requestModels = (name: string) => ({ requestModels: { 'application/json': name } })
  const path = '/requestModels/application~1json'
  await r.is('create-model', make('MySchema'))
  await r.is('create-model-2', make('MySchemaTwo'))
  await r.is('put-method-request-models', put('ANY', requestModels('MySchema')))
  await r.is('delete-model-used', drop('MySchema'))
  await r.is('update-method-model', patch('ANY', ['replace', path, 'MySchemaTwo']))
  await r.is('delete-model-unused', drop('MySchema'))
  await r.is('delete-model-used-2', drop('MySchemaTwo'))
  const { id = '' } = await r.gateway.send(
    new CreateResourceCommand({ restApiId, parentId: rootId, pathPart: 'test' }),
  )
  const child = methodsOf(r, restApiId, id)
  await r.is('put-method-2-request-models', child.put('ANY', requestModels('MySchemaTwo')))
  await r.is('delete-model-used-by-2-method', drop('MySchemaTwo'))
  await r.is('update-method-model-2', child.patch('ANY', ['remove', path, 'MySchemaTwo']))
  await r.is('delete-model-used-by-method-1', drop('MySchemaTwo'))
  await r.is('delete-method-using-model-2', remove('ANY'))
  await r.is('delete-model-unused-2', drop('MySchemaTwo'))
})

facts('what no method can be, in the order of AWS', async () => {
  const r = replay('api', 'TestApiGatewayApiMethod::test_put_method_validation')
  const { restApiId, rootId } = await r.api()
  const { put } = methodsOf(r, restApiId, rootId)
  await r.is('wrong-api', methodsOf(r, 'fake-api', rootId).put('WRONG'))
  await r.is('wrong-resource', methodsOf(r, restApiId, 'fake-resource-id').put('WRONG'))
  await r.is('wrong-method', put('WRONG'))
  await r.is('missing-authorizer-id', put('ANY', { authorizationType: 'CUSTOM' }))
  await r.is('invalid-request-validator', put('ANY', { requestValidatorId: 'fake-validator' }))
  const requestModels = { 'application/json': 'petModel' }
  await r.is('invalid-model-name', put('ANY', { requestModels }))
})

facts('a method is changed member by member', async () => {
  const r = replay('api', 'TestApiGatewayApiMethod::test_update_method')
  const { restApiId, rootId } = await r.api()
  const { put, patch } = methodsOf(r, restApiId, rootId)
  const parameter = '/requestParameters/method.request.querystring.optional'
  const model = '/requestModels/application~1json'
  await r.is('put-method-response', put('ANY'))
  await r.is('update-method-add', patch('ANY', ['add', parameter, 'true'], ['add', model, 'Empty']))
  await r.is(
    'update-method-replace',
    patch(
      'ANY',
      ['replace', '/operationName', 'ReplacedOperationName'],
      ['replace', '/apiKeyRequired', 'true'],
      ['replace', '/authorizationType', 'AWS_IAM'],
      ['replace', parameter, 'false'],
    ),
  )
  const { id = '' } = await r.gateway.send(
    new CreateAuthorizerCommand({
      restApiId,
      name: 'authorizer-test',
      type: 'TOKEN',
      authorizerUri: uri,
      identitySource: 'method.request.header.Authorization',
    }),
  )
  await r.is(
    'update-method-replace-authorizer',
    patch('ANY', ['replace', '/authorizerId', id], ['replace', '/authorizationType', 'CUSTOM']),
  )
  await r.is(
    'update-method-remove',
    patch('ANY', ['remove', parameter, 'true'], ['remove', model, 'Empty']),
  )
})

facts('changes of a method that are refused', async () => {
  const r = replay('api', 'TestApiGatewayApiMethod::test_update_method_validation')
  const { restApiId, rootId } = await r.api()
  const { put, patch } = methodsOf(r, restApiId, rootId)
  await r.is('wrong-rest-api', methodsOf(r, 'fake-api', rootId).patch('ANY'))
  await r.is('wrong-resource-id', methodsOf(r, restApiId, 'fake-resource-id').patch('ANY'))
  await r.is('method-does-not-exist', patch('GET', ['replace', '/operationName', 'none']))
  await r.is('put-method-response', put('ANY', { apiKeyRequired: true }))
  await r.is('unsupported-operation', patch('ANY', ['add', '/operationName', 'operationName']))
  await r.is('unsupported-operation-2', patch('ANY', ['add', '/requestValidatorId', 'wrong-id']))
  await r.is('unsupported-path', patch('ANY', ['add', '/httpMethod', 'PUT']))
  await r.is(
    'wrong-path-request-parameters',
    patch('ANY', ['replace', '/requestParameters', 'a=false']),
  )
  await r.is(
    'wrong-path-request-models',
    patch('ANY', ['add', '/requestModels/application/json', 'Empty']),
  )
  await r.is('wrong-value-type', patch('ANY', ['replace', '/apiKeyRequired', 'whatever']))
  await r.is('wrong-auth-type', patch('ANY', ['replace', '/authorizationType', 'CUSTOM']))
  await r.is('skip-auth-id-with-wrong-type', patch('ANY', ['replace', '/authorizerId', 'abc123']))
  await r.is(
    'wrong-auth-id',
    patch(
      'ANY',
      ['replace', '/authorizationType', 'CUSTOM'],
      ['replace', '/authorizerId', 'abc123'],
    ),
  )
  await r.is('wrong-req-validator-id', patch('ANY', ['replace', '/requestValidatorId', 'fake-id']))
})

/** An API with a method POST on its root and a response 200. */
async function withResponse(r: Replay) {
  const { restApiId, rootId } = await r.api()
  await methodsOf(r, restApiId, rootId).put('POST')
  const place = { restApiId, resourceId: rootId, httpMethod: 'POST', statusCode: '200' }
  await r.gateway.send(new PutMethodResponseCommand(place))
  const patch = (changes: readonly Change[], other: Partial<typeof place> = {}) =>
    r.gateway.send(
      new UpdateMethodResponseCommand({
        ...place,
        ...other,
        patchOperations: operations(changes),
      }),
    )
  return { place, patch }
}

const header = '/responseParameters/method.response.header.my-header'
const json = '/responseModels/application~1json'

facts('a method response gets and loses parameters and models', async () => {
  const r = replay('api', 'TestApigatewayMethodResponse::test_update_method_response')
  const { patch } = await withResponse(r)
  await patch([
    ['add', header, 'false'],
    ['add', json, 'Empty'],
  ])
  await r.is(
    'remove-update-method-response',
    patch([
      ['remove', header],
      ['remove', json],
    ]),
  )
  await r.is(
    'add-update-method-response',
    patch([
      ['add', header, 'true'],
      ['add', json, 'Empty'],
    ]),
  )
})

facts('operations of a method response that are none', async () => {
  const r = replay(
    'api',
    'TestApigatewayMethodResponse::test_update_method_response_wrong_operations',
  )
  const { patch } = await withResponse(r)
  const wrong: Change = ['wrong_op', header, 'true']
  const right: Change = ['add', header, 'true']
  const step = (count: number) => `update-method-response-wrong-operation-${count}`
  await r.is(step(1), patch([wrong]))
  await r.is(step(2), patch([wrong, right]))
  await r.is(step(3), patch([wrong, wrong]))
  await r.is(step(4), patch([wrong, wrong, wrong, wrong]))
  await r.is(step(5), patch([wrong, right, wrong]))
})

facts('a method response that is not there', async () => {
  const r = replay(
    'api',
    'TestApigatewayMethodResponse::test_update_method_response_negative_tests',
  )
  const { patch } = await withResponse(r)
  const add: Change = ['add', header, 'true']
  const step = (name: string) => `update-method-response-${name}`
  await r.is(step('wrong-statuscode'), patch([add], { statusCode: '201' }))
  await r.is(step('invalid-statuscode'), patch([add], { statusCode: 'wrong' }))
  const wrong: Change = ['wrong_op', header, 'true']
  await r.is(step('invalid-statuscode-and-wrong-op'), patch([wrong], { statusCode: 'wrong' }))
  await r.is(step('wrong-resource'), patch([add], { resourceId: 'wrong' }))
  await r.is(step('wrong-method'), patch([add], { httpMethod: 'PUT' }))
})

facts('what a method response has not is neither removed nor replaced', async () => {
  const r = replay(
    'api',
    'TestApigatewayMethodResponse::test_update_method_lack_response_parameters_and_models',
  )
  const { patch } = await withResponse(r)
  const step = (name: string) => `update-method-response-operation-${name}`
  await r.is(step('without-response-parameters'), patch([['replace', header, 'true']]))
  await r.is(step('without-response-models'), patch([['replace', json, 'Empty']]))
  await r.is(
    step('with-wrong-path'),
    patch([['add', '/wrong/method.response.header.my-header', 'true']]),
  )
})

facts('names that a method response has not', async () => {
  const r = replay('api', 'TestApigatewayMethodResponse::test_update_method_wrong_param_names')
  const { patch } = await withResponse(r)
  await patch([
    ['add', header, 'true'],
    ['add', json, 'Empty'],
  ])
  const step = (count: number) => `update-method-response-operation-with-wrong-param-name-${count}`
  await r.is(step(1), patch([['remove', '/responseParameters/method.response.header.other']]))
  await r.is(
    step(2),
    patch([['replace', '/responseParameters/method.response.header.other', 'true']]),
  )
  await r.is(step(3), patch([['remove', '/responseModels/application~1xml']]))
  await r.is(step(4), patch([['replace', '/responseModels/application~1xml', 'Empty']]))
})

/** An API with a method GET and a mock behind it. */
async function withMock(r: Replay) {
  const { restApiId, rootId } = await r.api()
  const place = { restApiId, resourceId: rootId, httpMethod: 'GET' }
  await methodsOf(r, restApiId, rootId).put('GET')
  const requestTemplates = { 'application/json': '{"statusCode": 200}' }
  await r.gateway.send(new PutIntegrationCommand({ ...place, type: 'MOCK', requestTemplates }))
  return { ...place, statusCode: '200' }
}

for (const [name, step, other] of [
  ['test_integration_response_wrong_api', 'wrong-api', { restApiId: 'wrong' }],
  ['test_integration_response_wrong_resource', 'wrong-resource', { resourceId: 'wrong' }],
  ['test_integration_response_wrong_method', 'wrong-method', { httpMethod: 'POST' }],
] as const) {
  facts(`an integration response at a place that is not there: ${step}`, async () => {
    const r = replay('api', `TestApigatewayIntegrationResponse::${name}`)
    const place = { ...(await withMock(r)), ...other }
    await r.is(
      `put-integration-response-${step}`,
      r.gateway.send(new PutIntegrationResponseCommand(place)),
    )
    await r.is(
      `get-integration-response-${step}`,
      r.gateway.send(new GetIntegrationResponseCommand(place)),
    )
  })
}

facts('an integration response without integration, or of another status', async () => {
  const without = replay(
    'api',
    'TestApigatewayIntegrationResponse::test_integration_response_invalid_integration',
  )
  const { restApiId, rootId: resourceId } = await without.api()
  await methodsOf(without, restApiId, resourceId).put('GET')
  const place = { restApiId, resourceId, httpMethod: 'GET', statusCode: '200' }
  await without.is(
    'get-integration-response-without-integration',
    without.gateway.send(new GetIntegrationResponseCommand(place)),
  )
  const r = replay(
    'api',
    'TestApigatewayIntegrationResponse::test_integration_response_wrong_status_code',
  )
  await r.is(
    'get-integration-response-wrong-status-code',
    r.gateway.send(new GetIntegrationResponseCommand(await withMock(r))),
  )
})

facts('integration responses that can not be deleted', async () => {
  const r = replay(
    'api',
    'TestApigatewayIntegrationResponse::test_delete_integration_response_errors',
  )
  const place = await withMock(r)
  const responseTemplates = { 'application/json': '"created"' }
  const put = new PutIntegrationResponseCommand({
    ...place,
    selectionPattern: '',
    responseTemplates,
  })
  await r.is('put-integration-response', r.gateway.send(put))
  const drop = (other: Partial<typeof place>) =>
    r.gateway.send(new DeleteIntegrationResponseCommand({ ...place, ...other }))
  await r.is('non-existent-resource', drop({ resourceId: 'wrong' }))
  await r.is('non-existent-api-id', drop({ restApiId: 'wrong' }))
  await r.is('non-existent-method', drop({ httpMethod: 'POST' }))
  await r.is('non-existent-status-code', drop({ statusCode: '201' }))
  await r.is('bad-method', drop({ httpMethod: 'WRONG' }))
})

facts('an integration at a place that is not there', async () => {
  const r = replay('api', 'TestApigatewayIntegration::test_get_integration_non_existent')
  const { restApiId, rootId: resourceId } = await r.api()
  await methodsOf(r, restApiId, resourceId).put('GET')
  const place = { restApiId, resourceId, httpMethod: 'GET' }
  const get = (other: Partial<typeof place>) =>
    r.gateway.send(new GetIntegrationCommand({ ...place, ...other }))
  await r.is('get-integration-no-api', get({ restApiId: 'wrong' }))
  await r.is('get-integration-no-resource', get({ resourceId: 'wrong' }))
  await r.is('get-integration-no-method', get({ httpMethod: 'POST' }))
  await r.is('get-integration-no-integration', get({}))
})

facts('an integration over a VPC link is described', async () => {
  const r = replay(
    'api',
    'TestApigatewayIntegration::test_create_integration_with_vpc_link',
    new Map([['<region>', 'us-east-1']]),
  )
  const { restApiId, rootId: resourceId } = await r.api()
  await methodsOf(r, restApiId, resourceId).put('GET')
  const place = { restApiId, resourceId, httpMethod: 'GET' }
  const input = {
    ...place,
    type: 'HTTP_PROXY' as const,
    integrationHttpMethod: 'GET',
    uri: 'http://my-vpclink-test-nlb-1234567890abcdef.us-east-1.amazonaws.com',
    connectionType: 'VPC_LINK' as const,
    connectionId: '${stageVariables.vpcLinkId}',
  }
  const get = () => r.gateway.send(new GetIntegrationCommand(place))
  await r.is('put-integration-vpc-link', r.gateway.send(new PutIntegrationCommand(input)))
  await r.is('get-integration-vpc-link', get())
  const patchOperations = operations([
    ['replace', '/connectionId', '${stageVariables.vpcLinkIdBeta}'],
  ])
  await r.is(
    'update-integration-vpc-link',
    r.gateway.send(new UpdateIntegrationCommand({ ...place, patchOperations })),
  )
  await r.is('get-integration-update-vpc-link', get())
})

const bindings = () =>
  new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])

function integrationsOf(r: Replay, restApiId: string, resourceId: string) {
  return (input: Partial<PutIntegrationCommandInput>) =>
    r.gateway.send(
      new PutIntegrationCommand({
        restApiId,
        resourceId,
        httpMethod: 'GET',
        type: 'AWS',
        ...input,
      }),
    )
}

const functionPath =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:MyLambda/invocations'

facts('what an integration has to have, by its type', async () => {
  const r = replay('integrations', 'test_put_integration_validation', bindings())
  const { restApiId, rootId } = await r.api()
  await methodsOf(r, restApiId, rootId).put('GET')
  const put = integrationsOf(r, restApiId, rootId)
  const s3 = 'arn:aws:apigateway:us-east-1:s3:path/b/k'
  const credentials = 'arn:aws:iam::111111111111:role/service-role/testfunction-role-oe783psq'
  const integrationHttpMethod = 'POST'
  for (const type of ['HTTP', 'HTTP_PROXY'] as const) {
    await r.is(`required-integration-method-${type}`, put({ type, uri: 'http://example.com' }))
  }
  await r.is('required-integration-method-AWS', put({ type: 'AWS', uri: s3, credentials }))
  await r.is('not-required-integration-method-MOCK', put({ type: 'MOCK' }))
  for (const type of ['HTTP', 'HTTP_PROXY'] as const) {
    await r.is(
      `http-method-${type}`,
      put({ type, uri: 'http://example.com', integrationHttpMethod }),
    )
  }
  await r.is('aws-integration-AWS', put({ uri: s3, credentials, integrationHttpMethod }))
  for (const type of ['AWS', 'AWS_PROXY'] as const) {
    await r.is(
      `aws-integration-type-${type}`,
      put({ type, uri: functionPath, integrationHttpMethod }),
    )
  }
  await r.is(
    'no-s3-support-AWS_PROXY',
    put({ type: 'AWS_PROXY', uri: s3, credentials, integrationHttpMethod }),
  )
  for (const type of ['HTTP', 'HTTP_PROXY'] as const) {
    await r.is(`invalid-uri-${type}`, put({ type, uri: 'non-sense', integrationHttpMethod }))
  }
  await r.is('invalid-uri-not-an-arn', put({ uri: 'non-sense', integrationHttpMethod }))
  await r.is(
    'invalid-uri-invalid-arn',
    put({ uri: 'arn:aws:iam::111111111111:service:name', integrationHttpMethod }),
  )
})

facts('what a proxy of AWS may lead to', async () => {
  const r = replay('lambda', 'test_put_integration_aws_proxy_uri', bindings())
  const { restApiId, rootId } = await r.api()
  await methodsOf(r, restApiId, rootId).put('GET')
  const integrations = integrationsOf(r, restApiId, rootId)
  const put = (target: string) =>
    integrations({ type: 'AWS_PROXY', uri: target, integrationHttpMethod: 'POST' })
  const fn = 'arn:aws:lambda:us-east-1:111111111111:function:fn'
  await r.is('put-integration-lambda-uri', put(fn))
  await r.is('put-integration-wrong-arn', put('lambda'))
  await r.is(
    'put-integration-wrong-type',
    put(`arn:aws:apigateway:us-east-1:lambda:${fn}/invocations`),
  )
  await r.is(
    'put-integration-wrong-firehose',
    put('arn:aws:apigateway:us-east-1:firehose:path/any'),
  )
  await r.is(
    'put-integration-bad-lambda-arn',
    put('arn:aws:apigateway:us-east-1:lambda:path/bad-value'),
  )
  const table = replay('dynamodb', 'test_error_aws_proxy_not_supported', bindings())
  const made = await table.api()
  await methodsOf(table, made.restApiId, made.rootId).put('GET')
  const action = {
    type: 'AWS_PROXY' as const,
    uri: 'arn:aws:apigateway:us-east-1:dynamodb:action/Scan',
    integrationHttpMethod: 'POST',
  }
  await table.is(
    'create-integration-error',
    integrationsOf(table, made.restApiId, made.rootId)(action),
  )
})
