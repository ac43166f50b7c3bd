import { readFileSync } from 'node:fs'
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  GetExportCommand,
  ImportRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import {
  ApiGatewayV2Client,
  CreateStageCommand,
  ExportApiCommand,
  ImportApiCommand,
} from '@aws-sdk/client-apigatewayv2'
import { type Cloud, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

/**
 * A public project's OpenAPI document: the Swagger pet store (Apache License 2.0), as npm `@readme/oas-examples` 8.2.2 has
 * it. Imported, served by its own paths, and exported again: equal but for what is listed here by name.
 */

type Node = Record<string, unknown>

const text = readFileSync(new URL('./templates/petstore.openapi.json', import.meta.url), 'utf8')
const integrationKey = 'x-amazon-apigateway-integration'
const verbs = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options']

/** JSON, of any shape. */
const node = (value: unknown): Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {}

/** The pet store with an integration for each of its operations. */
function petStore(integration: (path: string, verb: string) => Node): Node {
  const document = node(JSON.parse(text))
  return {
    ...document,
    paths: eachOperation(document, (operation, path, verb) => ({
      ...operation,
      [integrationKey]: integration(path, verb),
    })),
  }
}

function eachOperation(
  document: Node,
  change: (operation: Node, path: string, verb: string) => Node,
): Node {
  const paths = Object.entries(node(document['paths'])).map(([path, item]) => {
    const operations = Object.entries(node(item)).map(
      ([verb, operation]) => [verb, change(node(operation), path, verb)] as const,
    )
    return [path, Object.fromEntries(operations)] as const
  })
  return Object.fromEntries(paths)
}

/** Calls every operation of the document; its path's parameters are sevens. */
async function answersOf(cloud: Cloud, base: string, document: Node) {
  const answers: Record<string, unknown> = {}
  for (const [path, item] of Object.entries(node(document['paths']))) {
    for (const verb of Object.keys(node(item)).filter((it) => verbs.includes(it))) {
      const url = base + path.replace(/\{\w+\}/g, '7')
      const response = await fetchFromCloud(cloud, url, {
        method: verb.toUpperCase(),
        headers: { 'content-type': 'application/json', 'x-api-key': 'none' },
      })
      answers[`${verb} ${path}`] = [response.status, await response.text()]
    }
  }
  return answers
}

/** What each operation says of itself. */
function saidBy(document: Node, say: (path: string, verb: string) => unknown) {
  const said: Record<string, unknown> = {}
  eachOperation(document, (operation, path, verb) => {
    said[`${verb} ${path}`] = say(path, verb)
    return operation
  })
  return said
}

const mock = (path: string, verb: string): Node => ({
  type: 'mock',
  requestTemplates: { 'application/json': '{"statusCode": 200}' },
  passthroughBehavior: 'when_no_match',
  responses: {
    default: {
      statusCode: '200',
      responseTemplates: { 'application/json': JSON.stringify(`${verb} ${path}`) },
    },
  },
})

/** What a local reference stands for. */
function referred(document: Node, value: unknown): Node {
  const reference = node(value)['$ref']
  if (typeof reference !== 'string') return node(value)
  let found: unknown = document
  for (const part of reference.slice(2).split('/')) found = node(found)[part]
  return node(found)
}

/** The document as a REST API can hold it. Source: developer guide, "Important notes for REST APIs", and GetExport's recordings. */
function asRestApi(document: Node): Node {
  const { title, description, version } = node(document['info'])
  const { schemas } = node(document['components'])
  return {
    openapi: '3.0.1', // Exports are of this version.
    info: { title, description, version }, // No contact, licence, terms.
    // No `tags` and `externalDocs`; no `servers` but the stage.
    paths: eachOperation(document, (operation) => restOperation(document, operation)),
    components: {
      schemas,
      // An OAuth 2 scheme is an authorizer or nothing; an API key's header is API Gateway's.
      securitySchemes: { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } },
    },
  }
}

/** No summary, description, tags: they are documentation, not the method's. */
function restOperation(document: Node, operation: Node): Node {
  const { operationId, parameters = [], requestBody, responses, security = [] } = operation
  const body = Object.entries(node(referred(document, requestBody)['content']))
  const keys = (security as Node[]).filter((need) => 'api_key' in need)
  return {
    operationId,
    ...((parameters as Node[]).length === 0
      ? {}
      : { parameters: (parameters as Node[]).map(restParameter) }),
    ...(body.length === 0
      ? {}
      : { requestBody: { content: withSchemasOnly(body), required: true } }),
    ...(Object.keys(node(responses)).length === 0 ? {} : { responses: restResponses(responses) }),
    ...(keys.length === 0 ? {} : { security: keys }),
    [integrationKey]: operation[integrationKey],
  }
}

/** Parameters are texts, said to be required or not at all. */
const restParameter = ({ name, in: place, required }: Node): Node => ({
  name,
  in: place,
  ...(required === true ? { required } : {}),
  schema: { type: 'string' },
})

/** No examples. */
const withSchemasOnly = (content: readonly (readonly [string, unknown])[]): Node =>
  Object.fromEntries(content.map(([type, it]) => [type, { schema: node(it)['schema'] }]))

