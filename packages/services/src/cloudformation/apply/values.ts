import { invariant } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { isCustomResource } from '../engine/custom-types.ts'
import { environment, type Lookup, type StackIdentity } from '../engine/environment.ts'
import { type Environment, knownAfterApply } from '../engine/evaluate.ts'
import { isObject, type Json } from '../engine/json.ts'
import { attributeValue, hasAttribute, refOf } from '../engine/resource-types.ts'
import type { Template } from '../engine/template.ts'
import { validationError } from '../errors.ts'
import {
  exports,
  resourceKey,
  resources,
  type Stack,
  type StackResource,
  type StackSettings,
  templates,
} from '../state.ts'

export function identityOf(
  ctx: Context,
  stack: Pick<Stack, 'stackId' | 'name' | 'notificationArns'>,
): StackIdentity {
  return {
    accountId: ctx.accountId,
    region: ctx.region,
    partition: ctx.partition,
    stackId: stack.stackId,
    stackName: stack.name,
    notificationArns: stack.notificationArns,
  }
}

export function templateOf(ctx: Context, settings: Pick<StackSettings, 'templateKey'>): Template {
  const record = templates.get(ctx, settings.templateKey)
  invariant(record !== undefined, `template ${settings.templateKey} is gone`)
  return record.template
}

/** The environment of work that is under way: resources are what they are now. */
export function liveEnvironment(ctx: Context, stack: Stack, template: Template): Environment {
  return environment(template, identityOf(ctx, stack), stack.parameters, {
    resource(logicalId) {
      const resource = madeResource(ctx, stack.stackId, logicalId)
      return resource === undefined ? undefined : refOfResource(resource)
    },
    attribute(logicalId, attribute) {
      const resource = madeResource(ctx, stack.stackId, logicalId)
      if (resource === undefined) throw missingReference(logicalId)
      return attributeOfResource(resource, attribute)
    },
    importValue: (name) => importedValue(ctx, name),
  })
}

/** What a plan knows ahead: `undefined` for what will be made or replaced. */
export type Foresight = (logicalId: string) => StackResource | undefined

/** The environment before anything is done: what the work will bring shows as AWS's placeholder. */
export function plannedEnvironment(
  ctx: Context,
  identity: StackIdentity,
  template: Template,
  parameters: Stack['parameters'],
  foresee: Foresight,
  importValue: Lookup['importValue'] = (name) => importedValue(ctx, name),
): Environment {
  return environment(template, identity, parameters, {
    resource(logicalId) {
      if (!Object.hasOwn(template.resources, logicalId)) return undefined
      const resource = foresee(logicalId)
      return resource === undefined ? knownAfterApply : refOfResource(resource)
    },
    attribute(logicalId, attribute) {
      const definition = template.resources[logicalId]
      if (definition === undefined) throw missingReference(logicalId)
      if (!hasAttribute(definition.type, attribute))
        throw unsupportedAttribute(definition.type, attribute)
      const resource = foresee(logicalId)
      if (resource === undefined) return knownAfterApply
      // What a provider answers next time may have what its last answer lacked.
      if (isCustomResource(resource.type))
        return customAttribute(resource, attribute) ?? knownAfterApply
      return attributeOfResource(resource, attribute)
    },
    importValue,
  })
}

/** Recorded, there with a path before it: test_invalid_getatt_fails. */
export function unsupportedAttribute(type: string, attribute: string) {
  return validationError(`Resource type ${type} does not support attribute {${attribute}}`)
}

function missingReference(logicalId: string) {
  return validationError(
    `Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
  )
}

function madeResource(ctx: Context, stackId: string, logicalId: string): StackResource | undefined {
  const resource = resources.get(ctx, resourceKey(stackId, logicalId))
  return resource === undefined || resource.physicalId === '' ? undefined : resource
}

export function refOfResource({ type, physicalId, state = {}, properties }: StackResource): Json {
  return refOf(type, physicalId, state, properties)
}

export function attributeOfResource(resource: StackResource, attribute: string): Json {
  const { type, state = {}, properties } = resource
  if (isCustomResource(type)) {
    const answered = customAttribute(resource, attribute)
    if (answered === undefined) throw unansweredAttribute(resource, attribute)
    return answered
  }
  if (!hasAttribute(type, attribute)) throw unsupportedAttribute(type, attribute)
  const value = attributeValue(attribute, state) ?? attributeValue(attribute, properties)
  if (value === undefined || value === null) {
    throw validationError(`Attribute '${attribute}' does not exist`)
  }
  return value
}

/** What the provider of a custom resource answered under a name; dots lead into objects. */
function customAttribute({ state = {} }: StackResource, attribute: string): Json | undefined {
  const data = state['data']
  return isObject(data) ? (attributeValue(attribute, data) ?? undefined) : undefined
}

/** Source: user reports of custom resources. */
function unansweredAttribute({ stackId, logicalId, state = {} }: StackResource, attribute: string) {
  return validationError(
    `CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute in object ${stackId}|${logicalId}|${state['requestId'] ?? ''}`,
  )
}

export function importedValue(ctx: Context, name: string): string {
  const exported = exports.get(ctx, name)
  if (exported === undefined) throw validationError(`No export named ${name} found`)
  return exported.value
}
