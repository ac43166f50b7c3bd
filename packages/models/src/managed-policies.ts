import { brotliDecompressSync } from 'node:zlib'
import { readDataFile } from './data-file.ts'
import type { EpochMs } from './values.ts'

/** A policy that AWS owns, in its current version. */
export interface ManagedPolicy {
  readonly arn: string
  readonly name: string
  /** `/`, `/service-role/`, `/aws-service-role/`, `/job-function/`. */
  readonly path: string
  /** `v12`: AWS counts the versions that it has published, and keeps older ones. */
  readonly defaultVersionId: string
  readonly createDate: EpochMs
  readonly updateDate: EpochMs
  readonly document: unknown
}

/** A line of `data/managed-policies.br` after its ARN. */
export interface StoredManagedPolicy {
  readonly versionId: string
  readonly createDate: EpochMs
  readonly updateDate: EpochMs
  readonly document: unknown
}

let lines: ReadonlyMap<string, string> | undefined
const read = new Map<string, ManagedPolicy>()

/** The policy with this ARN (`arn:aws:iam::aws:policy/...`); undefined where AWS has none. */
export function managedPolicy(arn: string): ManagedPolicy | undefined {
  const known = read.get(arn)
  if (known !== undefined) return known
  const line = load().get(arn)
  if (line === undefined) return undefined
  const { versionId, ...rest } = JSON.parse(line) as StoredManagedPolicy
  const resource = arn.slice(arn.indexOf(':policy/') + ':policy'.length)
  const cut = resource.lastIndexOf('/') + 1
  const policy: ManagedPolicy = {
    arn,
    name: resource.slice(cut),
    path: resource.slice(0, cut),
    defaultVersionId: versionId,
    ...rest,
  }
  read.set(arn, policy)
  return policy
}

/** ARNs of all policies that AWS owns, sorted. */
export function managedPolicyArns(): readonly string[] {
  return [...load().keys()]
}

/** One line a policy, so that a lookup parses one document and not four megabytes of them. */
function load(): ReadonlyMap<string, string> {
  if (lines !== undefined) return lines
  const bytes = readDataFile('managed-policies.br')
  const text = bytes === undefined ? '' : brotliDecompressSync(bytes).toString('utf8')
  const found = new Map<string, string>()
  // The first line names the source.
  for (const line of text.split('\n').slice(1)) {
    const tab = line.indexOf('\t')
    if (tab > 0) found.set(line.slice(0, tab), line.slice(tab + 1))
  }
  lines = found
  return found
}
