import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateApiMappingCommand,
  CreateDomainNameCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteIntegrationCommand,
  GetApiCommand,
  GetApisCommand,
  GetDeploymentsCommand,
  GetRouteCommand,
  TagResourceCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { functionCaller } from '../lambda/functions.test-support.ts'
import { putCertificate } from '../shared/certificates/certificates.test-support.ts'
import { answered, jwtAuthorizer, openIssuer, routeTo, startApi } from './http-api.test-support.ts'

test('an API is shown as it was made', async () => {
  const { gateway } = await startApi()
  const made = await gateway.send(
    new CreateApiCommand({ Name: 'pets', ProtocolType: 'HTTP', Tags: { team: 'zoo' } }),
  )
  const { $metadata: _, ...api } = made
  expect(api).toEqual({
    ApiEndpoint: `https://${api.ApiId}.execute-api.us-east-1.amazonaws.com`,
    ApiId: expect.stringMatching(/^[a-z0-9]{10}$/),
    ApiKeySelectionExpression: '$request.header.x-api-key',
    CreatedDate: new Date('2026-01-01T00:00:00Z'),
    DisableExecuteApiEndpoint: false,
    IpAddressType: 'ipv4',
    Name: 'pets',
    ProtocolType: 'HTTP',
    RouteSelectionExpression: '$request.method $request.path',
    Tags: { team: 'zoo' },
  })
  const { $metadata: __, ...found } = await gateway.send(new GetApiCommand({ ApiId: api.ApiId }))
  expect(found).toEqual(api)
})

test('lists come in pages', async () => {
  const { gateway } = await startApi()
  for (const Name of ['a', 'b']) {
    await gateway.send(new CreateApiCommand({ Name, ProtocolType: 'HTTP' }))
  }
  const names: (string | undefined)[] = []
  let NextToken: string | undefined
  do {
    const page = await gateway.send(new GetApisCommand({ MaxResults: '2', NextToken }))
    names.push(...(page.Items ?? []).map(({ Name }) => Name))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  expect(names.sort()).toEqual(['a', 'b', 'web'])
})

test('refusals of routes are those of AWS', async () => {
  const made = await startApi({ say: () => 'hi' })
  await routeTo(made, 'GET /pets', 'say')
  const { gateway, apiId: ApiId } = made
  openIssuer(made)
  const AuthorizerId = await jwtAuthorizer(made)
  const refusal = async (input: object) => {
    const call = gateway.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /other', ...input }))
    const error = await call.then(
      () => undefined,
      (it: Error) => it,
    )
    return [error?.name, error?.message]
  }
  expect(await refusal({ ApiId: 'nothing' })).toEqual([
    'NotFoundException',
    'Invalid API identifier specified 123456789012:nothing',
  ])
  expect(await refusal({ RouteKey: 'GET /pets' })).toEqual([
    'ConflictException',
    'Route with key GET /pets already exists for this API',
  ])
  expect(await refusal({ RouteKey: 'pets' })).toEqual([
    'BadRequestException',
    'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
  ])
  expect(await refusal({ AuthorizationType: 'JWT' })).toEqual([
    'BadRequestException',
    'Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.',
  ])
  expect(await refusal({ AuthorizerId, AuthorizationScopes: ['a'] })).toEqual([
    'BadRequestException',
    'Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types',
  ])
})

test('an integration that a route uses stays, one through a VPC link is refused by name', async () => {
  const made = await startApi({ say: () => 'hi' })
  const { gateway, apiId: ApiId } = made
  const RouteId = await routeTo(made, 'GET /pets', 'say')
  const { Target = '' } = await gateway.send(new GetRouteCommand({ ApiId, RouteId }))
  const IntegrationId = Target.slice('integrations/'.length)
  const deletion = gateway.send(new DeleteIntegrationCommand({ ApiId, IntegrationId }))
  await expect(deletion).rejects.toMatchObject({ name: 'ConflictException' })
  const linked = gateway.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      IntegrationUri: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/x',
      ConnectionType: 'VPC_LINK',
      ConnectionId: 'link',
      PayloadFormatVersion: '1.0',
    }),
  )
  await expect(linked).rejects.toThrow(
    'Orrery does not model integrations through VPC links of apigatewayv2:CreateIntegration.',
  )
})

