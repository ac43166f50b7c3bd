import type { Scope } from '@cloud-orrery/kernel'
import { invalidArnPrefix, wrongResourceType } from './errors.ts'

export type ArnKind = 'stateMachine' | 'execution' | 'express' | 'activity' | 'mapRun'

export interface StatesArn {
  readonly kind: ArnKind
  /** Of the machine or activity. */
  readonly name: string
  /** Behind the name: a version or alias, an execution, a map run; may be empty. */
  readonly rest: string
}

/** Parses an ARN of Step Functions of one of some kinds. Throws InvalidArn. */
export function parsedArn(arn: string, ...kinds: readonly ArnKind[]): StatesArn {
  const parts = arn.split(':')
  const [prefix, partition, service, , , kind = '', name = '', ...rest] = parts
  if (prefix !== 'arn' || !partition?.startsWith('aws') || service !== 'states') {
    throw invalidArnPrefix(arn)
  }
  const known = kinds.find((it) => it === kind)
  if (known === undefined || name === '') throw wrongResourceType(kind)
  return { kind: known, name, rest: rest.join(':') }
}

export function arnOf(
  { partition, region, accountId }: Scope & { readonly partition: string },
  kind: ArnKind,
  ...path: readonly string[]
): string {
  return `arn:${partition}:states:${region}:${accountId}:${kind}:${path.join(':')}`
}

/** The ARN of a state machine without version or alias; what is no ARN stays as it is. */
export function unqualified(arn: string): string {
  return arn.split(':').slice(0, 7).join(':')
}

/** Version or alias of a state machine's ARN. */
export function qualifierOf(arn: string): string | undefined {
  return arn.split(':')[7]
}
