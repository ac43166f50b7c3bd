import {
  CreateBasePathMappingCommand,
  CreateDomainNameCommand,
  UpdateAccountCommand,
  UpdateRestApiCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { putCertificate } from '../../shared/certificates/certificates.test-support.ts'
import {
  addMethod,
  answerTo,
  call,
  deploy,
  integrationRole,
  resourceAt,
  startRestApi,
} from '../rest-api.test-support.ts'

const mock = {
  integration: { requestTemplates: { 'application/json': '{"statusCode": 200}' } },
  responses: { 200: { responseTemplates: { 'application/json': '"$context.path"' } } },
}

test('a target name answers only for the domain that leads to it', async () => {
  const api = await startRestApi()
  const { gateway, restApiId } = api
  await addMethod(api, await resourceAt(api, '/pets'), 'GET', mock)
  await deploy(api)
  const domainName = 'api.example.com'
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/one'
  putCertificate(api.cloud, certificateArn)
  const made = await gateway.send(
    new CreateDomainNameCommand({
      domainName,
      regionalCertificateArn: certificateArn,
      endpointConfiguration: { types: ['REGIONAL'] },
    }),
  )
  expect(made).toMatchObject({
    regionalDomainName: expect.stringMatching(
      /^d-[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/,
    ),
    regionalHostedZoneId: 'Z1UJRXOUMOOFQ8',
    domainNameStatus: 'AVAILABLE',
  })
  const mapping = { domainName, basePath: 'v1', restApiId, stage: 'dev' }
  expect(await gateway.send(new CreateBasePathMappingCommand(mapping))).toMatchObject({
    basePath: 'v1',
    restApiId,
    stage: 'dev',
  })
  const response = await fetchFromCloud(api.cloud, `https://${made.regionalDomainName}/v1/pets`)
  expect([response.status, await response.text()]).toEqual([403, '{"message":"Forbidden"}'])
})

test('an API whose own name is switched off is forbidden by it', async () => {
  const api = await startRestApi()
  await addMethod(api, api.rootId, 'GET', mock)
  await deploy(api)
  expect(await answerTo(api, '/dev')).toEqual([200, '"/dev"'])
  const patchOperations = [
    { op: 'replace' as const, path: '/disableExecuteApiEndpoint', value: 'true' },
  ]
  await api.gateway.send(new UpdateRestApiCommand({ restApiId: api.restApiId, patchOperations }))
  expect(await answerTo(api, '/dev')).toEqual([403, '{"message":"Forbidden"}'])
})

test('each request leaves a line in the access log and its steps in the execution log', async () => {
  const api = await startRestApi()
  const logs = client(api.cloud, CloudWatchLogsClient)
  const cloudwatchRole = integrationRole(api, ['logs:*'])
  const set = [{ op: 'replace' as const, path: '/cloudwatchRoleArn', value: cloudwatchRole }]
  await api.gateway.send(new UpdateAccountCommand({ patchOperations: set }))
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'access' }))
  await addMethod(api, api.rootId, 'GET', mock)
  await deploy(api)
  await api.gateway.send(
    new UpdateStageCommand({
      restApiId: api.restApiId,
      stageName: 'dev',
      patchOperations: [
        {
          op: 'replace',
          path: '/accessLogSettings/destinationArn',
          value: 'arn:aws:logs:us-east-1:123456789012:log-group:access',
        },
        {
          op: 'replace',
          path: '/accessLogSettings/format',
          value:
            '$context.httpMethod $context.path $context.status $context.identity.user $context.requestId',
        },
        { op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' },
      ],
    }),
  )
  const response = await call(api, '/dev')
  const id = response.headers.get('x-amzn-requestid')
  const lines = async (logGroupName: string) => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
    return events.map(({ message }) => message)
  }
  expect(await lines('access')).toEqual([`GET /dev 200 - ${id}`])
  expect(await lines(`API-Gateway-Execution-Logs_${api.restApiId}/dev`)).toEqual([
    `(${id}) Starting execution for request: ${id}`,
    `(${id}) HTTP Method: GET, Resource Path: /`,
    `(${id}) Successfully completed execution`,
    `(${id}) Method completed with status: 200`,
  ])
})
