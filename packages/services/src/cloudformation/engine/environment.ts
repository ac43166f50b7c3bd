import { validationError } from '../errors.ts'
import { type Environment, evaluate, evaluateCondition, noValue } from './evaluate.ts'
import type { Json } from './json.ts'
import { isListType, type ParameterValue } from './parameters.ts'
import type { Template } from './template.ts'

export interface StackIdentity {
  readonly accountId: string
  readonly region: string
  readonly partition: string
  readonly stackId: string
  readonly stackName: string
  readonly notificationArns: readonly string[]
}

/** What resources and exports contribute to an environment. */
export interface Lookup {
  /** `Ref` of a resource; undefined where there is none (yet). */
  readonly resource: (logicalId: string) => Json | undefined
  readonly attribute: (logicalId: string, attribute: string) => Json
  readonly importValue: (name: string) => string
}

/** The environment in which a template's values are worked out. Conditions are judged once each. */
export function environment(
  template: Template,
  stack: StackIdentity,
  parameters: readonly ParameterValue[],
  lookup: Lookup,
): Environment {
  const values = new Map(parameters.map((each) => [each.key, parameterJson(template, each)]))
  const conditions = new Map<string, boolean>()
  const extended = template.transforms.some(({ name }) => name === 'AWS::LanguageExtensions')
  const env: Environment = {
    ref: (name) => pseudo(name, stack) ?? values.get(name) ?? lookup.resource(name),
    attribute: lookup.attribute,
    mapping: (map, key, attribute) => template.mappings[map]?.[key]?.[attribute],
    hasMapping: (map) => Object.hasOwn(template.mappings, map),
    condition(name) {
      const known = conditions.get(name)
      if (known !== undefined) return known
      const definition = template.conditions[name]
      if (definition === undefined) {
        throw validationError(`Template error: unresolved condition dependency ${name} in Fn::If`)
      }
      const result = evaluateCondition(definition, env)
      conditions.set(name, result)
      return result
    },
    importValue: lookup.importValue,
    zones: availabilityZones,
    extended,
  }
  return env
}

function parameterJson(template: Template, { key, value, resolved }: ParameterValue): Json {
  const text = resolved ?? value
  const type = template.parameters[key]?.type ?? 'String'
  if (!isListType(type)) return text
  return text === '' ? [] : text.split(',').map((item) => item.trim())
}

function pseudo(name: string, stack: StackIdentity): Json | typeof noValue | undefined {
  switch (name) {
    case 'AWS::AccountId':
      return stack.accountId
    case 'AWS::NoValue':
      return noValue
    case 'AWS::NotificationARNs':
      return stack.notificationArns
    case 'AWS::Partition':
      return stack.partition
    case 'AWS::Region':
      return stack.region
    case 'AWS::StackId':
      return stack.stackId
    case 'AWS::StackName':
      return stack.stackName
    case 'AWS::URLSuffix':
      return stack.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
    default:
      return undefined
  }
}

/** Deviation: three zones a region (six in us-east-1), whatever AWS has there for the account. */
export function availabilityZones(region: string): readonly string[] {
  const letters = region === 'us-east-1' ? 'abcdef' : 'abc'
  return [...letters].map((letter) => `${region}${letter}`)
}

/** Rules of a template: every assertion of a rule whose condition holds must hold. */
export function checkRules(template: Template, env: Environment): void {
  const failed: string[] = []
  for (const [name, { condition, assertions }] of Object.entries(template.rules)) {
    if (condition !== undefined && !evaluateCondition(condition, env)) continue
    for (const { assert, description } of assertions) {
      if (evaluateCondition(assert, env)) continue
      failed.push(description ?? name)
    }
  }
  if (failed.length > 0) {
    throw validationError(`Template validation error: Rule assertion failed: ${failed.join('; ')}`)
  }
}

/** A policy of a resource (`DeletionPolicy`), which may be a function where extensions are on. */
export function policyValue(value: Json | undefined, env: Environment): string | undefined {
  if (value === undefined) return undefined
  const result = evaluate(value, env)
  return typeof result === 'string' ? result : undefined
}