test('each change of an API whose stage deploys by itself is a deployment', async () => {
  const made = await startApi({ say: () => 'hi' })
  await routeTo(made, 'GET /pets', 'say')
  const { gateway, apiId: ApiId } = made
  const { Items = [] } = await gateway.send(new GetDeploymentsCommand({ ApiId }))
  expect(
    Items.map(({ AutoDeployed, DeploymentStatus }) => [AutoDeployed, DeploymentStatus]),
  ).toEqual([
    [true, 'DEPLOYED'],
    [true, 'DEPLOYED'],
    [true, 'DEPLOYED'],
  ])
})

test('someone without the permission is told which HTTP method on which path it is', async () => {
  const made = await startApi()
  const credentials = functionCaller(made.cloud, ['apigateway:GET'])
  const gateway = client(made.cloud, ApiGatewayV2Client, { credentials })
  const { apiId: ApiId } = made
  await gateway.send(new GetApiCommand({ ApiId }))
  const creation = gateway.send(new CreateStageCommand({ ApiId, StageName: 'x' }))
  await expect(creation).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::123456789012:user/bob is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages because no identity-based policy allows the apigateway:POST action`,
  })
})

test('tags of stages can be changed', async () => {
  const { gateway, apiId } = await startApi()
  const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${apiId}/stages/$default`
  await gateway.send(new TagResourceCommand({ ResourceArn, Tags: { team: 'zoo' } }))
  const { Tags } = await gateway.send(
    new UpdateStageCommand({ ApiId: apiId, StageName: '$default', Description: 'tagged' }),
  )
  expect(Tags).toEqual({ team: 'zoo' })
})

test('a custom domain name leads to the API that its base path is mapped to', async () => {
  const made = await startApi({ echo: (event: unknown) => event })
  await routeTo(made, 'GET /pets', 'echo')
  const { cloud, gateway, apiId: ApiId } = made
  const DomainName = 'api.pets.test'
  const CertificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/own'
  putCertificate(cloud, CertificateArn, { names: [DomainName] })
  const { DomainNameConfigurations: [domain] = [] } = await gateway.send(
    new CreateDomainNameCommand({
      DomainName,
      DomainNameConfigurations: [{ CertificateArn }],
    }),
  )
  await gateway.send(
    new CreateApiMappingCommand({ ApiId, DomainName, Stage: '$default', ApiMappingKey: 'v1' }),
  )
  const route53 = client(cloud, Route53Client)
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: 'pets.test', CallerReference: 'one' }),
  )
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: HostedZone?.Id,
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: {
              Name: DomainName,
              Type: 'CNAME',
              TTL: 60,
              ResourceRecords: [{ Value: domain?.ApiGatewayDomainName }],
            },
          },
        ],
      },
    }),
  )
  await cloud.advance({ minutes: 2 })
  const custom = { ...made, url: `https://${DomainName}` }
  const { rawPath, requestContext } = JSON.parse((await answered(custom, '/v1/pets')).body)
  expect([rawPath, requestContext.domainName, requestContext.domainPrefix]).toEqual([
    '/pets',
    DomainName,
    'api',
  ])
  expect((await answered(custom, '/pets')).status).toBe(403)
})

test('the same seed gives the same run', async () => {
  const run = async () => {
    const made = await startApi({ say: () => 'hi' })
    await routeTo(made, 'GET /pets', 'say')
    await answered(made, '/pets')
    return made.cloud.kernel.journal.digest()
  }
  expect(await run()).toBe(await run())
})
