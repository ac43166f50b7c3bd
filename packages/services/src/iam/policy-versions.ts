import { managedPolicy } from '@cloud-orrery/models'
import {
  CreatePolicyVersion,
  DeletePolicyVersion,
  GetPolicyVersion,
  ListPolicyVersions,
  type PolicyVersion,
  SetDefaultPolicyVersion,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { attachedPolicy } from '../shared/identity/policies.ts'
import { policies } from '../shared/identity/state.ts'
import {
  defaultVersionStays,
  policyNotFound,
  policyVersionNotFound,
  tooManyVersions,
} from './errors.ts'
import { versionsPerPolicyMax } from './limits.ts'
import { aboutPolicy, findOwnPolicy } from './managed-policies.ts'
import { pageOfList } from './paging.ts'
import { encodePolicy, readManagedPolicy } from './policy-documents.ts'
import { awsPolicyText } from './policy-sources.ts'

export const createPolicyVersion = operation(CreatePolicyVersion, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'modelled',
  run(ctx, { PolicyArn, PolicyDocument, SetAsDefault = false }) {
    const policy = findOwnPolicy(ctx, PolicyArn)
    const document = readManagedPolicy(PolicyDocument)
    if (policy.versions.length >= versionsPerPolicyMax) throw tooManyVersions()
    const lastVersionNumber = policy.lastVersionNumber + 1
    const versionId = `v${lastVersionNumber}`
    policies.put(ctx, {
      ...policy,
      lastVersionNumber,
      updatedAtMs: thisSecond(ctx),
      versions: [...policy.versions, { versionId, createdAtMs: thisSecond(ctx), ...document }],
      ...(SetAsDefault ? { defaultVersionId: versionId } : {}),
    })
    const PolicyVersion = {
      VersionId: versionId,
      IsDefaultVersion: SetAsDefault,
      CreateDate: thisSecond(ctx),
    }
    return { PolicyVersion }
  },
})

export const getPolicyVersion = operation(GetPolicyVersion, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'recorded',
  run(ctx, { PolicyArn, VersionId }) {
    const all = attachedPolicy(ctx, PolicyArn) === undefined ? [] : versionsOf(ctx, PolicyArn)
    const found = all.find((version) => version.VersionId === VersionId)
    if (found === undefined) throw policyVersionNotFound(PolicyArn, VersionId)
    return { PolicyVersion: found }
  },
})

export const listPolicyVersions = operation(ListPolicyVersions, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'modelled',
  run(ctx, { PolicyArn, ...request }) {
    const versions = versionsOf(ctx, PolicyArn).map(({ Document, ...version }) => version)
    const { items, rest } = pageOfList(request, versions.reverse())
    return { Versions: items, ...rest }
  },
})

export const setDefaultPolicyVersion = operation(SetDefaultPolicyVersion, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'modelled',
  run(ctx, { PolicyArn, VersionId }) {
    const policy = policies.get(ctx, PolicyArn)
    if (policy?.versions.some(({ versionId }) => versionId === VersionId) !== true) {
      throw policyVersionNotFound(PolicyArn, VersionId)
    }
    policies.put(ctx, { ...policy, defaultVersionId: VersionId, updatedAtMs: thisSecond(ctx) })
    return {}
  },
})

export const deletePolicyVersion = operation(DeletePolicyVersion, {
  authorize: ({ PolicyArn }, ctx) => aboutPolicy(ctx, PolicyArn),
  provenance: 'modelled',
  run(ctx, { PolicyArn, VersionId }) {
    const policy = findOwnPolicy(ctx, PolicyArn)
    if (!policy.versions.some(({ versionId }) => versionId === VersionId)) {
      throw policyVersionNotFound(PolicyArn, VersionId)
    }
    if (policy.defaultVersionId === VersionId) throw defaultVersionStays()
    const versions = policy.versions.filter(({ versionId }) => versionId !== VersionId)
    policies.put(ctx, { ...policy, versions, updatedAtMs: thisSecond(ctx) })
    return {}
  },
})

/**
 * Versions, the oldest first, documents included.
 * Deviation: of AWS's own policies only the current version is known.
 */
export function versionsOf(ctx: Context, arn: string): PolicyVersion[] {
  const own = policies.get(ctx, arn)
  if (own !== undefined) {
    return own.versions.map(({ versionId, createdAtMs, text }) => ({
      Document: encodePolicy(text),
      VersionId: versionId,
      IsDefaultVersion: versionId === own.defaultVersionId,
      CreateDate: createdAtMs,
    }))
  }
  const awsOwned = managedPolicy(arn)
  if (awsOwned === undefined) throw policyNotFound(arn)
  return [
    {
      Document: encodePolicy(awsPolicyText(awsOwned.document)),
      VersionId: awsOwned.defaultVersionId,
      IsDefaultVersion: true,
      CreateDate: awsOwned.updateDate,
    },
  ]
}
