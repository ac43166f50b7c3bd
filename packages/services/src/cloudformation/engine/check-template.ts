import { templateError, templateFormatError, validationError } from '../errors.ts'
import { isObject, type Json } from './json.ts'
import { checkParameterType } from './parameters.ts'
import { referencesOf } from './references.ts'
import type { Template } from './template.ts'

export const pseudoParameters: ReadonlySet<string> = new Set([
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
])

/** What can be said about a template without any values. Throws ValidationError in AWS's words. */
export function checkTemplate(template: Template): void {
  for (const { type } of Object.values(template.parameters)) checkParameterType(type)
  checkConditions(template)
  checkResources(template)
  checkOutputs(template)
}

function checkConditions(template: Template): void {
  const { conditions, parameters } = template
  for (const [name, value] of Object.entries(conditions)) {
    if (!isObject(value) && typeof value !== 'string') {
      throw templateFormatError(
        `Conditions can only be boolean operations on parameters and other conditions`,
      )
    }
    const unresolved: string[] = []
    for (const reference of referencesOf(value, { inCondition: true })) {
      if (reference.kind === 'condition') {
        if (!Object.hasOwn(conditions, reference.name)) {
          throw templateFormatError(
            `Unresolved condition dependency ${reference.name} in the Conditions block of the template`,
          )
        }
      } else if (reference.kind === 'attribute' || !isParameter(template, reference.name)) {
        unresolved.push(reference.name)
      }
    }
    if (unresolved.length > 0) {
      throw templateFormatError(
        `Unresolved dependencies [${unresolved.join(', ')}]. Cannot reference resources in the Conditions block of the template`,
      )
    }
    void [name, parameters]
  }
  refuseCircularConditions(template)
}

function isParameter({ parameters }: Template, name: string): boolean {
  return Object.hasOwn(parameters, name) || pseudoParameters.has(name)
}

function refuseCircularConditions({ conditions }: Template): void {
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return
    const previous = path.at(-1)
    if (path.includes(name) && previous !== undefined) {
      throw templateError(`Found circular condition dependency between ${previous} and ${name}`)
    }
    for (const reference of referencesOf(conditions[name] ?? null, { inCondition: true })) {
      if (reference.kind === 'condition') visit(reference.name, [...path, name])
    }
    done.add(name)
  }
  for (const name of Object.keys(conditions)) visit(name, [])
}

function checkResources(template: Template): void {
  const { resources, conditions } = template
  const unresolved = new Set<string>()
  for (const [name, definition] of Object.entries(resources)) {
    checkPolicies(name, definition)
    const { condition, dependsOn } = definition
    if (condition !== undefined && !Object.hasOwn(conditions, condition)) {
      throw templateFormatError(
        `Unresolved condition dependency ${condition} in the Resources block of the template`,
      )
    }
    for (const one of dependsOn) if (!Object.hasOwn(resources, one)) unresolved.add(one)
    for (const value of valuesOf(definition)) collectUnresolved(template, value, unresolved)
  }
  refuseUnresolved(unresolved, 'Resources')
}

/**
 * What becomes of a resource whose stack lets it go. Source: CloudFormation User Guide, "DeletionPolicy attribute"
 * and "UpdateReplacePolicy attribute"; the wording is that of users' reports. No type that is modelled has snapshots.
 */
function checkPolicies(logicalId: string, resource: Template['resources'][string]): void {
  const { type, deletionPolicy, updateReplacePolicy } = resource
  const policies = [
    ['DeletionPolicy', 'deletion policy', deletionPolicy],
    ['UpdateReplacePolicy', 'update replace policy', updateReplacePolicy],
  ] as const
  for (const [attribute, words, value] of policies) {
    if (typeof value !== 'string') continue // A function, where language extensions allow it.
    if (value === 'Snapshot') {
      throw templateError(`resource type ${type} does not support ${words} Snapshot`)
    }
    const known = value === 'Delete' || value === 'Retain'
    if (known || (value === 'RetainExceptOnCreate' && attribute === 'DeletionPolicy')) continue
    throw templateFormatError(`Unrecognized ${attribute} ${value} for resource ${logicalId}`)
  }
}

/** The parts of a resource that may hold functions. */
export function valuesOf(definition: Template['resources'][string]): readonly Json[] {
  const {
    properties,
    metadata,
    creationPolicy,
    updatePolicy,
    deletionPolicy,
    updateReplacePolicy,
  } = definition
  return [
    properties,
    metadata,
    creationPolicy,
    updatePolicy,
    deletionPolicy,
    updateReplacePolicy,
  ].filter((value) => value !== undefined)
}

function collectUnresolved(template: Template, value: Json, unresolved: Set<string>): void {
  for (const { kind, name, by } of referencesOf(value)) {
    if (kind === 'condition') {
      if (!Object.hasOwn(template.conditions, name)) {
        // Recorded: test_missing_condition.
        throw templateError(`unresolved condition dependency ${name} in ${by}`)
      }
    } else if (kind === 'attribute') {
      if (!Object.hasOwn(template.resources, name)) {
        if (by === 'Fn::Sub') unresolved.add(name)
        else throw templateError(`instance of ${by} references undefined resource ${name}`)
      }
    } else if (!isParameter(template, name) && !Object.hasOwn(template.resources, name)) {
      unresolved.add(name)
    }
  }
}

function checkOutputs(template: Template): void {
  const unresolved = new Set<string>()
  for (const { value, exportName, condition } of Object.values(template.outputs)) {
    if (condition !== undefined && !Object.hasOwn(template.conditions, condition)) {
      throw templateFormatError(
        `Unresolved condition dependency ${condition} in the Outputs block of the template`,
      )
    }
    collectUnresolved(template, value, unresolved)
    if (exportName !== undefined) collectUnresolved(template, exportName, unresolved)
  }
  refuseUnresolved(unresolved, 'Outputs')
}

export function refuseUnresolved(names: Iterable<string>, block: 'Resources' | 'Outputs'): void {
  const list = [...names]
  if (list.length === 0) return
  throw validationError(
    `Template format error: Unresolved resource dependencies [${list.join(', ')}] in the ${block} block of the template`,
  )
}
