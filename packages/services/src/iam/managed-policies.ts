import { type ManagedPolicy, managedPolicy, managedPolicyArns } from '@cloud-orrery/models'
import {
  CreatePolicy,
  DeletePolicy,
  GetPolicy,
  ListPolicies,
  ListPolicyTags,
  type Policy,
  TagPolicy,
  UntagPolicy,
} from '@cloud-orrery/models/iam'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { entityArn } from '../shared/identity/arns.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import {
  groups,
  type PolicyRecord,
  pathKey,
  policies,
  roles,
  users,
} from '../shared/identity/state.ts'
import { checkPolicyArn } from './attachments.ts'
import { afterPath } from './entities.ts'
import {
  policyExists,
  policyHasVersions,
  policyInUse,
  policyNotFound,
  quotaExceeded,
} from './errors.ts'
import { accountQuotas } from './limits.ts'
import { page, pageOfList } from './paging.ts'
import { readManagedPolicy } from './policy-documents.ts'
import {
  creationOf,
  givenTags,
  readTags,
  requestTagContext,
  resourceTagContext,
  withoutTags,
  withTags,
  writeTags,
} from './tags.ts'

export const createPolicy = operation(CreatePolicy, {
  authorize: ({ PolicyName, Path = '/', Tags }, ctx) =>
    creationOf(entityArn(ctx, 'policy', Path, PolicyName), Tags, 'TagPolicy'),
  provenance: 'recorded',
  run(ctx, { PolicyName, Path = '/', PolicyDocument, Description, Tags }) {
    const tags = readTags(Tags, 'exact')
    const document = readManagedPolicy(PolicyDocument)
    if (policies.first(ctx, 'name', PolicyName.toLowerCase()) !== undefined) {
      throw policyExists(PolicyName)
    }
    if (policies.count(ctx) >= accountQuotas.policies) {
      throw quotaExceeded('PoliciesPerAccount', accountQuotas.policies)
    }
    const policy = policies.put(ctx, {
      policyName: PolicyName,
      policyId: ctx.ids.unique('ANPA'),
      arn: entityArn(ctx, 'policy', Path, PolicyName),
      path: Path,
      ...(Description === undefined ? {} : { description: Description }),
      createdAtMs: thisSecond(ctx),
      updatedAtMs: thisSecond(ctx),
      defaultVersionId: 'v1',
      lastVersionNumber: 1,
      versions: [{ versionId: 'v1', createdAtMs: thisSecond(ctx), ...document }],
      tags,
    })
    return { Policy: { ...policyBasics(ctx, policy), ...givenTags(Tags) } }
  },
})

export const getPolicy = operation(GetPolicy, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'modelled',
  run(ctx, { PolicyArn }) {
    checkPolicyArn(PolicyArn)
    const own = policies.get(ctx, PolicyArn)
    if (own !== undefined) {
      const { description: Description } = own
      const described = Description === undefined ? {} : { Description }
      return { Policy: { ...policyBasics(ctx, own), ...described, Tags: writeTags(own.tags) } }
    }
    const awsOwned = managedPolicy(PolicyArn)
    if (awsOwned === undefined) throw policyNotFound(PolicyArn)
    return { Policy: { ...awsPolicyBasics(ctx, awsOwned), Tags: [] } }
  },
})

export const listPolicies = operation(ListPolicies, {
  authorize: ({ PathPrefix = '/' }, ctx) => entityArn(ctx, 'policy', PathPrefix, ''),
  provenance: 'modelled',
  run(ctx, { Scope = 'All', OnlyAttached, PathPrefix = '/', PolicyUsageFilter, ...request }) {
    const wanted = ({ arn }: { arn: string }) => {
      if (OnlyAttached !== true) return true
      if (PolicyUsageFilter === 'PermissionsBoundary') return boundaryUses(ctx, arn) > 0
      return attachments(ctx, arn) > 0
    }
    const { items, rest } = page(
      request,
      (after) => listed(ctx, Scope, PathPrefix, after, wanted),
      ({ sortKey }) => sortKey,
    )
    return { Policies: items.map(({ policy }) => policy()), ...rest }
  },
})

interface Listed {
  readonly sortKey: string
  readonly policy: () => Policy
}

/** The account's own policies, then AWS's. */
function* listed(
  ctx: Context,
  scope: string,
  prefix: string,
  after: string | undefined,
  wanted: (policy: { arn: string }) => boolean,
): Generator<Listed> {
  const afterAws = after?.startsWith('aws ') === true ? after.slice('aws '.length) : undefined
  if (scope !== 'AWS' && afterAws === undefined) {
    const range = afterPath(prefix, after?.slice('own '.length))
    for (const policy of policies.scanIndex(ctx, 'path', range)) {
      if (!wanted(policy)) continue
      const sortKey = `own ${pathKey(policy.path, policy.policyName)}`
      yield { sortKey, policy: () => policyBasics(ctx, policy) }
    }
  }
  if (scope === 'Local') return
  for (const arn of managedPolicyArns()) {
    if (afterAws !== undefined && arn <= afterAws) continue
    if (!arn.startsWith(`arn:aws:iam::aws:policy${prefix}`) || !wanted({ arn })) continue
    const policy = managedPolicy(arn)
    if (policy !== undefined) {
      yield { sortKey: `aws ${arn}`, policy: () => awsPolicyBasics(ctx, policy) }
    }
  }
}

