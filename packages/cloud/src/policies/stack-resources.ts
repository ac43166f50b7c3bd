import { SimulatorError, type TableContext } from '@cloud-orrery/kernel'
import { resources, type Stack, stacks } from '@cloud-orrery/services/cloudformation/state'
import type { Cloud } from '../cloud.ts'

/** One resource of a stack, or of a stack nested in it. */
export interface StackResourceFacts {
  readonly stackName: string
  readonly logicalId: string
  readonly type: string
  readonly physicalId: string
  /** Attributes that are text: `Arn`, `QueueName`. */
  readonly attributes: Readonly<Record<string, string>>
  /** True for the stack itself, false for one nested in it. */
  readonly own: boolean
  readonly accountId: string
  readonly region: string
}

/**
 * The resources of a living stack and of those nested in it, in every account and region that has one of the
 * name. Throws `SimulatorError` where there is none.
 */
export function stackResources(cloud: Cloud, stackName: string): readonly StackResourceFacts[] {
  const { store } = cloud.kernel
  const found = stacks.scopes({ store }).flatMap((place) => {
    const root = stacks.first({ store, ...place }, 'name', stackName)
    return root === undefined ? [] : [{ root, place }]
  })
  if (found.length === 0) {
    throw new SimulatorError(
      'NoSuchStack',
      `There is no stack ${stackName}.`,
      'Check its name; stacks that were deleted have no policies any more.',
    )
  }
  return found.flatMap(({ root, place }) => resourcesOf({ store, ...place }, root))
}

function resourcesOf(scope: TableContext, root: Stack): readonly StackResourceFacts[] {
  const { accountId, region } = scope
  const found: StackResourceFacts[] = []
  const pending = [root]
  for (let stack = pending.pop(); stack !== undefined; stack = pending.pop()) {
    pending.push(...stacks.where(scope, 'parent', stack.stackId))
    for (const resource of resources.where(scope, 'stack', stack.stackId)) {
      const { logicalId, type, physicalId, state = {} } = resource
      const attributes = Object.entries(state).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      )
      found.push({
        stackName: stack.name,
        logicalId,
        type,
        physicalId,
        attributes: Object.fromEntries(attributes),
        own: stack === root,
        accountId,
        region,
      })
    }
  }
  return found
}

/** The CDK's own stack in each account and region: its roles belong to whoever deploys. */
const toolkitName = 'CDKToolkit'

/** Names of the living stacks that no other stack holds, without the CDK's own. */
export function stackNames(cloud: Cloud): readonly string[] {
  return rootNames(cloud).filter((name) => name !== toolkitName)
}

/** The CDK's own stack, where there is one. */
export function toolkits(cloud: Cloud): readonly string[] {
  return rootNames(cloud).filter((name) => name === toolkitName)
}

function rootNames(cloud: Cloud): readonly string[] {
  const { store } = cloud.kernel
  const names = stacks
    .scopes({ store })
    .flatMap((place) => [...stacks.where({ store, ...place }, 'living', 'yes')])
    .filter(({ parentId }) => parentId === undefined)
    .map(({ name }) => name)
  return [...new Set(names)].sort()
}
