import {
  CreateStageCommand,
  ExportApiCommand,
  GetRoutesCommand,
  ImportApiCommand,
  ReimportApiCommand,
} from '@aws-sdk/client-apigatewayv2'
import { expect, test } from 'vitest'
import {
  answered,
  functionArn,
  issuer,
  openIssuer,
  startApi,
  tokenOf,
} from '../http-api.test-support.ts'

const integration = {
  payloadFormatVersion: '2.0',
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: functionArn('say'),
  connectionType: 'INTERNET',
  timeoutInMillis: 1000,
}

const definition = {
  openapi: '3.0.1',
  info: { title: 'pets', description: 'All of them', version: '2' },
  tags: [{ name: 'team', 'x-amazon-apigateway-tag-value': 'zoo' }],
  paths: {
    '/$default': {
      'x-amazon-apigateway-any-method': {
        responses: { default: { description: 'Default response for $default' } },
        isDefaultRoute: true,
        'x-amazon-apigateway-integration': integration,
      },
    },
    '/pets/{id}': {
      get: {
        operationId: 'getPet',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { default: { description: 'Default response for GET /pets/{id}' } },
        security: [{ tokens: ['read'] }],
        'x-amazon-apigateway-integration': integration,
      },
    },
  },
  components: {
    securitySchemes: {
      tokens: {
        type: 'oauth2',
        flows: {},
        'x-amazon-apigateway-authorizer': {
          type: 'jwt',
          identitySource: '$request.header.Authorization',
          jwtConfiguration: { issuer, audience: ['web'] },
        },
      },
    },
  },
  'x-amazon-apigateway-cors': { allowOrigins: ['https://web.test'], maxAge: 60 },
  'x-amazon-apigateway-importexport-version': '1.0',
}

test('a definition becomes an API that serves, and is exported as it was', async () => {
  const made = await startApi({ say: () => 'hi' })
  openIssuer(made)
  const {
    ApiId,
    ApiEndpoint: url = '',
    ...api
  } = await made.gateway.send(
    new ImportApiCommand({ Body: JSON.stringify(definition), FailOnWarnings: true }),
  )
  expect([api.Name, api.Version, api.Tags]).toEqual(['pets', '2', { team: 'zoo' }])
  await made.gateway.send(
    new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }),
  )
  const pets = { ...made, url }
  expect((await answered(pets, '/pets/1')).status).toBe(401)
  const headers = { authorization: tokenOf(made, { scope: 'read' }) }
  expect((await answered(pets, '/pets/1', { headers })).body).toBe('hi')
  expect((await answered(pets, '/other')).body).toBe('hi')
  for (const OutputType of ['JSON', 'YAML']) {
    const { body = new Uint8Array() } = await made.gateway.send(
      new ExportApiCommand({ ApiId, Specification: 'OAS30', OutputType }),
    )
    const { parse } = await import('yaml')
    const { servers, ...exported } = parse(Buffer.from(body).toString())
    expect(exported).toEqual(definition)
    expect(servers).toEqual([
      { url: `${url}/{basePath}`, variables: { basePath: { default: '' } } },
    ])
  }
})

test('importing again replaces what was there', async () => {
  const made = await startApi({ say: () => 'hi' })
  const Body = (path: string) =>
    JSON.stringify({
      openapi: '3.0.1',
      info: { title: 'pets', version: '1' },
      paths: { [path]: { get: { 'x-amazon-apigateway-integration': integration } } },
    })
  const { ApiId } = await made.gateway.send(new ImportApiCommand({ Body: Body('/a') }))
  await made.gateway.send(new ReimportApiCommand({ ApiId, Body: Body('/b') }))
  const { Items = [] } = await made.gateway.send(new GetRoutesCommand({ ApiId }))
  expect(Items.map(({ RouteKey }) => RouteKey)).toEqual(['GET /b'])
})

test('what is no definition is refused, and warnings where that is asked for', async () => {
  const made = await startApi()
  const refusal = (input: object) =>
    made.gateway.send(new ImportApiCommand({ Body: '', ...input })).catch((error) => error.message)
  const empty = {
    openapi: '3.0.1',
    info: { title: 'a', version: '1' },
    paths: { '/': { get: {} } },
  }
  expect([
    await refusal({ Body: '{' }),
    await refusal({ Body: '{"swagger":"2.0"}' }),
    await refusal({ Body: JSON.stringify(empty), FailOnWarnings: true }),
  ]).toEqual([
    'Unable to parse API definition because of a malformed OpenAPI document',
    'Invalid OpenAPI input. Only OpenAPI 3.0 definitions are supported for HTTP APIs',
    'Warnings found during import:\n\tRoute GET / has no integration',
  ])
})
