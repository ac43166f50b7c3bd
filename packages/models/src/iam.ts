import { readDataJson } from './data-file.ts'

export type AccessLevel = 'List' | 'Read' | 'Write' | 'Permissions management' | 'Tagging'

export interface IamActionResource {
  /** Name of a resource type of the same service: `queue`. */
  readonly name: string
  /** A statement for this action without such a resource grants nothing. */
  readonly required?: boolean
  /** Condition keys that apply when the action names this resource. */
  readonly conditionKeys?: readonly string[]
  /** Actions that the caller needs too when the action names this resource. */
  readonly dependentActions?: readonly string[]
}

/** One action of the Service Authorization Reference. */
export interface IamAction {
  readonly name: string
  /** Usually one; a few actions have two. */
  readonly accessLevels: readonly AccessLevel[]
  readonly resources: readonly IamActionResource[]
  readonly conditionKeys: readonly string[]
  /** Actions that the caller needs too: `iam:PassRole`. The present source names none (0.21). */
  readonly dependentActions?: readonly string[]
}

export interface IamResourceType {
  readonly name: string
  /** `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`. */
  readonly arn: string
  readonly conditionKeys: readonly string[]
}

/** `data/<prefix>.iam.json`. */
export interface StoredIamService {
  readonly source: string
  readonly prefix: string
  readonly actions: Readonly<Record<string, IamAction>>
  readonly resourceTypes: Readonly<Record<string, IamResourceType>>
  /** Condition key to its type: `String`, `ArrayOfString`, `ARN`, `Bool`, `Date`, `Numeric`, ... */
  readonly conditionKeys: Readonly<Record<string, string>>
}

/** `data/iam-actions.json`: names by service prefix and access level. */
export interface StoredIamActions {
  readonly source: string
  readonly prefixes: Readonly<Record<string, Readonly<Partial<Record<AccessLevel, string>>>>>
}

const loaded = new Map<string, StoredIamService | undefined>()
const names = new Map<string, ReadonlyMap<string, readonly AccessLevel[]>>()
let all: StoredIamActions['prefixes'] | undefined

/** IAM's data of one service, by the prefix of its actions; undefined where the model has none. */
export function iamService(prefix: string): StoredIamService | undefined {
  if (!loaded.has(prefix)) {
    // Prefixes come from policies, so the name is checked before it becomes part of a path.
    const legal = /^[a-z0-9-]{1,64}$/.test(prefix)
    loaded.set(prefix, legal ? readDataJson<StoredIamService>(`${prefix}.iam.json`) : undefined)
  }
  return loaded.get(prefix)
}

/** Actions of a service by their exact name, with resource types, condition keys, dependent actions. */
export function iamActions(prefix: string): Readonly<Record<string, IamAction>> | undefined {
  return iamService(prefix)?.actions
}

/** Prefixes of all services that IAM knows, whether the model has them or not. */
export function iamPrefixes(): readonly string[] {
  return Object.keys(allActions())
}

/**
 * Every action of a service by name, with its access levels: what wildcards and `NotAction` stand for.
 * Undefined for a prefix that no service has.
 */
export function iamActionNames(
  prefix: string,
): ReadonlyMap<string, readonly AccessLevel[]> | undefined {
  const known = names.get(prefix)
  if (known !== undefined) return known
  const levels = Object.hasOwn(allActions(), prefix) ? allActions()[prefix] : undefined
  if (levels === undefined) return undefined
  const read = new Map<string, readonly AccessLevel[]>()
  for (const [level, list] of Object.entries(levels)) {
    // The keys of the file are access levels: the generator checks them.
    for (const name of list.split(' '))
      read.set(name, [...(read.get(name) ?? []), level as AccessLevel])
  }
  names.set(prefix, read)
  return read
}

function allActions(): StoredIamActions['prefixes'] {
  all ??= readDataJson<StoredIamActions>('iam-actions.json')?.prefixes ?? {}
  return all
}
