import { managedPolicyArns, serverlessData } from '@cloud-orrery/models'
import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { Expansion } from './expansion.ts'
import { invalidResource, invalidStructure } from './problems.ts'
import { type Made, made } from './resources.ts'
import { branchesOf, isGiven, isIntrinsic, isNoValue, pythonText, same } from './values.ts'

type PolicyKind = 'managed' | 'statements' | 'template' | 'unknown'

/** An execution role to which events may still add what they need. */
export interface RoleDraft {
  readonly logicalId: string
  readonly managedPolicyArns: Json[]
  readonly policies: JsonObject[]
  readonly rest: Readonly<Record<string, Json | undefined>>
  attributes: JsonObject
}

export function serviceTrust(principal: string): JsonObject {
  return {
    Version: '2012-10-17',
    Statement: [
      { Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [principal] } },
    ],
  }
}

/** An inline policy with one statement, as the transform writes them. */
export function grant(PolicyName: string, Action: string, Resource: Json): JsonObject {
  return { PolicyName, PolicyDocument: { Statement: [{ Action, Effect: 'Allow', Resource }] } }
}

/** Writing objects of a bucket, and listing it. */
export function bucketGrant(PolicyName: string, bucketArn: Json): JsonObject {
  return {
    PolicyName,
    PolicyDocument: {
      Statement: [
        {
          Action: 's3:PutObject',
          Effect: 'Allow',
          Resource: { 'Fn::Join': ['/', [bucketArn, '*']] },
        },
        { Action: 's3:ListBucket', Effect: 'Allow', Resource: bucketArn },
      ],
    },
  }
}

export function awsPolicyArn({ partition }: Expansion, name: string): string {
  return `arn:${partition}:iam::aws:policy/${name}`
}

/** The name that AWS X-Ray's policy has in each partition. */
export function xrayPolicy({ partition }: Expansion): string {
  return partition === 'aws' ? 'AWSXrayWriteOnlyAccess' : 'AWSXRayDaemonWriteAccess'
}

function kindOf(policy: Json, templates: boolean): PolicyKind {
  if (typeof policy === 'string') return 'managed'
  const branches = branchesOf(policy)
  if (branches !== undefined) return kindOfBranches(branches, templates)
  if (isIntrinsic(policy)) return 'managed'
  if (!isObject(policy)) return 'unknown'
  if ('Statement' in policy) return 'statements'
  const names = Object.keys(policy)
  const [name = ''] = names
  const known = Object.hasOwn(serverlessData().policyTemplates, name)
  return templates && names.length === 1 && known ? 'template' : 'unknown'
}

function kindOfBranches(branches: readonly Json[], templates: boolean): PolicyKind {
  const [, then, otherwise] = branches
  if (branches.length !== 3 || then === undefined || otherwise === undefined) {
    throw invalidStructure('Fn::If requires 3 arguments')
  }
  const kind = kindOf(then, templates)
  const other = kindOf(otherwise, templates)
  if (kind === other || isNoValue(otherwise)) return kind
  if (isNoValue(then)) return other
  throw invalidStructure(
    'Different policy types within the same Fn::If statement is unsupported. Separate different policy types into different Fn::If statements',
  )
}

function policyList(policies: Json | undefined): readonly Json[] {
  if (!isGiven(policies)) return []
  return isList(policies) ? policies : [policies]
}

/** Properties with policy templates replaced by the documents that they stand for. */
export function withoutPolicyTemplates(logicalId: string, properties: JsonObject): JsonObject {
  const policies = policyList(properties['Policies'])
  if (policies.length === 0) return properties
  const document = (policy: Json): Json => {
    if (kindOf(policy, true) !== 'template') return policy
    const [condition = '', then = '', otherwise = ''] = branchesOf(policy) ?? []
    if (isIntrinsic(policy)) {
      const side = (it: Json) => (isNoValue(it) ? it : templateDocument(logicalId, it))
      return { 'Fn::If': [condition, side(then), side(otherwise)] }
    }
    return templateDocument(logicalId, policy)
  }
  return { ...properties, Policies: policies.map(document) }
}

