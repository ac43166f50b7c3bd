import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  SecretsManagerClient,
  StopReplicationToReplicaCommand,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

async function replicated() {
  const cloud = createCloud({ deepFreeze: true })
  const sm = client(cloud, SecretsManagerClient)
  const far = client(cloud, SecretsManagerClient, { region: 'eu-west-1' })
  const AddReplicaRegions = [{ Region: 'eu-west-1' }]
  const secret = { Name: 's', SecretString: 'one', AddReplicaRegions }
  const made = await sm.send(new CreateSecretCommand(secret))
  await cloud.settle()
  const value = async (of: SecretsManagerClient) =>
    (await of.send(new GetSecretValueCommand({ SecretId: 's' }))).SecretString
  return { cloud, sm, far, made, value }
}

test('a replica has the same value and the same end of its ARN, and follows', async () => {
  const { cloud, sm, far, made, value } = await replicated()
  expect(made.ReplicationStatus).toEqual([
    { Region: 'eu-west-1', KmsKeyId: 'alias/aws/secretsmanager', Status: 'InProgress' },
  ])
  expect(await value(far)).toBe('one')
  await sm.send(new PutSecretValueCommand({ SecretId: 's', SecretString: 'two' }))
  await sm.send(new TagResourceCommand({ SecretId: 's', Tags: [{ Key: 'a', Value: 'b' }] }))
  await cloud.settle()
  expect(await value(far)).toBe('two')
  const { ARN, PrimaryRegion, Tags, VersionIdsToStages } = await far.send(
    new DescribeSecretCommand({ SecretId: 's' }),
  )
  const primary = await sm.send(new DescribeSecretCommand({ SecretId: 's' }))
  expect({ ARN, PrimaryRegion, Tags, VersionIdsToStages }).toEqual({
    ARN: made.ARN?.replace('us-east-1', 'eu-west-1'),
    PrimaryRegion: 'us-east-1',
    Tags: [{ Key: 'a', Value: 'b' }],
    VersionIdsToStages: primary.VersionIdsToStages,
  })
  expect(primary.ReplicationStatus?.map(({ Status }) => Status)).toEqual(['InSync'])
})

test('a replica is changed only where its primary is, until it is made independent', async () => {
  const { cloud, sm, far, value } = await replicated()
  const put = (of: SecretsManagerClient, SecretString: string) =>
    of.send(new PutSecretValueCommand({ SecretId: 's', SecretString }))
  await expect(put(far, 'x')).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  })
  await far.send(new StopReplicationToReplicaCommand({ SecretId: 's' }))
  await put(far, 'own')
  await put(sm, 'two')
  await cloud.settle()
  expect([await value(far), await value(sm)]).toEqual(['own', 'two'])
})

test('a secret with replicas is not deleted before them', async () => {
  const { sm, far, made } = await replicated()
  const remove = new DeleteSecretCommand({ SecretId: 's' })
  await expect(sm.send(remove)).rejects.toMatchObject({
    message: `You can't delete secret ${made.ARN} that still has replica regions [eu-west-1].`,
  })
  const RemoveReplicaRegions = ['eu-west-1']
  await sm.send(new RemoveRegionsFromReplicationCommand({ SecretId: 's', RemoveReplicaRegions }))
  await expect(far.send(new DescribeSecretCommand({ SecretId: 's' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  await sm.send(remove)
})

test('a secret of the same name in the other region gives way only when asked', async () => {
  const { cloud, sm, value } = await replicated()
  const other = client(cloud, SecretsManagerClient, { region: 'us-west-2' })
  await other.send(new CreateSecretCommand({ Name: 's', SecretString: 'there first' }))
  const add = async (ForceOverwriteReplicaSecret?: boolean) => {
    const AddReplicaRegions = [{ Region: 'us-west-2' }]
    const input = { SecretId: 's', AddReplicaRegions, ForceOverwriteReplicaSecret }
    await sm.send(new ReplicateSecretToRegionsCommand(input))
    await cloud.settle()
    const { ReplicationStatus } = await sm.send(new DescribeSecretCommand({ SecretId: 's' }))
    return ReplicationStatus?.find(({ Region }) => Region === 'us-west-2')?.Status
  }
  expect([await add(), await value(other)]).toEqual(['Failed', 'there first'])
  expect([await add(true), await value(other)]).toEqual(['InSync', 'one'])
})
