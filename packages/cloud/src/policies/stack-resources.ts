import { SimulatorError } from '@cloud-orrery/kernel'
import { resources, stacks } from '@cloud-orrery/services/cloudformation/state'
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
}

/** The resources of a living stack and of those nested in it. Throws `SimulatorError` where there is none. */
export function stackResources(cloud: Cloud, stackName: string): readonly StackResourceFacts[] {
  const { store } = cloud.kernel
  for (const place of stacks.scopes({ store })) {
    const scope = { store, ...place }
    const root = stacks.first(scope, 'name', stackName)
    if (root === undefined) continue
    const pending = [root]
    const found: StackResourceFacts[] = []
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
        })
      }
    }
    return found
  }
  throw new SimulatorError(
    'NoSuchStack',
    `There is no stack ${stackName}.`,
    'Check its name; stacks that were deleted have no policies any more.',
  )
}

/** Names of the living stacks that no other stack holds, without the CDK's own. */
export function stackNames(cloud: Cloud): readonly string[] {
  const { store } = cloud.kernel
  return stacks
    .scopes({ store })
    .flatMap((place) => [...stacks.where({ store, ...place }, 'living', 'yes')])
    .filter(({ parentId, name }) => parentId === undefined && name !== 'CDKToolkit')
    .map(({ name }) => name)
    .sort()
}
