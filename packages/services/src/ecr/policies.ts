import {
  DeleteLifecyclePolicy,
  DeleteRepositoryPolicy,
  GetLifecyclePolicy,
  GetRepositoryPolicy,
  PutLifecyclePolicy,
  SetRepositoryPolicy,
} from '@cloud-orrery/models/ecr'
import { type PolicyDocument, PolicyError, parsePolicy } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import {
  invalidLifecyclePolicy,
  invalidPolicy,
  lifecyclePolicyNotFound,
  policyNotFound,
} from './errors.ts'
import { judgedArn, repositoryOf } from './repositories.ts'
import { type RepositoryRecord, repositories, repositoryArn } from './state.ts'

/** A repository's policy names no resource: each statement is about the repository. */
function documentOf(ctx: Context, name: string, text: string): PolicyDocument {
  try {
    const policy = JSON.parse(text) as { Statement?: unknown }
    const statements = [policy.Statement ?? []].flat() as object[]
    const Resource = repositoryArn(ctx, name)
    const Statement = statements.map((statement) => ({ Resource, ...statement }))
    return parsePolicy(JSON.stringify({ ...policy, Statement }), 'resource')
  } catch (error) {
    if (error instanceof PolicyError || error instanceof SyntaxError) throw invalidPolicy()
    throw error
  }
}

export const setRepositoryPolicy = operation(SetRepositoryPolicy, {
  authorize: judgedArn,
  provenance: 'modelled',
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    const text = input.policyText
    const policy = { text, document: documentOf(at, repository.name, text) }
    repositories.update(at, repository.name, { policy })
    return { registryId: at.accountId, repositoryName: repository.name, policyText: text }
  },
})

export const getRepositoryPolicy = operation(GetRepositoryPolicy, {
  authorize: judgedArn,
  provenance: 'modelled',
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    const { name, policy } = repository
    if (policy === undefined) throw policyNotFound(name, at.accountId)
    return { registryId: at.accountId, repositoryName: name, policyText: policy.text }
  },
})

export const deleteRepositoryPolicy = operation(DeleteRepositoryPolicy, {
  authorize: judgedArn,
  provenance: 'modelled',
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    const { policy, ...rest } = repository
    if (policy === undefined) throw policyNotFound(repository.name, at.accountId)
    repositories.put(at, rest)
    return { registryId: at.accountId, repositoryName: rest.name, policyText: policy.text }
  },
})

export const putLifecyclePolicy = operation(PutLifecyclePolicy, {
  authorize: judgedArn,
  provenance: 'simplified',
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    const text = input.lifecyclePolicyText
    try {
      JSON.parse(text)
    } catch {
      throw invalidLifecyclePolicy()
    }
    repositories.update(at, repository.name, { lifecyclePolicy: { text, setAtMs: ctx.now() } })
    const { name } = repository
    return { registryId: at.accountId, repositoryName: name, lifecyclePolicyText: text }
  },
})

export const getLifecyclePolicy = operation(GetLifecyclePolicy, {
  authorize: judgedArn,
  provenance: 'simplified',
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    return lifecycleAnswer(at, repository)
  },
})

export const deleteLifecyclePolicy = operation(DeleteLifecyclePolicy, {
  authorize: judgedArn,
  provenance: 'simplified',
  run(ctx, input) {
    const { at, repository } = repositoryOf(ctx, input)
    const answer = lifecycleAnswer(at, repository)
    const { lifecyclePolicy: _, ...rest } = repository
    repositories.put(at, rest)
    return answer
  },
})

function lifecycleAnswer(at: Context, { name, lifecyclePolicy }: RepositoryRecord) {
  if (lifecyclePolicy === undefined) throw lifecyclePolicyNotFound(name, at.accountId)
  const { text, setAtMs } = lifecyclePolicy
  return {
    registryId: at.accountId,
    repositoryName: name,
    lifecyclePolicyText: text,
    lastEvaluatedAt: setAtMs,
  }
}
