import type { AwsCloudFormationStackSetProperties as Properties } from '@cloud-orrery/models/cloudformation'
import type { Context } from '../../context.ts'
import type { Task } from '../../define.ts'
import type { JsonObject } from '../engine/json.ts'
import { typedProperties } from '../engine/property-validation.ts'
import { schemaOf } from '../engine/resource-types.ts'
import type { InstancePart } from './resource-plan.ts'

export const stackSetResourceType = 'AWS::CloudFormation::StackSet'

/** A step that goes on while the operations of its stack set run. */
export interface Tending {
  readonly stackId: string
  readonly stepId: string
  readonly setId: string
  /** Requests that are still to be made, in their order. */
  readonly parts: readonly InstancePart[]
  /** The operations that there were before are not this step's to answer for. */
  readonly after: number
}

export const tendTask = 'cloudformation.tendStackSet'

/** Looks at a stack set again after a while. */
export function tendAfter(ctx: Context, delayMs: number, tending: Tending): void {
  // Tasks are found by their name when they run; `resource-tend.ts` has this one.
  const task: Task<Tending> = { name: tendTask, run: () => {} }
  ctx.after(delayMs, task, tending)
}

/** Properties as the type's schema has them; undefined where there are none. */
export function propertiesOf(properties: JsonObject | undefined): Properties | undefined {
  const schema = schemaOf(stackSetResourceType)
  if (properties === undefined || schema === undefined) return undefined
  // They passed the type's schema when they were applied.
  return typedProperties(schema, properties) as unknown as Properties
}
