import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { definitionLocation } from './code-location.ts'
import type { Expansion } from './expansion.ts'
import { propagated } from './function.ts'
import { policies } from './function-rules.ts'
import { invalidResource } from './problems.ts'
import {
  aFlag,
  aMap,
  aMapOfMaps,
  anything,
  aText,
  aTextOrMap,
  type Given,
  given,
  type Made,
  made,
  type PropertyRules,
  passed,
} from './resources.ts'
import { draftRole, roleOf, serviceTrust, withoutPolicyTemplates, xrayPolicy } from './role.ts'
import { expandMachineEvent, stateMachineEvent } from './state-machine-events.ts'
import { getAtt, isGiven, isIntrinsic, mapOf, ref, shownText, tagList } from './values.ts'

const stateMachineRules: PropertyRules = {
  Definition: aMap,
  DefinitionUri: aTextOrMap,
  Logging: aMap,
  Role: aText,
  RolePath: anything,
  DefinitionSubstitutions: aMap,
  Events: aMapOfMaps,
  Name: aText,
  Type: aText,
  Tags: aMap,
  PropagateTags: aFlag,
  Policies: policies,
  Tracing: aMap,
  PermissionsBoundary: aText,
  AutoPublishAlias: anything,
  DeploymentPreference: anything,
  UseAliasAsEventTarget: { ...aFlag, literal: true },
}

/** A state machine with its role and the rules that start it. */
export function expandStateMachine(
  x: Expansion,
  logicalId: string,
  definition: JsonObject,
): Made[] {
  const it = given(
    logicalId,
    'AWS::Serverless::StateMachine',
    definition,
    stateMachineRules,
    (written) => withoutPolicyTemplates(logicalId, written),
  )
  const { properties } = it
  const events = Object.entries(mapOf(properties['Events'])).map(([name, event]) =>
    stateMachineEvent(it, name, event),
  )
  const workflow = definitionOf(it)
  if (isGiven(properties['Role']) && isGiven(properties['Policies'])) {
    throw invalidResource(
      logicalId,
      "Specify either 'Role' or 'Policies' (but not both at the same time) or neither of them",
    )
  }
  const role = isGiven(properties['Role']) ? undefined : stateMachineRole(x, it)
  const machine = made(
    logicalId,
    'AWS::StepFunctions::StateMachine',
    {
      ...workflow,
      LoggingConfiguration: properties['Logging'],
      RoleArn: role === undefined ? properties['Role'] : getAtt(role.logicalId, 'Arn'),
      StateMachineName: properties['Name'],
      StateMachineType: properties['Type'],
      Tags: stateMachineTags(it),
      TracingConfiguration: properties['Tracing'],
    },
    { dependsOn: it.dependsOn, attributes: it.attributes },
  )
  const [version, alias] = publishedAlias(it)
  const atAlias = isGiven(properties['UseAliasAsEventTarget']) && alias !== undefined
  const target = {
    machine: it,
    arn: ref(atAlias ? alias.logicalId : logicalId),
    attributes: passed(it.attributes),
  }
  const parts = [machine, role, version, alias].filter((part) => part !== undefined)
  return propagated(
    [...parts, ...events.flatMap((event) => expandMachineEvent(target, event))],
    properties,
  )
}

