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
let names: ReadonlyMap<string, ReadonlyMap<string, readonly AccessLevel[]>> | undefined

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

/**
 * Every action that AWS has, by service prefix, with its access levels: what wildcards and `NotAction`
 * stand for. Covers services that the model does not have.
 */
export function allIamActions(): ReadonlyMap<string, ReadonlyMap<string, readonly AccessLevel[]>> {
  if (names !== undefined) return names
  const stored = readDataJson<StoredIamActions>('iam-actions.json')
  const read = new Map<string, Map<string, AccessLevel[]>>()
  for (const [prefix, levels] of Object.entries(stored?.prefixes ?? {})) {
    const actions = new Map<string, AccessLevel[]>()
    for (const [level, list] of Object.entries(levels)) {
      for (const name of list.split(' ')) {
        // The file's keys are access levels: the generator checks them.
        actions.set(name, [...(actions.get(name) ?? []), level as AccessLevel])
      }
    }
    read.set(prefix, actions)
  }
  names = read
  return read
}
