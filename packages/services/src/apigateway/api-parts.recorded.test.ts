import {
  CreateDocumentationPartCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateRestApiCommand,
  DeleteDocumentationPartCommand,
  DeleteGatewayResponseCommand,
  DeleteModelCommand,
  DeleteRequestValidatorCommand,
  type DocumentationPartType,
  type GatewayResponseType,
  GetDocumentationPartCommand,
  GetDocumentationPartsCommand,
  GetGatewayResponseCommand,
  GetGatewayResponsesCommand,
  GetModelCommand,
  GetModelsCommand,
  GetRequestValidatorCommand,
  GetRequestValidatorsCommand,
  GetVpcLinkCommand,
  ImportDocumentationPartsCommand,
  ImportRestApiCommand,
  type Op,
  PutGatewayResponseCommand,
  type PutGatewayResponseCommandInput,
  PutRestApiCommand,
  UpdateDocumentationPartCommand,
  UpdateGatewayResponseCommand,
  UpdateModelCommand,
  UpdateRequestValidatorCommand,
  UpdateVpcLinkCommand,
} from '@aws-sdk/client-api-gateway'
import { test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const facts = test.skipIf(!recordingsPresent)

type Change = readonly [op: string, path: string | undefined, value?: string]

function operations(changes: readonly Change[]) {
  return changes.map(([op, path, value]) => ({ op: op as Op, path, value }))
}

function modelsOf({ gateway }: Replay, restApiId: string) {
  return {
    make: (name: string, schema?: string, contentType = 'application/json') =>
      gateway.send(
        new CreateModelCommand({ restApiId, name, schema, contentType, description: '' }),
      ),
    patch: (modelName: string, ...changes: Change[]) =>
      gateway.send(
        new UpdateModelCommand({ restApiId, modelName, patchOperations: operations(changes) }),
      ),
  }
}

const schemaOf = (title: string) => JSON.stringify({ title, type: 'object' })

facts('models that are refused', async () => {
  const r = replay('api', 'TestApiGatewayApiModels::test_model_validation')
  const { restApiId } = await r.api()
  const fake = { restApiId: 'abcde0' }
  const modelName = 'MySchema'
  const { make } = modelsOf(r, restApiId)
  await r.is(
    'create-model-wrong-id',
    modelsOf(r, fake.restApiId).make(modelName, schemaOf(modelName)),
  )
  await r.is('get-models-wrong-id', r.gateway.send(new GetModelsCommand(fake)))
  await r.is('get-model-wrong-id', r.gateway.send(new GetModelCommand({ ...fake, modelName })))
  await r.is('del-model-wrong-id', r.gateway.send(new DeleteModelCommand({ ...fake, modelName })))
  await make(modelName, schemaOf(modelName))
  await r.is('create-model-already-exists', make(modelName, schemaOf(modelName)))
  await r.is('create-model-empty-name', make('', schemaOf(modelName)))
  await r.is('create-model-empty-schema', make('MyEmptySchema', ''))
  await r.is('create-model-no-schema-json', make('MyEmptySchema'))
  await r.is('create-model-no-schema-xml', make('MyEmptySchemaXml', undefined, 'application/xml'))
})

facts('a model gets another schema, not another name', async () => {
  const r = replay('api', 'TestApiGatewayApiModels::test_update_model')
  const { restApiId } = await r.api()
  const { make, patch } = modelsOf(r, restApiId)
  const changes: Change[] = [
    ['replace', '/schema', schemaOf('Updated schema')],
    ['replace', '/description', ''],
  ]
  await r.is('update-model-wrong-id', modelsOf(r, 'abcde0').patch('mySchema', ...changes))
  await r.is('create-model', make('MySchema', schemaOf('MySchema')))
  await r.is('update-model', patch('MySchema', ...changes))
  await r.is(
    'update-model-invalid-op',
    patch('MySchema', ['add', '/wrong-path', 'not supported op']),
  )
  await r.is('update-model-invalid-path', patch('MySchema', ['replace', '/name', 'invalid']))
  await r.is('update-model-empty-schema', patch('MySchema', ['replace', '/schema', '']))
})

function validatorsOf({ gateway }: Replay, restApiId: string) {
  return {
    make: () =>
      gateway.send(new CreateRequestValidatorCommand({ restApiId, name: 'test-validator' })),
    get: (requestValidatorId: string) =>
      gateway.send(new GetRequestValidatorCommand({ restApiId, requestValidatorId })),
    list: () => gateway.send(new GetRequestValidatorsCommand({ restApiId })),
    remove: (requestValidatorId: string) =>
      gateway.send(new DeleteRequestValidatorCommand({ restApiId, requestValidatorId })),
    patch: (requestValidatorId: string, ...changes: Change[]) =>
      gateway.send(
        new UpdateRequestValidatorCommand({
          restApiId,
          requestValidatorId,
          patchOperations: operations(changes),
        }),
      ),
  }
}

async function described(r: Replay) {
  const made = r.gateway.send(new CreateRestApiCommand({ name: 'test-api', description: 'my api' }))
  await r.is('create-rest-api', made)
  const validators = validatorsOf(r, (await made).id ?? '')
  const validator = validators.make()
  await r.is('create-request-validator', validator)
  return { ...validators, id: (await validator).id ?? '' }
}

facts('a request validator comes, changes and goes', async () => {
  const r = replay('api', 'TestApiGatewayApiRequestValidator::test_request_validator_lifecycle')
  const { id, get, list, patch, remove } = await described(r)
  await r.is('get-request-validator', get(id))
  await r.is('get-request-validators', list())
  const path = '/validateRequestBody'
  await r.is('update-request-validator-with-value', patch(id, ['replace', path, 'true']))
  await r.is('update-request-validator-without-value', patch(id, ['replace', path]))
  await r.is('get-request-validators-after-update-operation', get(id))
  await r.is('delete-request-validator', remove(id))
  await r.is('get-deleted-request-validator', get(id))
  await r.is('get-request-validators-after-delete', list())
})

facts('a request validator that is not there', async () => {
  const read = replay(
    'api',
    'TestApiGatewayApiRequestValidator::test_invalid_get_request_validator',
  )
  const { restApiId } = await read.api()
  const { id = '' } = await validatorsOf(read, restApiId).make()
  await read.is('get-request-validators-invalid-api-id', validatorsOf(read, 'api_id').get(id))
  await read.is(
    'get-request-validators-invalid-validator-id',
    validatorsOf(read, restApiId).get('validator_id'),
  )
  const drop = replay(
    'api',
    'TestApiGatewayApiRequestValidator::test_invalid_delete_request_validator',
  )
  const other = await drop.api()
  const made = await validatorsOf(drop, other.restApiId).make()
  await drop.is(
    'delete-request-validator-invalid-api-id',
    validatorsOf(drop, 'api_id').remove(made.id ?? ''),
  )
  await drop.is(
    'delete-request-validator-invalid-validator-id',
    validatorsOf(drop, other.restApiId).remove('validator_id'),
  )
  const make = replay(
    'api',
    'TestApiGatewayApiRequestValidator::test_create_request_validator_invalid_api_id',
  )
  await make.is('invalid-create-request-validator', validatorsOf(make, 'api_id').make())
})

facts('changes of a request validator that are refused', async () => {
  const r = replay(
    'api',
    'TestApiGatewayApiRequestValidator::test_invalid_update_request_validator_operations',
  )
  const { id, patch } = await described(r)
  const path = '/validateRequestBody'
  await r.is('update-request-validator-invalid-add-operation', patch(id, ['add', path, 'true']))
  await r.is(
    'update-request-validator-invalid-remove-operation',
    patch(id, ['remove', path, 'true']),
  )
  await r.is(
    'update-request-validator-invalid-path',
    patch(id, ['replace', '/invalidPath', 'true']),
  )
  await r.is('update-request-validator-empty-name-value', patch(id, ['replace', '/name']))
})

function gatewayResponsesOf({ gateway }: Replay, restApiId: string) {
  const named = (type: string) => ({ restApiId, responseType: type as GatewayResponseType })
  return {
    list: () => gateway.send(new GetGatewayResponsesCommand({ restApiId })),
    get: (type: string) => gateway.send(new GetGatewayResponseCommand(named(type))),
    remove: (type: string) => gateway.send(new DeleteGatewayResponseCommand(named(type))),
    put: (type: string, input: Partial<PutGatewayResponseCommandInput>) =>
      gateway.send(new PutGatewayResponseCommand({ ...named(type), ...input })),
    patch: (type: string, ...changes: Change[]) =>
      gateway.send(
        new UpdateGatewayResponseCommand({ ...named(type), patchOperations: operations(changes) }),
      ),
  }
}

const responseParameters = {
  'gatewayresponse.header.x-request-path': 'method.request.path.petId',
  'gatewayresponse.header.Access-Control-Allow-Origin': "'a.b.c'",
  'gatewayresponse.header.x-request-query': 'method.request.querystring.q',
  'gatewayresponse.header.x-request-header': 'method.request.header.Accept',
}

facts('gateway responses that are refused', async () => {
  const r = replay('api', 'TestApiGatewayGatewayResponse::test_gateway_response_validation')
  const { restApiId } = await r.api()
  const fake = gatewayResponsesOf(r, 'fake-api-id')
  const { get, remove, patch, put } = gatewayResponsesOf(r, restApiId)
  const known = 'DEFAULT_4XX'
  const unknown = 'FAKE_RESPONSE_TYPE'
  await r.is('get-gateway-responses-no-api', fake.list())
  await r.is('get-gateway-response-no-api', fake.get(known))
  await r.is('delete-gateway-response-no-api', fake.remove(known))
  await r.is('update-gateway-response-no-api', fake.patch(known))
  await r.is('delete-gateway-response-not-set', remove(known))
  await r.is('get-gateway-response-wrong-response-type', get(unknown))
  await r.is('delete-gateway-response-wrong-response-type', remove(unknown))
  await r.is('update-gateway-response-wrong-response-type', patch(unknown))
  await r.is('put-gateway-response-wrong-response-type', put(unknown, { statusCode: '404' }))
})

facts('gateway responses follow those of their class', async () => {
  const r = replay('api', 'TestApiGatewayGatewayResponse::test_gateway_response_put')
  const { restApiId } = await r.api()
  const { put, list } = gatewayResponsesOf(r, restApiId)
  const responseTemplates = {
    'application/json':
      '{\n     "message": $context.error.messageString,\n     "type":  "$context.error.responseType",\n     "stage":  "$context.stage",\n     "resourcePath":  "$context.resourcePath",\n     "stageVariables.a":  "$stageVariables.a",\n     "statusCode": "\'404\'"\n}',
  }
  const type = 'MISSING_AUTHENTICATION_TOKEN'
  const one = { 'gatewayresponse.header.x-request-header': 'method.request.header.Accept' }
  const all = { statusCode: '404', responseParameters, responseTemplates }
  await r.is('put-gateway-response-all-value', put(type, all))
  await r.is('put-gateway-response-status-only', put(type, { statusCode: '404' }))
  await r.is(
    'put-gateway-response-response-parameters-only',
    put(type, { responseParameters: one }),
  )
  await r.is('put-gateway-response-response-templates-only', put(type, { responseTemplates }))
  const shared = { statusCode: '599', responseParameters: one, responseTemplates }
  await r.is('put-gateway-response-default-5xx', put('DEFAULT_5XX', shared))
  const own = { responseParameters: { 'gatewayresponse.header.foo': "'bar'" } }
  await r.is('put-gateway-response-default-ignored', put('AUTHORIZER_FAILURE', own))
  await r.is('get-gateway-responses', list())
})

facts('a gateway response is changed member by member', async () => {
  const r = replay('api', 'TestApiGatewayGatewayResponse::test_update_gateway_response')
  const { restApiId } = await r.api()
  const { put, get, patch } = gatewayResponsesOf(r, restApiId)
  const type = 'DEFAULT_4XX'
  const origin = '/responseParameters/gatewayresponse.header.Access-Control-Allow-Origin'
  const xml = '/responseTemplates/application~1xml'
  const text =
    '<gatewayResponse><message>$context.error.messageString</message><type>$context.error.responseType</type></gatewayResponse>'
  await r.is('update-gateway-response-not-set', patch(type, ['replace', '/statusCode', '444']))
  await r.is('default-get-gateway-response', get(type))
  const template = JSON.stringify({
    'application/json': '{"message":$context.error.messageString}',
  })
  const responseTemplates = { 'application/json': template }
  await r.is(
    'put-gateway-response',
    put(type, { statusCode: '404', responseParameters, responseTemplates }),
  )
  await r.is(
    'update-gateway-response',
    patch(
      type,
      ['replace', '/statusCode', '444'],
      ['replace', origin, "'example.com'"],
      ['add', xml, text],
    ),
  )
  await r.is('get-gateway-response', get(type))
  await r.is('update-gateway-add-status-code', patch(type, ['add', '/statusCode', '444']))
  await r.is('update-gateway-remove-status-code', patch(type, ['remove', '/statusCode']))
  await r.is(
    'update-gateway-replace-invalid-parameter',
    patch('DEFAULT_5XX', ['replace', origin, "'example.com'"]),
  )
  await r.is('update-gateway-no-path', patch(type, ['add', undefined, "'example.com'"]))
  await r.is('update-gateway-wrong-op', patch(type, ['wrong-op', '/statusCode', "'example.com'"]))
  await r.is('update-gateway-wrong-path', patch(type, ['add', '/wrongPath', "'example.com'"]))
  await r.is('update-gateway-replace-invalid-parameter-0-none', patch(type, ['replace', xml]))
  await r.is('update-gateway-replace-invalid-parameter-1-none', patch(type, ['replace', origin]))
})

function partsOf({ gateway }: Replay, restApiId: string) {
  return {
    make: (type = 'API') =>
      gateway.send(
        new CreateDocumentationPartCommand({
          restApiId,
          location: { type: type as DocumentationPartType },
          properties: '{ "description": "Sample API description" }',
        }),
      ),
    get: (documentationPartId: string) =>
      gateway.send(new GetDocumentationPartCommand({ restApiId, documentationPartId })),
    list: () => gateway.send(new GetDocumentationPartsCommand({ restApiId })),
    remove: (documentationPartId: string) =>
      gateway.send(new DeleteDocumentationPartCommand({ restApiId, documentationPartId })),
  }
}

facts('a part of the documentation', async () => {
  const none = replay('api', 'TestApiGatewayApiDocumentationPart::test_doc_parts_crud_no_api')
  const fake = partsOf(none, 'test-fake-rest-id')
  await none.is('wrong-rest-api-id-create-doc-part', fake.make())
  await none.is('wrong-rest-api-id-get-doc-parts', fake.list())
  const r = replay('api', 'TestApiGatewayApiDocumentationPart::test_documentation_part_lifecycle')
  const { restApiId } = await r.api()
  const { make, get, list, remove } = partsOf(r, restApiId)
  const made = make()
  await r.is('create-documentation-part', made)
  const id = (await made).id ?? ''
  await r.is('get-documentation-part', get(id))
  await r.is('get-documentation-parts', list())
  const patchOperations = operations([
    ['replace', '/properties', '{ "description": "Updated Sample API description" }'],
  ])
  const input = { restApiId, documentationPartId: id, patchOperations }
  await r.is('update-documentation-part', r.gateway.send(new UpdateDocumentationPartCommand(input)))
  await r.is('get-documentation-part-after-update', get(id))
  await r.is('delete_documentation_part', remove(id))
})

facts('parts of a documentation that are refused', async () => {
  const make = replay(
    'api',
    'TestApiGatewayApiDocumentationPart::test_invalid_create_documentation_part_operations',
  )
  const { restApiId } = await make.api()
  await make.is('create_documentation_part_invalid_api_id', partsOf(make, 'api_id').make())
  await make.is(
    'create_documentation_part_invalid_location_type',
    partsOf(make, restApiId).make('INVALID'),
  )
  const drop = replay(
    'api',
    'TestApiGatewayApiDocumentationPart::test_invalid_delete_documentation_part',
  )
  const parts = partsOf(drop, (await drop.api()).restApiId)
  const { id = '' } = await parts.make()
  await drop.is('delete_documentation_part_wrong_api_id', partsOf(drop, 'api_id').remove(id))
  await drop.is('delete_documentation_part', parts.remove(id))
  await drop.is('delete_already_deleted_documentation_part', parts.remove(id))
})

facts('files that are no definitions', async () => {
  const documentation = replay(
    'api',
    'TestApiGatewayApiDocumentationPart::test_import_documentation_parts_bad_file',
  )
  const first = await documentation.api()
  const yaml = Buffer.from('openapi: "3.0.0\ninfo: [')
  const json = Buffer.from('{"openapi": ')
  const imported = (body: Buffer) =>
    documentation.gateway.send(
      new ImportDocumentationPartsCommand({ restApiId: first.restApiId, body }),
    )
  await documentation.is('import-documentation-parts-bad-yaml-file', imported(yaml))
  await documentation.is('import-documentation-parts-bad-json-file', imported(json))
  const r = replay('import', 'TestApiGatewayImportRestApi::test_import_api_bad_file')
  const { restApiId } = await r.api()
  await r.is('import-api-bad-yaml-file', r.gateway.send(new ImportRestApiCommand({ body: yaml })))
  await r.is('import-api-bad-json-file', r.gateway.send(new ImportRestApiCommand({ body: json })))
  await r.is(
    'put-rest-api-bad-yaml-file',
    r.gateway.send(new PutRestApiCommand({ restApiId, body: yaml })),
  )
  await r.is(
    'put-rest-api-bad-json-file',
    r.gateway.send(new PutRestApiCommand({ restApiId, body: json })),
  )
})

facts('VPC links that are not there', async () => {
  const read = replay('api', 'TestApiGatewayVpcLink::test_get_vpc_link_invalid_id')
  const vpcLinkId = 'unknown'
  await read.is('get_vpc_link_invalid_id', read.gateway.send(new GetVpcLinkCommand({ vpcLinkId })))
  const write = replay('api', 'TestApiGatewayVpcLink::test_update_vpc_link_invalid_id')
  const patchOperations = operations([['replace', '/name', 'other']])
  const update = new UpdateVpcLinkCommand({ vpcLinkId, patchOperations })
  await write.is('update_vpc_link_invalid_id', write.gateway.send(update))
})
