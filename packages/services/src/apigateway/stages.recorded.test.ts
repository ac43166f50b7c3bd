import {
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  CreateDocumentationPartCommand,
  CreateDocumentationVersionCommand,
  CreateStageCommand,
  type CreateStageCommandInput,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetApiKeysCommand,
  GetStageCommand,
  GetUsagePlanCommand,
  GetUsagePlansCommand,
  type Op,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateApiKeyCommand,
  UpdateDeploymentCommand,
  UpdateIntegrationResponseCommand,
  UpdateStageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { type Replay, replay } from './recorded.test-support.ts'

const facts = test.skipIf(!recordingsPresent)

interface Change {
  readonly op: string
  readonly path: string
  readonly value?: string
  readonly from?: string
}

function patches(changes: readonly Change[]) {
  return changes.map((change) => ({ ...change, op: change.op as Op }))
}

const put = (path: string, value: string): Change => ({ op: 'replace', path, value })

/** An API with a mock on its root, as the recorded tests of canaries make it. */
async function deployable(
  r: Replay,
  template: object = { statusCode: 200, message: 'default deployment' },
) {
  const { restApiId, rootId: resourceId } = await r.api()
  const place = { restApiId, resourceId, httpMethod: 'GET' }
  await r.gateway.send(new PutMethodCommand({ ...place, authorizationType: 'NONE' }))
  await r.gateway.send(new PutMethodResponseCommand({ ...place, statusCode: '200' }))
  const requestTemplates = { 'application/json': '{"statusCode": 200}' }
  await r.gateway.send(new PutIntegrationCommand({ ...place, type: 'MOCK', requestTemplates }))
  const responseTemplates = { 'application/json': JSON.stringify(template) }
  const response = { ...place, statusCode: '200', selectionPattern: '', responseTemplates }
  await r.gateway.send(new PutIntegrationResponseCommand(response))
  return {
    restApiId,
    deploy: (input: Partial<CreateDeploymentCommandInput> = {}) =>
      r.gateway.send(new CreateDeploymentCommand({ restApiId, ...input })),
    stage: (stageName: string, input: Partial<CreateStageCommandInput>) =>
      r.gateway.send(
        new CreateStageCommand({
          restApiId,
          stageName,
          deploymentId: '',
          description: 'dev stage',
          ...input,
        }),
      ),
    get: (stageName = 'dev') => r.gateway.send(new GetStageCommand({ restApiId, stageName })),
    patch: (...changes: Change[]) =>
      r.gateway.send(
        new UpdateStageCommand({ restApiId, stageName: 'dev', patchOperations: patches(changes) }),
      ),
    respond: (next: object) =>
      r.gateway.send(
        new UpdateIntegrationResponseCommand({
          ...place,
          statusCode: '200',
          patchOperations: patches([
            put('/responseTemplates/application~1json', JSON.stringify(next)),
          ]),
        }),
      ),
  }
}

/** Makes a deployment and compares it. */
async function deployed(r: Replay, step: string, call: Promise<{ id?: string }>): Promise<string> {
  await r.is(step, call)
  return (await call).id ?? ''
}

const variables = { testVar: 'default' }
const overrides = (testVar: string) => ({ stageVariableOverrides: { testVar } })

facts('a stage with a canary', async () => {
  const r = replay('canary', 'TestStageCrudCanary::test_create_update_stages')
  const { deploy, stage, get, patch, respond } = await deployable(r)
  const deploymentId = await deployed(r, 'create-deployment-1', deploy())
  await respond({ statusCode: 200, message: 'second deployment' })
  const second = await deployed(r, 'create-deployment-2', deploy())
  const canarySettings = { deploymentId: second, percentTraffic: 50, ...overrides('canary') }
  await r.is('create-stage', stage('dev', { deploymentId, variables, canarySettings }))
  await r.is('get-stage', get())
  const path = '/canarySettings/stageVariableOverrides/testVar'
  await r.is('update-stage-canary-settings-overrides', patch(put(path, 'updated')))
  await r.is(
    'update-stage-remove-canary-settings',
    patch({ op: 'remove', path: '/canarySettings' }),
  )
  await r.is('get-stage-after-remove', get())
})

facts('a canary of a stage that is there', async () => {
  const r = replay('canary', 'TestStageCrudCanary::test_create_canary_deployment_with_stage')
  const { deploy, stage, get } = await deployable(r)
  const deploymentId = await deployed(r, 'create-deployment', deploy())
  await r.is('create-stage', stage('dev', { deploymentId, variables }))
  const canarySettings = { percentTraffic: 50, ...overrides('canary') }
  await deployed(r, 'create-canary-deployment', deploy({ stageName: 'dev', canarySettings }))
  await r.is('get-stage', get())
})

facts('a canary takes the place of another', async () => {
  const r = replay('canary', 'TestStageCrudCanary::test_create_canary_deployment')
  const { deploy, stage, get } = await deployable(r)
  const deploymentId = await deployed(r, 'create-deployment', deploy())
  const first = { deploymentId, percentTraffic: 40, ...overrides('canary1') }
  await r.is('create-stage', stage('dev1', { deploymentId, variables, canarySettings: first }))
  const second = { percentTraffic: 50, ...overrides('canary2') }
  const canary = deploy({ stageName: 'dev1', canarySettings: second })
  const canaryId = await deployed(r, 'create-canary-deployment', canary)
  await r.is('get-stage-1', get('dev1'))
  const third = { deploymentId: canaryId, percentTraffic: 60, ...overrides('canary-overridden') }
  await r.is('create-stage-2', stage('dev2', { deploymentId, variables, canarySettings: third }))
  const wrong = { deploymentId: 'deploy' }
  await r.is('bad-canary-deployment-id', stage('dev3', { deploymentId, canarySettings: wrong }))
})

facts('a canary by changes of a stage', async () => {
  const r = replay('canary', 'TestStageCrudCanary::test_create_canary_deployment_by_stage_update')
  const { deploy, stage, get, patch } = await deployable(r)
  const deploymentId = await deployed(r, 'create-deployment', deploy())
  const second = await deployed(r, 'create-deployment-2', deploy())
  await r.is('create-stage', stage('dev', { deploymentId, variables }))
  await r.is('update-stage-with-deployment', patch(put('/canarySettings/deploymentId', second)))
  await r.is('remove-stage-canary', patch({ op: 'remove', path: '/canarySettings' }))
  await r.is('update-stage-with-percent', patch(put('/canarySettings/percentTraffic', '50')))
  await r.is('get-stage', get())
})

facts('a canary needs a stage', async () => {
  const r = replay('canary', 'TestStageCrudCanary::test_create_canary_deployment_validation')
  const { deploy } = await deployable(r)
  const canarySettings = { percentTraffic: 50, ...overrides('canary') }
  await r.is('create-canary-deployment-no-stage', deploy({ canarySettings }))
  await r.is('create-canary-deployment-empty-stage', deploy({ stageName: '', canarySettings }))
  await r.is(
    'create-canary-deployment-non-existing-stage',
    deploy({ stageName: 'non-existing', canarySettings }),
  )
})

facts('a canary is promoted by copies', async () => {
  const r = replay('canary', 'TestStageCrudCanary::test_update_stage_with_copy_ops')
  const { deploy, get, patch } = await deployable(r)
  const copy = (from: string, path: string): Change => ({ op: 'copy', from, path })
  const first = { testVar: 'test', testVar2: 'test2' }
  await deployed(r, 'deployment-1', deploy({ stageName: 'dev', variables: first }))
  const canary = '/canarySettings'
  await r.is(
    'copy-with-bad-statement',
    patch(
      copy('/variables', `${canary}/stageVariableOverrides`),
      copy('/deploymentId', `${canary}/deploymentId`),
    ),
  )
  const promote = [
    copy(`${canary}/deploymentId`, '/deploymentId'),
    copy(`${canary}/stageVariableOverrides`, '/variables'),
  ]
  await r.is('copy-with-no-replace', patch(...promote.toReversed()))
  await r.is('update-stage-with-copy', patch(put(`${canary}/percentTraffic`, '0.0'), ...promote))
  const canarySettings = { percentTraffic: 50, ...overrides('override') }
  await deployed(r, 'deployment-canary', deploy({ stageName: 'dev', canarySettings }))
  await r.is('get-stage', get())
  await r.is('update-stage-with-copy-2', patch(put(`${canary}/percentTraffic`, '0.0'), ...promote))
})

facts('a canary answers with its own deployment and variables', async () => {
  const r = replay('canary', 'TestCanaryDeployments::test_invoking_canary_deployment')
  const template = (message: string) => ({
    statusCode: 200,
    message,
    variable: '$stageVariables.testVar',
    nonExistingDefault: '$stageVariables.noStageVar',
    nonOverridden: '$stageVariables.defaultVar',
    isCanary: '$context.isCanaryRequest',
  })
  const { restApiId, deploy, patch, respond } = await deployable(r, template('default deployment'))
  const both = { testVar: 'default', defaultVar: 'default' }
  await deployed(r, 'create-deployment-1', deploy({ stageName: 'dev', variables: both }))
  await respond(template('canary deployment'))
  const stageVariableOverrides = { testVar: 'canary', noStageVar: 'canary' }
  const canarySettings = { percentTraffic: 0, stageVariableOverrides }
  await deployed(r, 'create-deployment-2', deploy({ stageName: 'dev', canarySettings }))
  r.same('response-deployment-1', await (await r.get(restApiId, '/dev/')).json())
  await r.is('update-stage', patch(put('/canarySettings/percentTraffic', '100.0')))
  r.same('response-canary-deployment', await (await r.get(restApiId, '/dev/')).json())
})

facts('settings of a stage and of its methods', async () => {
  const r = replay('common', 'TestStages::test_create_update_stages')
  const { restApiId, deploy } = await deployable(r)
  const { id: deploymentId } = await deploy()
  const properties = JSON.stringify({ foo: 'bar' })
  const location = { type: 'API' } as const
  await r.gateway.send(new CreateDocumentationPartCommand({ restApiId, location, properties }))
  const documentationVersion = 'v123'
  await r.gateway.send(new CreateDocumentationVersionCommand({ restApiId, documentationVersion }))
  const stageName = 's1'
  const input = {
    restApiId,
    stageName,
    deploymentId,
    description: 'my stage',
    documentationVersion,
  }
  await r.is('create-stage', r.gateway.send(new CreateStageCommand(input)))
  const patch = (...changes: Change[]) =>
    r.gateway.send(
      new UpdateStageCommand({ restApiId, stageName, patchOperations: patches(changes) }),
    )
  await r.is('error-update-doc-version', patch(put('/documentation_version', '123')))
  await r.is('error-update-tags', patch(put('/tags/tag1', 'value1')))
  const changed = patch(
    put('/description', 'stage new'),
    put('/variables/var1', 'test'),
    put('/variables/var2', 'test2'),
    put('/*/*/throttling/burstLimit', '123'),
    put('/*/*/caching/enabled', 'true'),
    put('/tracingEnabled', 'true'),
    put('/test/GET/throttling/burstLimit', '124'),
  )
  await r.is('update-stage', changed)
  await r.is('get-stage', r.gateway.send(new GetStageCommand({ restApiId, stageName })))
  await r.is('update-stage-override', patch(put('/*/*/throttling/burstLimit', '100')))
})

facts('a deployment gets another description', async () => {
  const r = replay('basic', 'TestAPIGateway::test_update_rest_api_deployment')
  const { restApiId, deploy } = await deployable(r)
  const { id: deploymentId } = await deploy({ description: 'my deployment' })
  const patchOperations = patches([put('/description', 'new-description')])
  const input = { restApiId, deploymentId, patchOperations }
  await r.is('after-update', r.gateway.send(new UpdateDeploymentCommand(input)))
})

facts('a plan with a key', async () => {
  const r = replay('common', 'TestUsagePlans::test_api_key_required_for_methods')
  const { restApiId, deploy } = await deployable(r)
  await deploy({ stageName: 'dev' })
  const plan = r.gateway.send(
    new CreateUsagePlanCommand({
      name: 'test-plan',
      description: 'Test Usage Plan for API key',
      quota: { limit: 10, period: 'DAY', offset: 0 },
      throttle: { rateLimit: 2, burstLimit: 1 },
      apiStages: [{ apiId: restApiId, stage: 'dev' }],
      tags: { tag_key: 'tag_value' },
    }),
  )
  await r.is('create-usage-plan', plan)
  const key = r.gateway.send(new CreateApiKeyCommand({ name: 'testApiKey', enabled: true }))
  await r.is('create-api-key', key)
  const keyId = (await key).id
  const planKey = { usagePlanId: (await plan).id, keyId, keyType: 'API_KEY' }
  await r.is('create-usage-plan-key', r.gateway.send(new CreateUsagePlanKeyCommand(planKey)))
  const patchOperations = patches([put('/enabled', 'false')])
  const update = new UpdateApiKeyCommand({ apiKey: keyId, patchOperations })
  await r.is('update-api-key-disabled', r.gateway.send(update))
})

facts('a plan is changed, and its stages have to be there', async () => {
  const r = replay('common', 'TestUsagePlans::test_usage_plan_crud')
  const { restApiId, deploy } = await deployable(r)
  await deploy({ stageName: 'dev' })
  const apiStages = [{ apiId: restApiId, stage: 'dev' }]
  const made = r.gateway.send(
    new CreateUsagePlanCommand({ name: 'test-usage-plan', description: 'my plan', apiStages }),
  )
  await r.is('create-usage-plan', made)
  const usagePlanId = (await made).id
  const get = () => r.gateway.send(new GetUsagePlanCommand({ usagePlanId }))
  const list = () => r.gateway.send(new GetUsagePlansCommand({}))
  const patch = (changes: readonly Change[], id = usagePlanId) =>
    r.gateway.send(
      new UpdateUsagePlanCommand({ usagePlanId: id, patchOperations: patches(changes) }),
    )
  const add = (value?: string): Change[] => [
    { op: 'add', path: '/apiStages', ...(value === undefined ? {} : { value }) },
  ]
  await r.is('get-usage-plan', get())
  await r.is('get-usage-plans', list())
  await r.is(
    'update-usage-plan',
    patch([
      put('/throttle/burstLimit', '100'),
      put('/throttle/rateLimit', '200'),
      put('/quota/limit', '5000'),
      put('/quota/period', 'MONTH'),
    ]),
  )
  await r.is('update-wrong-id', patch([put('/throttle/rateLimit', '200')], 'fakeid'))
  await r.is('update-wrong-api-stages-no-value', patch(add()))
  await r.is('update-wrong-api-stages-wrong-api', patch(add(`${restApiId}b:dev`)))
  await r.is('update-wrong-api-stages-wrong-stage', patch(add(`${restApiId}:fakestagename`)))
  await r.is('update-wrong-api-stages-wrong-value', patch(add('fakevalue')))
  await r.is('get-usage-plan-after-update', get())
  await r.is('get-usage-plans-after-update', list())
})

facts('keys are found by how their names begin, the latest first', async () => {
  const r = replay('extended', 'TestApigatewayApiKeysCrud::test_get_api_keys')
  const list = (input: object = {}) => r.gateway.send(new GetApiKeysCommand(input))
  const make = (name: string) => r.gateway.send(new CreateApiKeyCommand({ name }))
  await r.is('get-api-keys', list())
  await r.is('create-api-key', make('test-key-first'))
  await r.is('get-api-keys-after-create-1', list())
  await r.is('get-api-keys-wrong-name-query', list({ nameQuery: 'wrong' }))
  await r.is('get-api-keys-prefix-name-query', list({ nameQuery: 'test-key' }))
  await r.is('get-api-keys-prefix-name-query-cased', list({ nameQuery: 'TEST-KEY' }))
  await r.is('get-api-keys-postfix-name-query', list({ nameQuery: 'first' }))
  await r.is('get-api-keys-infix-name-query', list({ nameQuery: 'key-' }))
  await r.cloud.advance({ seconds: 1 })
  await r.is('create-api-key-2', make('test-key-second'))
  await r.is('get-api-keys-after-create-2', list())
  await r.is('get-api-keys-name-query', list({ nameQuery: 'test-key-second' }))
  await r.is('get-api-keys-prefix-name-query-2', list({ nameQuery: 'test-key' }))
  const first = list({ limit: 1 })
  await r.is('get-apis-keys-pagination', first)
  const { position } = await first
  await r.is('get-apis-keys-pagination-2', list({ limit: 1, position }))
})

facts('names, limits and flags of keys', async () => {
  const limits = replay(
    'extended',
    'TestApigatewayApiKeysCrud::test_negative_get_usage_plan_api_keys',
  )
  await limits.is(
    'get-api-keys-invalid-limit',
    limits.gateway.send(new GetApiKeysCommand({ limit: -1 })),
  )
  const made = limits.gateway.send(new CreateApiKeyCommand({ name: 'test-key' }))
  await limits.is('create-api-key', made)
  const rename = { apiKey: (await made).id, patchOperations: patches([put('/name', 'other')]) }
  await limits.is('update-api-key-name', limits.gateway.send(new UpdateApiKeyCommand(rename)))

  const names = replay(
    'extended',
    'TestApigatewayApiKeysCrud::test_create_api_key_with_invalid_name',
  )
  const make = (name?: string) => names.gateway.send(new CreateApiKeyCommand({ name }))
  await names.is('create-api-key-name-too-long', make('a'.repeat(1025)))
  await names.is('create-api-key-empty-name', make(''))
  await names.is('create-api-key-no-name', make())

  const flags = replay(
    'extended',
    'TestApigatewayApiKeysCrud::test_update_api_key_invalid_enabled_type',
  )
  const { id: apiKey } = await flags.gateway.send(new CreateApiKeyCommand({}))
  const patchOperations = patches([put('/enabled', 'test')])
  const update = new UpdateApiKeyCommand({ apiKey, patchOperations })
  await flags.is('update-api-key-invalid-enabled-type', flags.gateway.send(update))

  const plans = replay(
    'extended',
    'TestApigatewayApiKeysCrud::test_create_usage_plan_with_throttle',
  )
  const throttle = { burstLimit: 20, rateLimit: 10 }
  const plan = new CreateUsagePlanCommand({ name: 'plan', throttle, apiStages: [] })
  await plans.is('create-usage-plan-burst-gt-rate', plans.gateway.send(plan))
  expect(apiKey).toBeDefined()
})