/** No `default`; descriptions are the status; headers are texts. */
function restResponses(responses: unknown): Node {
  const statuses = Object.entries(node(responses)).filter(([status]) => status !== 'default')
  return Object.fromEntries(
    statuses.map(([status, response]) => {
      const { headers, content } = node(response)
      const names = Object.keys(node(headers))
      const texts = names.map((name) => [name, { schema: { type: 'string' } }])
      return [
        status,
        {
          description: `${status} response`,
          ...(names.length === 0 ? {} : { headers: Object.fromEntries(texts) }),
          content: withSchemasOnly(Object.entries(node(content))),
        },
      ]
    }),
  )
}

/** Schemas that stood in an operation have become models of names that AWS makes up: they stand there again. */
function withoutMadeModels(exported: Node): Node {
  const components = node(exported['components'])
  const schemas = node(components['schemas'])
  const isMade = (name: string) => name.startsWith('MODEL')
  const inlined = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inlined)
    if (typeof value !== 'object' || value === null) return value
    const reference = node(value)['$ref']
    const name = typeof reference === 'string' ? (reference.split('/').at(-1) ?? '') : ''
    if (isMade(name)) return inlined(schemas[name])
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, inlined(it)]))
  }
  const kept = Object.entries(schemas).filter(([name]) => !isMade(name))
  return node(
    inlined({ ...exported, components: { ...components, schemas: Object.fromEntries(kept) } }),
  )
}

test('a public OpenAPI document is a REST API: imported, served, exported and imported again', async () => {
  const cloud = createCloud()
  const gateway = client(cloud, APIGatewayClient)
  const roundTrip = async (document: Node) => {
    const { id: restApiId = '', warnings } = await gateway.send(
      new ImportRestApiCommand({ body: Buffer.from(JSON.stringify(document)) }),
    )
    const stageName = 'v1'
    await gateway.send(new CreateDeploymentCommand({ restApiId, stageName }))
    const { body = new Uint8Array() } = await gateway.send(
      new GetExportCommand({
        restApiId,
        stageName,
        exportType: 'oas30',
        parameters: { extensions: 'integrations' },
      }),
    )
    const { servers, ...exported } = node(JSON.parse(Buffer.from(body).toString()))
    const host = `https://${restApiId}.execute-api.us-east-1.amazonaws.com`
    expect(servers).toEqual([
      { url: `${host}/{basePath}`, variables: { basePath: { default: stageName } } },
    ])
    return { url: `${host}/${stageName}`, warnings, exported }
  }
  const document = petStore(mock)
  const first = await roundTrip(document)
  expect(withoutMadeModels(first.exported)).toEqual(asRestApi(document))
  const open = { ...document, components: {}, security: [] }
  expect(await answersOf(cloud, (await roundTrip(open)).url, document)).toEqual(
    saidBy(document, (path, verb) => [200, JSON.stringify(`${verb} ${path}`)]),
  )
  const again = await roundTrip(first.exported)
  expect(again.exported).toEqual(first.exported)
})

/** The document as an HTTP API can hold it: routes, with nothing of bodies and answers. */
function asHttpApi(document: Node): Node {
  const { title, description, version } = node(document['info'])
  return {
    openapi: '3.0.1',
    info: { title, description, version },
    // Of the tags only the names: values are an extension.
    paths: eachOperation(document, (operation, path, verb) => {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      return {
        operationId: operation['operationId'],
        ...(names.length === 0
          ? {}
          : {
              parameters: names.map((name) => ({
                name,
                in: 'path',
                required: true,
                schema: { type: 'string' },
              })),
            }),
        responses: {
          default: { description: `Default response for ${verb.toUpperCase()} ${path}` },
        },
        [integrationKey]: operation[integrationKey],
      }
    }),
    'x-amazon-apigateway-importexport-version': '1.0',
  }
}

test('a public OpenAPI document is an HTTP API: imported, served, exported and imported again', async () => {
  const cloud = createCloud()
  cloud.internet.set('pets.test', ({ method, url }) => ({
    status: 200,
    headers: {},
    body: `${method} ${new URL(url).pathname}`,
  }))
  const gateway = client(cloud, ApiGatewayV2Client)
  const roundTrip = async (document: Node) => {
    const { ApiId, ApiEndpoint, Warnings } = await gateway.send(
      new ImportApiCommand({ Body: JSON.stringify(document) }),
    )
    await gateway.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }))
    const { body = new Uint8Array() } = await gateway.send(
      new ExportApiCommand({ ApiId, Specification: 'OAS30', OutputType: 'JSON' }),
    )
    const { servers: _, ...exported } = node(JSON.parse(Buffer.from(body).toString()))
    return { url: ApiEndpoint ?? '', warnings: Warnings, exported }
  }
  const document = petStore((path, verb) => ({
    type: 'http_proxy',
    httpMethod: verb.toUpperCase(),
    uri: `https://pets.test${path}`,
    connectionType: 'INTERNET',
    payloadFormatVersion: '1.0',
    timeoutInMillis: 30_000,
  }))
  const first = await roundTrip(document)
  expect(first.warnings).toEqual([
    'Ignoring security scheme petstore_auth: it has no authorizer',
    'Ignoring security scheme api_key: it has no authorizer',
  ])
  expect(first.exported).toEqual(asHttpApi(document))
  expect(await answersOf(cloud, first.url, document)).toEqual(
    saidBy(document, (path, verb) => [
      200,
      `${verb.toUpperCase()} ${path.replace(/\{\w+\}/g, '7')}`,
    ]),
  )
  const again = await roundTrip(first.exported)
  expect(again.exported).toEqual(first.exported)
})
