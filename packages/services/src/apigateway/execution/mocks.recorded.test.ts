import {
  CreateAuthorizerCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  GetIntegrationResponseCommand,
  GetModelsCommand,
  PutIntegrationCommand,
  type PutIntegrationCommandInput,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  type PutMethodCommandInput,
  PutMethodResponseCommand,
  TestInvokeMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { test } from 'vitest'
import { asRecorded, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { deploymentOf, type Replay, replay } from '../recorded.test-support.ts'

const facts = test.skipIf(!recordingsPresent)

interface Mock {
  readonly path?: string
  readonly httpMethod?: string
  readonly method?: Partial<PutMethodCommandInput>
  readonly integration?: Partial<PutIntegrationCommandInput>
  readonly template?: string
}

/** Puts a mock on a path of an API. */
async function addMock(r: Replay, api: { restApiId: string; rootId: string }, mock: Mock) {
  const { path = '', httpMethod = 'GET', template } = mock
  const { restApiId } = api
  let resourceId = api.rootId
  for (const pathPart of path.split('/').filter((part) => part !== '')) {
    const make = new CreateResourceCommand({ restApiId, parentId: resourceId, pathPart })
    resourceId = (await r.gateway.send(make)).id ?? ''
  }
  const place = { restApiId, resourceId, httpMethod }
  await r.gateway.send(
    new PutMethodCommand({ ...place, authorizationType: 'NONE', ...mock.method }),
  )
  await r.gateway.send(new PutMethodResponseCommand({ ...place, statusCode: '200' }))
  const requestTemplates = { 'application/json': '{"statusCode": 200}' }
  const integration = { type: 'MOCK' as const, requestTemplates, ...mock.integration }
  await r.gateway.send(new PutIntegrationCommand({ ...place, ...integration }))
  const responseTemplates: Record<string, string> =
    template === undefined ? {} : { 'application/json': template }
  await r.gateway.send(
    new PutIntegrationResponseCommand({ ...place, statusCode: '200', responseTemplates }),
  )
  return place
}

for (const [behavior, url, httpMethod] of [
  ['WHEN_NO_MATCH', 'PATH_BASED', 'GET'],
  ['NEVER', 'HOST_BASED', 'POST'],
  ['WHEN_NO_TEMPLATES', 'PATH_BASED', 'POST'],
  ['WHEN_NO_TEMPLATES', 'HOST_BASED', 'GET'],
  ['WHEN_NO_TEMPLATES', 'HOST_BASED', 'POST'],
] as const) {
  facts(`a mock answers by its template: ${behavior} ${url} ${httpMethod}`, async () => {
    const name = `TestIntegrations::test_mock_integration_response[${behavior}-UrlType.${url}-${httpMethod}]`
    const r = replay('basic', name)
    const api = await r.api()
    await addMock(r, api, {
      path: '{id}',
      httpMethod,
      integration: { passthroughBehavior: behavior },
      template: '{"statusCode": 200, "id": $input.params().path.id}',
    })
    await deploymentOf(r, api.restApiId, 'dev')
    const response = await r.get(api.restApiId, '/dev/42', { method: httpMethod })
    r.same('mock-response', await response.json())
  })
}

facts('a template finds the parameters of the request', async () => {
  const r = replay('basic', 'TestAPIGateway::test_api_gateway_mock_integration')
  const api = await r.api()
  const template = `{"echo": "$input.params('echo')", "response": "mocked"}`
  await addMock(r, api, { path: 'echo/{echo}', template })
  await deploymentOf(r, api.restApiId, 'dev')
  r.same('mocked-response', await (await r.get(api.restApiId, '/dev/echo/foobar')).json())
})

facts('an answer selects by what the request template overrode', async () => {
  const r = replay(
    'integrations',
    'test_integration_mock_with_request_overrides_in_response_template',
  )
  const api = await r.api()
  const request = `#set($context.requestOverride.path.myPath = $input.params('myPath')){"statusCode": 200}`
  const template = `#set($p = $context.requestOverride.path.myPath)#if($p == "path1"){"response": "path was path one"}#elseif($p == "path2"){"response": "path was path two"}#else{"response": "this is the else clause"}#end`
  await addMock(r, api, {
    path: '{myPath}',
    integration: { requestTemplates: { 'application/json': request } },
    template,
  })
  await deploymentOf(r, api.restApiId, 'dev')
  const ask = async (path: string) => await (await r.get(api.restApiId, `/dev/${path}`)).json()
  r.same('invoke-path1', await ask('path1'))
  r.same('invoke-path2', await ask('path2'))
  r.same('invoke-path-else', await ask('path3'))
})

facts('a response keeps its pattern and its template', async () => {
  const r = replay('integrations', 'test_put_integration_response_with_response_template')
  const { restApiId, resourceId, httpMethod } = await addMock(r, await r.api(), {})
  const place = { restApiId, resourceId, httpMethod, statusCode: '200' }
  const responseTemplates = { 'application/json': JSON.stringify({ data: 'test' }) }
  const input = { ...place, selectionPattern: 'foobar', responseTemplates }
  await r.gateway.send(new PutIntegrationResponseCommand(input))
  await r.is('get-integration-response', r.gateway.send(new GetIntegrationResponseCommand(place)))
})

facts('values of a body are put out as Java writes them', async () => {
  const r = replay('common', 'TestApiGatewayCommon::test_input_path_template_formatting')
  const api = await r.api()
  const whole = `$input.path('$.value')`
  const nested = `$input.path('$.value.nested')`
  // What a mock answers has no body: the values come back from an echo.
  r.cloud.internet.set('echo.example', ({ body }) => ({ status: 200, headers: {}, body }))
  const integration = {
    type: 'HTTP' as const,
    integrationHttpMethod: 'POST',
    uri: 'http://echo.example/',
    requestTemplates: {},
  }
  const echo = { httpMethod: 'POST', integration }
  await addMock(r, api, { ...echo, path: 'path', template: whole })
  await addMock(r, api, { ...echo, path: 'nested', template: nested })
  await addMock(r, api, {
    ...echo,
    path: 'empty',
    template: `{"body": $input.path('$.value'), "nested": $input.path('$.value.x'), "isNull": "#if( $input.path('$.value') == $null )true#{else}false#end", "isEmptyString": "#if( $input.path('$.value') == $null )true#{else}false#end"}`,
  })
  await deploymentOf(r, api.restApiId, 'dev')
  const ask = async (path: string, value: unknown) => {
    const body = JSON.stringify({ value })
    return await (await r.get(api.restApiId, `/dev/${path}`, { method: 'POST', body })).text()
  }
  r.same('dict-response', await ask('path', { foo: 'bar' }))
  r.same('json-list', await ask('path', [{ foo: 'bar' }]))
  r.same('nested-dict', await ask('nested', { nested: { foo: 'bar' } }))
  r.same('nested-list', await ask('nested', { nested: [{ foo: 'bar' }] }))
  r.same('list-to-string', await ask('path', { list: [{ foo: 'bar' }] }))
  r.same('dict-with-nested-list', await ask('path', { foo: [{ nested: 'bar' }] }))
  r.same('bigger-dict', await ask('path', { bigger: 'dict', to: 'test', with: 'separators' }))
  r.same('empty-body', await ask('empty', undefined))
  r.same('nested-empty-list', await ask('empty', []))
  r.same('nested-null-list', await ask('empty', null))
})

facts('an authorizing function and a method that asks it', async () => {
  const r = replay('basic', 'TestAPIGateway::test_apigateway_with_custom_authorization_method')
  const { restApiId, rootId: resourceId } = await r.api()
  r.same('api-id', { api_id: restApiId })
  const made = r.gateway.send(
    new CreateAuthorizerCommand({
      restApiId,
      name: 'lambda_authorizer',
      type: 'TOKEN',
      authorizerUri:
        'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:auth/invocations',
      identitySource: 'method.request.header.Auth',
    }),
  )
  await r.is('authorizer', made)
  const authorizerId = (await made).id
  const method = { authorizationType: 'CUSTOM', authorizerId, apiKeyRequired: true }
  const put = new PutMethodCommand({ restApiId, resourceId, httpMethod: 'GET', ...method })
  await r.is('put-method-response', r.gateway.send(put))
})

/** An API whose POST checks bodies by models that refer to each other. */
async function withModels(
  r: Replay,
  schemas: (url: string) => Record<string, object>,
  model: string,
) {
  const api = await r.api()
  const { restApiId } = api
  const url = `https://apigateway.amazonaws.com/restapis/${restApiId}/models/`
  for (const [name, schema] of Object.entries(schemas(url))) {
    const contentType = 'application/json'
    const make = { restApiId, name, contentType, schema: JSON.stringify(schema) }
    await r.gateway.send(new CreateModelCommand(make))
  }
  const { id: requestValidatorId } = await r.gateway.send(
    new CreateRequestValidatorCommand({ restApiId, validateRequestBody: true }),
  )
  const method = { requestValidatorId, requestModels: { 'application/json': model } }
  await addMock(r, api, { path: 'path', httpMethod: 'POST', method, template: '{"data":"ok"}' })
  await deploymentOf(r, restApiId, 'dev')
  await r.is('get-models-with-ref', r.gateway.send(new GetModelsCommand({ restApiId })))
  return async (body: unknown) =>
    await (
      await r.get(restApiId, '/dev/path', { method: 'POST', body: JSON.stringify(body) })
    ).json()
}

facts('a model of a list of another', async () => {
  const r = replay(
    'common',
    'TestApiGatewayCommon::test_api_gateway_request_validator_with_ref_models',
  )
  const number = { type: 'number' }
  const ask = await withModels(
    r,
    (url) => ({
      testSchema: {
        $schema: 'http://json-schema.org/draft-04/schema#',
        title: 'testSchema',
        type: 'object',
        properties: { a: number, b: number },
        required: ['a', 'b'],
      },
      testSchemaList: { type: 'array', items: { $ref: `${url}testSchema` } },
    }),
    'testSchemaList',
  )
  r.same('successful', await ask([{ a: 1, b: 2 }]))
  r.same('failed-validation', await ask([{ a: 1 }]))
})

facts('a model of nothing or another', async () => {
  const r = replay(
    'common',
    'TestApiGatewayCommon::test_api_gateway_request_validator_with_ref_one_ofmodels',
  )
  const ask = await withModels(
    r,
    (url) => ({
      StatusModel: {
        type: 'object',
        properties: { Status: { type: 'string' }, Order: { type: 'integer' } },
        required: ['Status', 'Order'],
      },
      TestModel: {
        type: 'object',
        properties: { status: { oneOf: [{ type: 'null' }, { $ref: `${url}StatusModel` }] } },
        required: ['status'],
      },
    }),
    'TestModel',
  )
  r.same('successful', await ask({ status: null }))
  r.same('successful-with-data', await ask({ status: { Status: 'ok', Order: 1 } }))
  r.same('failed-validation-no-data', await ask({ status: {} }))
  r.same('failed-validation-bad-data', await ask({ status: { Status: 'ok', Order: 'one' } }))
})

facts('a test tells what happened', async () => {
  const bindings = new Map<string, string>()
  const r = replay('api', 'TestApigatewayTestInvoke::test_invoke_test_method', bindings)
  const api = await r.api()
  const { resourceId: pets, restApiId } = await addMock(r, api, {
    path: 'pets',
    template: '{"pets": "all the pets"}',
  })
  const requestParameters = { 'method.request.path.petId': true }
  const make = new CreateResourceCommand({ restApiId, parentId: pets, pathPart: '{petId}' })
  const { id: resourceId = '' } = await r.gateway.send(make)
  const under = { restApiId, rootId: resourceId }
  const template = `{"petId": "$input.params('petId')"}`
  for (const httpMethod of ['GET', 'POST']) {
    await addMock(r, under, { httpMethod, method: { requestParameters }, template })
  }
  const ask = async (
    step: string,
    id: string,
    pathWithQueryString?: string,
    httpMethod = 'GET',
    body?: string,
  ) => {
    const input = { restApiId, resourceId: id, httpMethod, pathWithQueryString, body }
    const answer = await asRecorded(r.gateway.send(new TestInvokeMethodCommand(input)))
    r.same(step, {
      ...answer,
      log: linesOf(String(answer['log'])),
      latency: String(answer['latency']),
    })
  }
  await ask('test-invoke-method-get-pets', pets, '/pets')
  await ask('test-invoke-method-get-pets-bad-path', pets, '/random/test')
  await ask('test-invoke-method-get-pets-id', resourceId, '/pets/123')
  await ask('test-invoke-method-get-pets-id-no-path', resourceId)
  await ask('test-invoke-method-get-pets-id-bad-path', resourceId, '/random/test')
  await ask('test-invoke-method-get-with-qs', resourceId, '/pets/123?foo=bar')
  await ask('test-invoke-method-post-with-body', resourceId, '/pets/123', 'POST', '{"foo": "bar"}')
  const wrong = (input: object) =>
    r.gateway.send(
      new TestInvokeMethodCommand({ restApiId, resourceId, httpMethod: 'POST', ...input }),
    )
  await r.is('resource-method-not-found', wrong({ httpMethod: 'PUT' }))
  await r.is('resource-id-not-found', wrong({ resourceId: 'invalid_res' }))
  await r.is('rest-api-not-found', wrong({ restApiId: 'invalid_api' }))
})

/** A log as the recordings keep it: line by line, dates as their form. */
function linesOf(log: string): Record<string, string> {
  const stamp = /^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}/
  return Object.fromEntries(
    log
      .split('\n')
      .map((line, i) => [
        `line${String(i).padStart(2, '0')}`,
        line.replace(stamp, 'DDD MMM dd hh:mm:ss UTC yyyy'),
      ]),
  )
}
