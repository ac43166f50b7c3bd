import {
  CreateRepository,
  DeleteRepository,
  DescribeRepositories,
  PutImageScanningConfiguration,
  PutImageTagMutability,
  type Repository,
} from '@cloud-orrery/models/ecr'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { invalidPageToken, repositoryExists, repositoryNotFound } from './errors.ts'
import { pageItemsMax } from './limits.ts'
import { type RepositoryRecord, repositories, repositoryArn, repositoryUri } from './state.ts'
import { tagsOf } from './tags.ts'

/** The repository that a request names, in the registry that it names. */
export function repositoryOf(
  ctx: Context,
  { repositoryName, registryId }: { repositoryName: string; registryId?: string | undefined },
): { at: Context; repository: RepositoryRecord } {
  const at = registryId === undefined ? ctx : ctx.at({ accountId: registryId })
  const repository = repositories.get(at, repositoryName)
  if (repository === undefined) throw repositoryNotFound(repositoryName, at.accountId)
  return { at, repository }
}

/** The ARN that permissions for a repository are judged by. */
export function judgedArn(
  input: { repositoryName: string; registryId?: string | undefined },
  ctx: Context,
): string {
  const accountId = input.registryId ?? ctx.accountId
  return repositoryArn({ accountId, region: ctx.region }, input.repositoryName)
}

function shown(ctx: Context, repository: RepositoryRecord): Repository {
  const { name, createdAtMs, imageTagMutability, scanOnPush } = repository
  return {
    repositoryArn: repositoryArn(ctx, name),
    registryId: ctx.accountId,
    repositoryName: name,
    repositoryUri: repositoryUri(ctx, name),
    createdAt: createdAtMs,
    imageTagMutability,
    imageScanningConfiguration: { scanOnPush },
    encryptionConfiguration: { encryptionType: 'AES256' },
  }
}

export const createRepository = operation(CreateRepository, {
  authorize: judgedArn,
  provenance: 'modelled',
  refuses: ['encryptionConfiguration', 'imageTagMutabilityExclusionFilters'],
  run(ctx, { repositoryName, tags, imageTagMutability = 'MUTABLE', imageScanningConfiguration }) {
    if (repositories.has(ctx, repositoryName)) throw repositoryExists(repositoryName, ctx.accountId)
    const repository = repositories.put(ctx, {
      name: repositoryName,
      createdAtMs: ctx.now(),
      imageTagMutability,
      scanOnPush: imageScanningConfiguration?.scanOnPush ?? false,
      tags: tagsOf(ctx, {}, tags),
    })
    return { repository: shown(ctx, repository) }
  },
})

export const describeRepositories = operation(DescribeRepositories, {
  authorize: (input, ctx) =>
    (input.repositoryNames ?? ['*']).map((repositoryName) => ({
      resource: judgedArn({ repositoryName, registryId: input.registryId }, ctx),
    })),
  provenance: 'modelled',
  run(ctx, { registryId, repositoryNames, nextToken, maxResults }) {
    const at = registryId === undefined ? ctx : ctx.at({ accountId: registryId })
    if (repositoryNames !== undefined) {
      const named = repositoryNames.map((repositoryName) =>
        shown(at, repositoryOf(ctx, { repositoryName, registryId }).repository),
      )
      return { repositories: named }
    }
    const page = pageOf({
      list: (start) => repositories.scan(at, start),
      positionOf: ({ name }) => name,
      itemsMax: maxResults ?? pageItemsMax,
      token: nextToken,
      request: { operation: 'DescribeRepositories', registryId },
      refused: invalidPageToken,
    })
    return {
      repositories: page.items.map((repository) => shown(at, repository)),
      nextToken: page.nextToken,
    }
  },
})

export const deleteRepository = operation(DeleteRepository, {
  authorize: judgedArn,
  provenance: 'modelled',
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    repositories.delete(at, repository.name)
    return { repository: shown(at, repository) }
  },
})

export const putImageTagMutability = operation(PutImageTagMutability, {
  authorize: judgedArn,
  provenance: 'modelled',
  refuses: ['imageTagMutabilityExclusionFilters'],
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    const { imageTagMutability } = input
    repositories.update(at, repository.name, { imageTagMutability })
    return { registryId: at.accountId, repositoryName: repository.name, imageTagMutability }
  },
})

export const putImageScanningConfiguration = operation(PutImageScanningConfiguration, {
  authorize: judgedArn,
  provenance: 'modelled',
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    const scanOnPush = input.imageScanningConfiguration.scanOnPush ?? false
    repositories.update(at, repository.name, { scanOnPush })
    return {
      registryId: at.accountId,
      repositoryName: repository.name,
      imageScanningConfiguration: { scanOnPush },
    }
  },
})
