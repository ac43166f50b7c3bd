import { type Scope, table } from '@cloud-orrery/kernel'
import type { ImageTagMutability } from '@cloud-orrery/models/ecr'
import type { PolicyDocument } from '@cloud-orrery/policy'

export interface RepositoryRecord {
  readonly name: string
  readonly createdAtMs: number
  readonly imageTagMutability: ImageTagMutability
  readonly scanOnPush: boolean
  readonly tags: Readonly<Record<string, string>>
  /** As it was given, and as it is judged. */
  readonly policy?: { readonly text: string; readonly document: PolicyDocument }
  readonly lifecyclePolicy?: { readonly text: string; readonly setAtMs: number }
}

export const repositories = table<RepositoryRecord>('ecr.repositories', {
  key: ({ name }) => name,
  resource: ({ name }, scope) => repositoryArn(scope, name),
  partition: 'region',
})

export function repositoryArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:ecr:${region}:${accountId}:repository/${name}`
}

export function repositoryUri({ accountId, region }: Scope, name: string): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com/${name}`
}

/** Which repository an ARN names; undefined for other ARNs. */
export function repositoryAddress(arn: string): (Scope & { name: string }) | undefined {
  const groups = /^arn:aws:ecr:(?<region>[^:]+):(?<accountId>\d{12}):repository\/(?<name>.+)$/.exec(
    arn,
  )?.groups
  const { region, accountId, name } = groups ?? {}
  if (region === undefined || accountId === undefined || name === undefined) return undefined
  return { region, accountId, name }
}
