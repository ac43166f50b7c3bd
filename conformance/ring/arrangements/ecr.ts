import {
  CreateRepositoryCommand,
  ECRClient,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const repositoryName = 'ring/one'
const policyText = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }],
})
const lifecyclePolicyText = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9 },
      action: { type: 'expire' },
    },
  ],
})

/** A repository with a tag, a policy and a lifecycle policy. */
export async function arrangeEcr(cloud: Cloud): Promise<KnownValues> {
  const ecr = client(cloud, ECRClient)
  const tags = [{ Key: 'ring', Value: 'one' }]
  const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName, tags }))
  await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }))
  await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }))
  return {
    repositoryName,
    'repositoryNames[]': repositoryName,
    'CreateRepository.repositoryName': 'ring/new',
    registryId: cloud.defaultAccountId,
    resourceArn: repository?.repositoryArn,
    policyText,
    lifecyclePolicyText,
  }
}
