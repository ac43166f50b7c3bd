import {
  DeleteParameterCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/p'

function store(cloud = createCloud({ deepFreeze: true })) {
  return {
    cloud,
    ssm: client(cloud, SSMClient),
    /** What went to EventBridge: when, as what, about what. */
    heard: () =>
      cloud.kernel.journal.entries
        .filter(({ kind }) => kind === 'event')
        .map(({ atMs, data }) => {
          const { detailType, resources, detail } = data as Record<string, unknown>
          return { at: new Date(atMs).toISOString().slice(0, 10), detailType, resources, detail }
        }),
  }
}

test('EventBridge hears of each change of a parameter', async () => {
  const { ssm, heard } = store()
  const put = { Name: 'p', Value: 'x', Type: 'String', Description: 'd' } as const
  await ssm.send(new PutParameterCommand(put))
  await ssm.send(new PutParameterCommand({ Name: 'p', Value: 'y', Overwrite: true }))
  await ssm.send(new LabelParameterVersionCommand({ Name: 'p', Labels: ['prod'] }))
  await ssm.send(new DeleteParameterCommand({ Name: 'p' }))
  const change = (operation: string) => ({
    at: '2026-01-01',
    detailType: 'Parameter Store Change',
    resources: [arn],
    detail: { operation, name: 'p', type: 'String', description: 'd' },
  })
  expect(heard()).toEqual(['Create', 'Update', 'LabelParameterVersion', 'Delete'].map(change))
})

test('policies act on their days, in a fork as well', async () => {
  const { cloud, ssm } = store()
  const policy = (Type: string, Attributes: object) => ({ Type, Version: '1.0', Attributes })
  const Policies = JSON.stringify([
    policy('Expiration', { Timestamp: '2026-01-31T00:00:00Z' }),
    policy('ExpirationNotification', { Before: '10', Unit: 'Days' }),
    policy('NoChangeNotification', { After: '5', Unit: 'Days' }),
  ])
  await ssm.send(
    new PutParameterCommand({ Name: 'p', Value: 'x', Type: 'String', Tier: 'Advanced', Policies }),
  )
  await cloud.advance({ days: 3 })
  await ssm.send(new PutParameterCommand({ Name: 'p', Value: 'y', Overwrite: true }))
  const fork = store(cloud.fork())
  await fork.cloud.advance({ days: 60 })
  const actions = fork
    .heard()
    .filter(({ detailType }) => detailType === 'Parameter Store Policy Action')
    .map(({ at, detail }) => [at, (detail as Record<string, unknown>)['policy-type']])
  expect(actions).toEqual([
    ['2026-01-09', 'NoChangeNotification'],
    ['2026-01-21', 'ExpirationNotification'],
    ['2026-01-31', 'Expiration'],
  ])
  expect(fork.heard().at(-1)).toMatchObject({ detail: { operation: 'Delete', name: 'p' } })
})
