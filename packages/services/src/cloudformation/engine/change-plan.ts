import type { Environment } from './evaluate.ts'
import { evaluate, evaluateObject, knownAfterApply, noValue } from './evaluate.ts'
import type { Graph } from './graph.ts'
import { type Json, type JsonObject, sameJson } from './json.ts'
import type { ParameterValue } from './parameters.ts'
import { changedProperties, type Recreation, recreation } from './property-changes.ts'
import { type Reference, referencesOf } from './references.ts'
import { schemaOf } from './resource-types.ts'
import type { ResourceDefinition, Template } from './template.ts'

/**
 * What an update would do, resource by resource, with the reasons that AWS gives in change sets.
 * Recorded: test_change_set_*.py.
 */

/** A changed reference that changes a value. */
export interface Cause {
  readonly source: 'ParameterReference' | 'ResourceReference' | 'ResourceAttribute'
  readonly entity: string
  readonly evaluation: 'Static' | 'Dynamic'
}

export interface PropertyChange {
  readonly attribute: 'Properties' | 'Metadata' | 'Tags'
  readonly name?: string
  readonly before?: Json
  readonly after?: Json
  readonly recreation: Recreation
  /** False where only a reference changed and the value is not known to. */
  readonly valueChanged: boolean
  readonly causes: readonly Cause[]
  /** The template's own text differs, or its value does for no other cause. */
  readonly direct: boolean
}

export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import'
  readonly logicalId: string
  readonly type: string
  readonly physicalId?: string
  readonly replacement?: 'True' | 'False' | 'Conditional'
  readonly policyAction?: string
  readonly before?: JsonObject
  readonly after?: JsonObject
  readonly changes: readonly PropertyChange[]
}

/** A resource as it stands. */
export interface Standing {
  readonly logicalId: string
  readonly type: string
  readonly physicalId: string
  readonly properties: JsonObject
  readonly metadata?: Json
  readonly deletionPolicy?: string
}

export interface PlanInput {
  readonly template: Template
  readonly previousTemplate?: Template
  readonly graph: Graph
  readonly standing: ReadonlyMap<string, Standing>
  readonly parameters: readonly ParameterValue[]
  readonly previousParameters: readonly ParameterValue[]
  readonly tagsChanged: boolean
  /** New values, given which resources will be made anew. */
  readonly environment: (isNew: (logicalId: string) => boolean) => Environment
  /** Values of the old template in which every resource is unknown: how AWS shows what it removes. */
  readonly previousEnvironment?: Environment
}

export function planChanges(input: PlanInput): readonly ResourceChange[] {
  const changes = new Map<string, ResourceChange>()
  const env = input.environment((logicalId) => {
    const change = changes.get(logicalId)
    return change?.action === 'Add' || change?.replacement === 'True'
  })
  for (const logicalId of inOrder(input.graph)) {
    const definition = input.template.resources[logicalId]
    if (definition === undefined) continue
    const standing = input.standing.get(logicalId)
    const change =
      standing === undefined
        ? addition(logicalId, definition, env)
        : modification(input, standing, definition, env, changes)
    if (change !== undefined) changes.set(logicalId, change)
  }
  for (const standing of input.standing.values()) {
    if (!input.graph.has(standing.logicalId))
      changes.set(standing.logicalId, removal(input, standing))
  }
  return [...changes.values()].sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1))
}

/** Each after those it needs. The graph has no circles. */
function inOrder(graph: Graph): readonly string[] {
  const ordered = new Set<string>()
  const visit = (name: string): void => {
    if (ordered.has(name)) return
    for (const need of graph.get(name) ?? []) visit(need)
    ordered.add(name)
  }
  for (const name of graph.keys()) visit(name)
  return [...ordered]
}

function addition(
  logicalId: string,
  definition: ResourceDefinition,
  env: Environment,
): ResourceChange {
  const metadata = metadataOf(definition, env)
  const after = contextOf(evaluateObject(definition.properties, env), metadata)
  return { action: 'Add', logicalId, type: definition.type, after, changes: [] }
}

function contextOf(properties: JsonObject, metadata: Json | undefined): JsonObject {
  return { Properties: properties, ...(metadata === undefined ? {} : { Metadata: metadata }) }
}

function metadataOf(definition: ResourceDefinition, env: Environment): Json | undefined {
  if (definition.metadata === undefined) return undefined
  const value = evaluate(definition.metadata, env)
  return value === noValue ? undefined : value
}

function removal(input: PlanInput, standing: Standing): ResourceChange {
  const definition = input.previousTemplate?.resources[standing.logicalId]
  const shown =
    definition === undefined || input.previousEnvironment === undefined
      ? standing.properties
      : evaluateObject(definition.properties, input.previousEnvironment)
  const policy = standing.deletionPolicy
  return {
    action: 'Remove',
    logicalId: standing.logicalId,
    type: standing.type,
    physicalId: standing.physicalId,
    policyAction: policy === 'Retain' || policy === 'Snapshot' ? policy : 'Delete',
    before: contextOf(shown, undefined),
    changes: [],
  }
}

