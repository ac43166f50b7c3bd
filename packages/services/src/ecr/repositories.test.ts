import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetRepositoryPolicyCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import { client, createCloud } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'

const ecrOf = (accountId?: string) => {
  const cloud = createCloud({ deepFreeze: true })
  const options = accountId === undefined ? {} : { credentials: cloud.credentials(accountId) }
  return { cloud, ecr: client(cloud, ECRClient), other: client(cloud, ECRClient, options) }
}

const repositoryName = 'team/app'

describe('a repository', () => {
  test('is there under its name until it is deleted', async () => {
    const { ecr } = ecrOf()
    const tags = [{ Key: 'a', Value: '1' }]
    const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName, tags }))
    expect(repository).toEqual({
      repositoryArn: 'arn:aws:ecr:us-east-1:123456789012:repository/team/app',
      registryId: '123456789012',
      repositoryName,
      repositoryUri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app',
      createdAt: new Date(Date.UTC(2026, 0, 1)),
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: 'AES256' },
    })
    const resourceArn = repository?.repositoryArn
    expect((await ecr.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(tags)
    await expect(ecr.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toThrow(
      "The repository with name 'team/app' already exists in the registry with id '123456789012'",
    )
    expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toHaveLength(1)
    expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([])
    await ecr.send(new DeleteRepositoryCommand({ repositoryName }))
    await expect(
      ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] })),
    ).rejects.toMatchObject({ name: 'RepositoryNotFoundException' })
  })

  test('lists in pages', async () => {
    const { ecr } = ecrOf()
    for (const name of ['aa', 'bb', 'cc']) {
      await ecr.send(new CreateRepositoryCommand({ repositoryName: name }))
    }
    const first = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 2 }))
    const { nextToken } = first
    const second = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 2, nextToken }))
    const names = [first, second].map(({ repositories }) =>
      repositories?.map((repository) => repository.repositoryName),
    )
    expect(names).toEqual([['aa', 'bb'], ['cc']])
    expect(second.nextToken).toBeUndefined()
  })

  test('lets another account in by its policy only', async () => {
    const { ecr, other } = ecrOf('111122223333')
    await ecr.send(new CreateRepositoryCommand({ repositoryName }))
    const get = new GetRepositoryPolicyCommand({ registryId: '123456789012', repositoryName })
    await expect(other.send(get)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const policyText = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Action: 'ecr:GetRepositoryPolicy',
        },
      ],
    })
    await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }))
    expect((await other.send(get)).policyText).toBe(policyText)
    const bad = new SetRepositoryPolicyCommand({ repositoryName, policyText: '{' })
    await expect(ecr.send(bad)).rejects.toThrow('Invalid repository policy provided')
  })

  test('whose input breaks the model is refused in a sentence of ECR, the first of it alone', async () => {
    const { ecr } = ecrOf()
    const refused = (sent: Promise<unknown>, at: string, constraint: string) =>
      expect(sent).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: `Invalid parameter at '${at}' failed to satisfy constraint: '${constraint}'`,
      })
    const named = (name: string) => ecr.send(new CreateRepositoryCommand({ repositoryName: name }))
    const pattern = String.raw`[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*`
    const atLeast = 'must have length greater than or equal to'
    await refused(
      named('Bad_Name!'),
      'repositoryName',
      `must satisfy regular expression '${pattern}'`,
    )
    await refused(named('a'), 'repositoryName', `${atLeast} 2`)
    await refused(
      ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: '{}' })),
      'lifecyclePolicyText',
      `Member ${atLeast} 100`,
    )
    await refused(
      ecr.send(
        new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: 'NONE' as never }),
      ),
      'imageTagMutability',
      'Member must satisfy enum value set: [IMMUTABLE, MUTABLE, MUTABLE_WITH_EXCLUSION, IMMUTABLE_WITH_EXCLUSION]',
    )
  })

  test('takes no images, and says so', async () => {
    const { ecr } = ecrOf()
    await ecr.send(new CreateRepositoryCommand({ repositoryName }))
    const put = new PutImageCommand({ repositoryName, imageManifest: '{}' })
    await expect(ecr.send(put)).rejects.toThrow('Orrery does not model ecr:PutImage.')
  })
})