function templateDocument(logicalId: string, policy: Json): Json {
  const [[name = '', values = null] = []] = isObject(policy) ? Object.entries(policy) : []
  const template = serverlessData().policyTemplates[name]
  if (template === undefined) return policy
  if (!isObject(values)) {
    throw invalidResource(
      logicalId,
      `Must specify valid parameter values for policy template '${name}'`,
    )
  }
  const missing = template.parameters.filter((parameter) => !Object.hasOwn(values, parameter))
  if (missing.length > 0) {
    throw invalidResource(
      logicalId,
      `Following required parameters of template '${name}' don't have values: ${pythonText(missing)}`,
    )
  }
  // The generated file holds plain JSON.
  return filled(template.definition as Json, values)
}

/** A policy template's document with its parameters put in. */
function filled(value: Json, values: JsonObject): Json {
  if (isList(value)) return value.map((item) => filled(item, values))
  if (!isObject(value)) return value
  const { Ref: name } = value
  if (typeof name === 'string' && Object.keys(value).length === 1) return values[name] ?? value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, values)]))
}

interface RoleOptions {
  readonly attributes: JsonObject
  readonly trust: Json
  readonly policies: Json | undefined
  readonly managedPolicyArns: readonly string[]
  readonly inlinePolicies: readonly JsonObject[]
  readonly path: Json | undefined
  readonly permissionsBoundary: Json | undefined
  readonly tags: readonly JsonObject[]
}

/** The role that a function or a state machine runs with, from its `Policies`. */
export function draftRole(x: Expansion, ownerId: string, options: RoleOptions): RoleDraft {
  const logicalId = `${ownerId}Role`
  const draft: RoleDraft = {
    logicalId,
    managedPolicyArns: [...options.managedPolicyArns],
    policies: [...options.inlinePolicies],
    rest: {
      AssumeRolePolicyDocument: options.trust,
      Path: options.path,
      PermissionsBoundary: options.permissionsBoundary,
      Tags: options.tags,
    },
    attributes: options.attributes,
  }
  for (const [index, policy] of policyList(options.policies).entries()) {
    const kind = kindOf(policy, false)
    if (kind === 'statements') {
      const named = (PolicyDocument: Json): JsonObject => ({
        PolicyName: `${logicalId}Policy${index}`,
        PolicyDocument,
      })
      draft.policies.push(inBranches(policy, (it) => (isNoValue(it) ? it : named(it))))
    } else if (kind === 'managed') {
      addManaged(
        draft,
        inBranches(policy, (it) => (typeof it === 'string' ? managedArn(x, it) : it)),
      )
    } else {
      throw invalidResource(
        ownerId,
        `Policy at index ${index} in the 'Policies' property is not valid`,
      )
    }
  }
  return draft
}

/** Changes a value, or both values of an `Fn::If`. */
function inBranches<T extends Json>(
  value: Json,
  change: (value: Json) => T | Json,
): JsonObject & T {
  const branches = branchesOf(value)
  const changed =
    branches === undefined
      ? change(value)
      : { 'Fn::If': [branches[0] ?? '', ...branches.slice(1).map(change)] }
  return changed as JsonObject & T // What `change` gives, or an object around it.
}

export function addManaged({ managedPolicyArns }: RoleDraft, arn: Json): void {
  if (!managedPolicyArns.some((known) => same(known, arn))) managedPolicyArns.push(arn)
}

/** Adds an inline policy unless the role has its document already. */
export function addInline({ policies }: RoleDraft, policy: JsonObject): void {
  const document = policy['PolicyDocument']
  if (!policies.some((known) => same(known['PolicyDocument'], document))) policies.push(policy)
}

/** Names of AWS's own policies become ARNs; everything else is IAM's to judge. */
function managedArn({ partition }: Expansion, name: string): string {
  if (name.includes('/')) return name
  const end = `/${name}`
  const arn = managedPolicyArns().find((each) => each.endsWith(end))
  return arn === undefined ? name : arn.replace(/^arn:aws:/, `arn:${partition}:`)
}

export function roleOf({
  logicalId,
  managedPolicyArns,
  policies,
  rest,
  attributes,
}: RoleDraft): Made {
  return made(
    logicalId,
    'AWS::IAM::Role',
    {
      ...rest,
      ManagedPolicyArns: managedPolicyArns,
      ...(policies.length === 0 ? {} : { Policies: policies }),
    },
    { attributes },
  )
}