export const deletePolicy = operation(DeletePolicy, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'recorded',
  run(ctx, { PolicyArn }) {
    checkPolicyArn(PolicyArn)
    const policy = findOwnPolicy(ctx, PolicyArn)
    if (attachments(ctx, PolicyArn) + boundaryUses(ctx, PolicyArn) > 0) throw policyInUse()
    if (policy.versions.length > 1) throw policyHasVersions()
    policies.delete(ctx, PolicyArn)
    return {}
  },
})

export const tagPolicy = operation(TagPolicy, {
  authorize: ({ PolicyArn, Tags }, ctx) => aboutPolicy(ctx, PolicyArn, requestTagContext(Tags)),
  provenance: 'modelled',
  run(ctx, { PolicyArn, Tags }) {
    const policy = findOwnPolicy(ctx, PolicyArn)
    policies.put(ctx, { ...policy, tags: withTags(policy.tags, Tags, 'exact') })
    return {}
  },
})

export const untagPolicy = operation(UntagPolicy, {
  authorize: ({ PolicyArn, TagKeys }, ctx) =>
    aboutPolicy(ctx, PolicyArn, { 'aws:TagKeys': TagKeys }),
  provenance: 'modelled',
  run(ctx, { PolicyArn, TagKeys }) {
    const policy = findOwnPolicy(ctx, PolicyArn)
    policies.put(ctx, { ...policy, tags: withoutTags(policy.tags, TagKeys, 'exact') })
    return {}
  },
})

export const listPolicyTags = operation(ListPolicyTags, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'modelled',
  run(ctx, { PolicyArn, ...request }) {
    const { items, rest } = pageOfList(request, writeTags(findOwnPolicy(ctx, PolicyArn).tags))
    return { Tags: items, ...rest }
  },
})

/** A policy of the account; AWS's own can't be changed. */
export function findOwnPolicy(ctx: Context, arn: string): PolicyRecord {
  const policy = policies.get(ctx, arn)
  if (policy === undefined) throw policyNotFound(arn)
  return policy
}

/** What the policy engine judges of a call about a managed policy. */
export function aboutPolicy(
  ctx: Context,
  arn: string,
  context: RequestContext = {},
): Authorization {
  return {
    resource: arn,
    context: { ...resourceTagContext(policies.get(ctx, arn)?.tags), ...context },
  }
}

/** Recorded: iam, CreatePolicy. Lists leave out descriptions too. Source: IAM API reference, `Policy`. */
export function policyBasics(ctx: Context, policy: PolicyRecord): Policy {
  return {
    PolicyName: policy.policyName,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachments(ctx, policy.arn),
    PermissionsBoundaryUsageCount: boundaryUses(ctx, policy.arn),
    IsAttachable: true,
    CreateDate: policy.createdAtMs,
    UpdateDate: policy.updatedAtMs,
  }
}

/** One of AWS's own policies; undefined where there is none of this ARN. */
export function awsPolicyDetail(ctx: Context, arn: string): Policy | undefined {
  const policy = managedPolicy(arn)
  return policy && awsPolicyBasics(ctx, policy)
}

function awsPolicyBasics(ctx: Context, policy: ManagedPolicy): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: awsPolicyId(policy.arn),
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachments(ctx, policy.arn),
    PermissionsBoundaryUsageCount: boundaryUses(ctx, policy.arn),
    IsAttachable: true,
    CreateDate: policy.createDate,
    UpdateDate: policy.updateDate,
  }
}

/** Deviation: the data of AWS's policies has no ids, so that these are made from the ARN, always the same. */
function awsPolicyId(arn: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(arn)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  }
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const characters = Array.from(
    { length: 13 },
    (_, i) => letters[Number((hash >> BigInt(i * 5)) & 31n)],
  )
  return `ANPAIORR${characters.join('')}`
}

/** How many entities a managed policy is attached to. */
export function attachments(ctx: Context, arn: string): number {
  const attached = [
    users.where(ctx, 'policy', arn),
    groups.where(ctx, 'policy', arn),
    roles.where(ctx, 'policy', arn),
  ]
  return attached.reduce((sum, found) => sum + [...found].length, 0)
}

/** How many users and roles a managed policy bounds. */
export function boundaryUses(ctx: Context, arn: string): number {
  const bounded = [users.where(ctx, 'boundary', arn), roles.where(ctx, 'boundary', arn)]
  return bounded.reduce((sum, found) => sum + [...found].length, 0)
}