/** The version and the alias of `AutoPublishAlias`: one version, replaced with each revision of the machine. */
function publishedAlias({ logicalId, attributes, properties }: Given): [] | [Made, Made] {
  const { AutoPublishAlias, DeploymentPreference, UseAliasAsEventTarget } = properties
  if (!isGiven(AutoPublishAlias)) {
    const dependent = isGiven(UseAliasAsEventTarget)
      ? 'UseAliasAsEventTarget'
      : isGiven(DeploymentPreference)
        ? 'DeploymentPreference'
        : undefined
    if (dependent === undefined) return []
    throw invalidResource(
      logicalId,
      `'${dependent}' requires 'AutoPublishAlias' property to be specified.`,
    )
  }
  const own = passed(attributes)
  const version = made(
    `${logicalId}Version`,
    'AWS::StepFunctions::StateMachineVersion',
    {
      StateMachineArn: ref(logicalId),
      StateMachineRevisionId: getAtt(logicalId, 'StateMachineRevisionId'),
    },
    { attributes: { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', ...own } },
  )
  const preference = isGiven(DeploymentPreference)
    ? mapOf(DeploymentPreference)
    : { Type: 'ALL_AT_ONCE' }
  const alias = made(
    `${logicalId}Alias${shownText(AutoPublishAlias)}`,
    'AWS::StepFunctions::StateMachineAlias',
    {
      Name: AutoPublishAlias,
      DeploymentPreference: { ...preference, StateMachineVersionArn: ref(version.logicalId) },
    },
    { attributes: own },
  )
  return [version, alias]
}

function stateMachineTags({ properties }: Given): JsonObject[] {
  return [{ Key: 'stateMachine:createdBy', Value: 'SAM' }, ...tagList(properties['Tags'])]
}

function stateMachineRole(x: Expansion, it: Given): Made {
  const { Policies, Tracing } = it.properties
  const given = isGiven(Policies) ? (isList(Policies) ? Policies : [Policies]) : []
  const traced = mapOf(Tracing)['Enabled'] === true
  return roleOf(
    draftRole(x, it.logicalId, {
      attributes: passed(it.attributes),
      trust: serviceTrust('states.amazonaws.com'),
      policies: traced ? [...given, xrayPolicy(x)] : given,
      managedPolicyArns: [],
      inlinePolicies: [],
      path: it.properties['RolePath'],
      permissionsBoundary: it.properties['PermissionsBoundary'],
      tags: stateMachineTags(it),
    }),
  )
}

/** The definition in S3, or as a text in which functions became substitutions. */
function definitionOf({ logicalId, properties }: Given): JsonObject {
  const { Definition, DefinitionUri, DefinitionSubstitutions } = properties
  const own = isGiven(DefinitionSubstitutions) ? mapOf(DefinitionSubstitutions) : {}
  if (isGiven(Definition) && isGiven(DefinitionUri)) {
    throw invalidResource(
      logicalId,
      "Specify either 'Definition' or 'DefinitionUri' property and not both.",
    )
  }
  if (isGiven(DefinitionUri)) {
    return {
      DefinitionS3Location: definitionLocation(logicalId, DefinitionUri),
      ...(isGiven(own) ? { DefinitionSubstitutions: own } : {}),
    }
  }
  if (!isGiven(Definition)) {
    throw invalidResource(
      logicalId,
      "Either 'Definition' or 'DefinitionUri' property must be specified.",
    )
  }
  const found: Record<string, Json> = {}
  const text = indented(withSubstitutions(Definition, found), '')
  const all = { ...own, ...found }
  return {
    DefinitionString: { 'Fn::Join': ['\n', text.split('\n')] },
    ...(isGiven(all) ? { DefinitionSubstitutions: all } : {}),
  }
}

const dynamicReference = /^\{\{resolve:.*\}\}$/

/** Functions and dynamic references become `${definition_substitution_1}`, in the order of their paths. */
function withSubstitutions(value: Json, found: Record<string, Json>): Json {
  if (isIntrinsic(value) || (typeof value === 'string' && dynamicReference.test(value))) {
    const name = `definition_substitution_${Object.keys(found).length + 1}`
    found[name] = value
    return `\${${name}}`
  }
  if (isList(value)) return value.map((item) => withSubstitutions(item, found))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, withSubstitutions(value[key] ?? null, found)]),
  )
}

/** JSON on several lines with sorted members, as Python writes it with an indent of four. */
function indented(value: Json, margin: string): string {
  const inner = `${margin}    `
  if (isList(value)) {
    if (value.length === 0) return '[]'
    const items = value.map((item) => inner + indented(item, inner))
    return `[\n${items.join(',\n')}\n${margin}]`
  }
  if (isObject(value)) {
    const keys = Object.keys(value).sort()
    if (keys.length === 0) return '{}'
    const members = keys.map(
      (key) => `${inner}${JSON.stringify(key)}: ${indented(value[key] ?? null, inner)}`,
    )
    return `{\n${members.join(',\n')}\n${margin}}`
  }
  return JSON.stringify(value)
}
