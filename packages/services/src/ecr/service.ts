import { service } from '../define.ts'
import { repositoryType } from './cloudformation/repository.ts'
import { listImages } from './images.ts'
import { invalidInput } from './invalid-input.ts'
import {
  deleteLifecyclePolicy,
  deleteRepositoryPolicy,
  getLifecyclePolicy,
  getRepositoryPolicy,
  putLifecyclePolicy,
  setRepositoryPolicy,
} from './policies.ts'
import {
  createRepository,
  deleteRepository,
  describeRepositories,
  putImageScanningConfiguration,
  putImageTagMutability,
} from './repositories.ts'
import { repositories, repositoryAddress, repositoryArn } from './state.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'

/** Repositories without images: what stacks that name one need. */
export const ecr = service('ecr', {
  operations: [
    createRepository,
    deleteLifecyclePolicy,
    deleteRepository,
    deleteRepositoryPolicy,
    describeRepositories,
    getLifecyclePolicy,
    getRepositoryPolicy,
    listImages,
    listTagsForResource,
    putImageScanningConfiguration,
    putImageTagMutability,
    putLifecyclePolicy,
    setRepositoryPolicy,
    tagResource,
    untagResource,
  ],
  resources: [repositoryType],
  tables: [repositories],
  *taggedResources(ctx) {
    for (const { name, tags } of repositories.scan(ctx)) {
      yield { arn: repositoryArn(ctx, name), tags }
    }
  },
  resourceAccess(ctx, arn) {
    const address = repositoryAddress(arn)
    if (address === undefined) return undefined
    const repository = repositories.get({ ...address, store: ctx.store }, address.name)
    if (repository === undefined) return undefined
    const { accountId } = address
    return repository.policy === undefined
      ? { accountId }
      : { accountId, policy: repository.policy.document }
  },
  errors: { invalidInput },
})
