import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Tags } from '../tag-lists.ts'

export type Tier = 'Standard' | 'Advanced'

export interface ParameterPolicy {
  readonly type: 'Expiration' | 'ExpirationNotification' | 'NoChangeNotification'
  /** JSON as it was put. */
  readonly text: string
  readonly status: 'Pending' | 'Finished'
}

/** What stays the same from version to version. */
export interface ParameterRecord {
  readonly name: string
  readonly arn: string
  /** Tells a parameter from an earlier one of the same name. */
  readonly createdAtMs: number
  /** Number of the latest version. */
  readonly version: number
  readonly tier: Tier
  readonly tags: Tags
  readonly policies: readonly ParameterPolicy[]
  /** Pending work of the policies. */
  readonly taskIds: readonly string[]
}

export const parameters = table<ParameterRecord, 'parent'>('ssm.parameters', {
  key: ({ name }) => name,
  partition: 'region',
  indexes: { parent: ({ name }) => parentOf(name) },
  resource: ({ arn }) => arn,
})

export interface ParameterVersion {
  readonly name: string
  readonly version: number
  readonly type: 'String' | 'StringList' | 'SecureString'
  /** Of a SecureString, what KMS made of it, in base64. */
  readonly value: string
  /** Of a SecureString: the key as it was named. */
  readonly keyId?: string
  readonly dataType: 'text'
  readonly tier: Tier
  readonly description?: string
  readonly allowedPattern?: string
  readonly policies: readonly ParameterPolicy[]
  readonly labels: readonly string[]
  readonly lastModifiedAtMs: number
  readonly lastModifiedUser: string
}

export const parameterVersions = table<ParameterVersion>('ssm.parameterVersions', {
  key: ({ name, version }) => versionKey(name, version),
  partition: 'region',
})

export function versionKey(name: string, version: number): string {
  return orderedKey(name, version)
}

/** How many parameters of a tier there are. */
export const parameterCounts = table<{ readonly tier: Tier; readonly count: number }>(
  'ssm.parameterCounts',
  { key: ({ tier }) => tier, partition: 'region' },
)

/** `/a/b` of `/a/b/c`; empty for a name on the first level, with or without its slash. */
function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}
