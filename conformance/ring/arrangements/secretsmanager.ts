import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  SecretsManagerClient,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const ResourcePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::123456789012:root' },
    Action: 'secretsmanager:GetSecretValue',
    Resource: '*',
  },
})

/** A secret of two versions with a tag, a policy and a replica; one that is deleted. */
export async function arrangeSecretsManager(cloud: Cloud): Promise<KnownValues> {
  const secrets = client(cloud, SecretsManagerClient)
  const SecretId = 'ring'
  const created = await secrets.send(
    new CreateSecretCommand({ Name: SecretId, SecretString: 'one' }),
  )
  const put = new PutSecretValueCommand({ SecretId, SecretString: 'two' })
  const { VersionId } = await secrets.send(put)
  const Tags = [{ Key: 'ring', Value: 'one' }]
  await secrets.send(new TagResourceCommand({ SecretId, Tags }))
  await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }))
  const AddReplicaRegions = [{ Region: 'eu-west-1' }]
  await secrets.send(new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions }))
  await secrets.send(new CreateSecretCommand({ Name: 'deleted', SecretString: 'one' }))
  await secrets.send(new DeleteSecretCommand({ SecretId: 'deleted' }))
  return {
    SecretId,
    'CreateSecret.Name': 'ring-new',
    SecretString: 'three',
    ResourcePolicy,
    VersionId,
    'GetSecretValue.VersionStage': 'AWSCURRENT',
    'UpdateSecretVersionStage.': {
      SecretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: created.VersionId,
      RemoveFromVersionId: VersionId,
    },
    'UpdateSecretVersionStage.MoveToVersionId': created.VersionId,
    'UpdateSecretVersionStage.RemoveFromVersionId': VersionId,
    'UpdateSecretVersionStage.VersionStage': 'AWSCURRENT',
    'RestoreSecret.SecretId': 'deleted',
    'BatchGetSecretValue.': { SecretIdList: [SecretId] },
    'SecretIdList[]': SecretId,
    'TagKeys[]': 'ring',
    'AddReplicaRegions[].Region': 'eu-central-1',
    'RemoveReplicaRegions[]': 'eu-west-1',
    'PutSecretValue.VersionStages[]': 'AWSCURRENT',
  }
}
