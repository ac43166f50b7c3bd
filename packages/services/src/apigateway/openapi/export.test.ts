import { GetExportCommand, ImportRestApiCommand } from '@aws-sdk/client-api-gateway'
import { expect, test } from 'vitest'
import { expectRecorded, recording, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { deploy, startRestApi } from '../rest-api.test-support.ts'

const http = (path: string, more: object = {}) => ({
  type: 'http',
  httpMethod: 'GET',
  uri: `http://petstore-demo-endpoint.execute-api.com/petstore/${path}`,
  responses: { default: { statusCode: '200' } },
  passthroughBehavior: 'when_no_match',
  ...more,
})

const responses = { 200: { description: '200 response' } }

/** The small pet store of AWS's examples. */
const pets = {
  swagger: '2.0',
  info: { version: '1.0.0', title: 'Simple PetStore (Swagger)' },
  schemes: ['https'],
  'x-amazon-apigateway-binary-media-types': ['image/png', 'image/jpg'],
  paths: {
    '/pets': { get: { responses, 'x-amazon-apigateway-integration': http('pets') } },
    '/pets/{petId}': {
      get: {
        parameters: [{ name: 'petId', in: 'path', required: true, type: 'string' }],
        responses,
        'x-amazon-apigateway-integration': http('pets/{id}', {
          requestParameters: { 'integration.request.path.id': 'method.request.path.petId' },
        }),
      },
    },
  },
}

for (const [name, exportType] of [
  ['test_export_swagger_openapi[TEST_IMPORT_PETS]', 'swagger'],
  ['test_export_oas30_openapi[TEST_IMPORT_PETS]', 'oas30'],
] as const) {
  test.skipIf(!recordingsPresent)(
    `what was imported is exported again: ${exportType}`,
    async () => {
      const recorded = recording('apigateway/test_apigateway_extended', name)
      const made = await startRestApi()
      const body = Buffer.from(JSON.stringify(pets))
      const { id = '' } = await made.gateway.send(new ImportRestApiCommand({ body }))
      const api = { ...made, restApiId: id }
      await deploy(api, 'local')
      const bindings = new Map([
        ['<api-id:1>', id],
        ['<region>', 'us-east-1'],
      ])
      const exported = async (parameters = {}) => {
        const input = { restApiId: id, stageName: 'local', exportType, parameters }
        const {
          body: text = [],
          contentType,
          contentDisposition,
        } = await made.gateway.send(new GetExportCommand(input))
        const document: unknown = JSON.parse(Buffer.from(text).toString())
        return { body: document, contentType, contentDisposition }
      }
      const ignore = ['ResponseMetadata'] // Headers and status of the SDK for Python.
      expectRecorded(await exported(), recorded['get-export'], bindings, ignore)
      const extended = await exported({ extensions: 'integrations' })
      expectRecorded(extended, recorded['get-export-with-extensions'], bindings, ignore)
      expect(extended.contentType).toBe('application/octet-stream')
    },
  )
}