function modification(
  input: PlanInput,
  standing: Standing,
  definition: ResourceDefinition,
  env: Environment,
  changes: ReadonlyMap<string, ResourceChange>,
): ResourceChange | undefined {
  const { type, properties: before } = standing
  const after = evaluateObject(definition.properties, env)
  const metadata = metadataOf(definition, env)
  const old = input.previousTemplate?.resources[standing.logicalId]
  const found: PropertyChange[] = []
  const valueChanges = new Set(changedProperties(before, after))
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const raw = definition.properties[name]
    const causes = raw === undefined ? [] : causesOf(input, raw, env, changes)
    const valueChanged = valueChanges.has(name)
    if (!valueChanged && !causes.some(({ evaluation }) => evaluation === 'Dynamic')) continue
    const textChanged = !sameJson(old?.properties[name], raw)
    found.push({
      attribute: 'Properties',
      name,
      ...(before[name] === undefined ? {} : { before: before[name] }),
      ...(after[name] === undefined ? {} : { after: after[name] }),
      recreation: recreation(type, name, before[name], after[name]),
      valueChanged,
      causes,
      direct: valueChanged && (textChanged || causes.length === 0),
    })
  }
  if (!sameJson(standing.metadata, metadata))
    found.push(metadataChange(input, standing, definition, metadata, env, changes))
  if (input.tagsChanged && schemaOf(type)?.tags !== undefined) found.push(tagsChange())
  if (found.length === 0) return undefined
  const replacement = replacementOf(found)
  return {
    action: 'Modify',
    logicalId: standing.logicalId,
    type,
    physicalId: standing.physicalId,
    replacement,
    ...(replacement === 'True'
      ? { policyAction: retains(definition) ? 'ReplaceAndRetain' : 'ReplaceAndDelete' }
      : {}),
    before: contextOf(before, standing.metadata),
    after: contextOf(after, metadata),
    changes: found.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)),
  }
}

function retains({ updateReplacePolicy }: ResourceDefinition): boolean {
  return updateReplacePolicy === 'Retain'
}

function replacementOf(changes: readonly PropertyChange[]): 'True' | 'False' | 'Conditional' {
  if (changes.some((change) => change.valueChanged && change.recreation === 'Always')) {
    return changes.some(
      ({ recreation: each, after, causes }) =>
        each === 'Always' &&
        (after !== knownAfterApply || causes.some(({ evaluation }) => evaluation === 'Static')),
    )
      ? 'True'
      : 'Conditional'
  }
  return changes.some(({ recreation: each }) => each !== 'Never') ? 'Conditional' : 'False'
}

function metadataChange(
  input: PlanInput,
  standing: Standing,
  definition: ResourceDefinition,
  after: Json | undefined,
  env: Environment,
  changes: ReadonlyMap<string, ResourceChange>,
): PropertyChange {
  const causes =
    definition.metadata === undefined ? [] : causesOf(input, definition.metadata, env, changes)
  return {
    attribute: 'Metadata',
    ...(standing.metadata === undefined ? {} : { before: standing.metadata }),
    ...(after === undefined ? {} : { after }),
    recreation: 'Never',
    valueChanged: true,
    causes,
    direct: causes.length === 0,
  }
}

function tagsChange(): PropertyChange {
  return { attribute: 'Tags', recreation: 'Never', valueChanged: true, causes: [], direct: true }
}

/** Changed parameters and resources that a value refers to. */
function causesOf(
  input: PlanInput,
  raw: Json,
  env: Environment,
  changes: ReadonlyMap<string, ResourceChange>,
): readonly Cause[] {
  return referencesOf(raw, { branch: env.condition }).flatMap((reference) => {
    const cause = causeOf(input, reference, changes)
    return cause === undefined ? [] : [cause]
  })
}

function causeOf(
  input: PlanInput,
  { kind, name, attribute }: Reference,
  changes: ReadonlyMap<string, ResourceChange>,
): Cause | undefined {
  if (kind === 'ref' && Object.hasOwn(input.template.parameters, name)) {
    return parameterChanged(input, name)
      ? { source: 'ParameterReference', entity: name, evaluation: 'Static' }
      : undefined
  }
  const change = changes.get(name)
  if (change === undefined || change.action !== 'Modify') return undefined
  const evaluation = change.replacement === 'True' ? 'Static' : 'Dynamic'
  if (kind === 'attribute') {
    return { source: 'ResourceAttribute', entity: `${name}.${attribute ?? ''}`, evaluation }
  }
  // A reference to what stays in place stays the same.
  if (kind !== 'ref' || change.replacement === 'False') return undefined
  return { source: 'ResourceReference', entity: name, evaluation }
}

function parameterChanged({ parameters, previousParameters }: PlanInput, name: string): boolean {
  const now = parameters.find(({ key }) => key === name)
  const before = previousParameters.find(({ key }) => key === name)
  return now?.value !== before?.value
}

/** Whether a plan changes anything. */
export function changesAnything(changes: readonly ResourceChange[]): boolean {
  return changes.some(
    ({ action, changes: found }) =>
      action !== 'Modify' || found.some(({ valueChanged }) => valueChanged),
  )
}
