import { AwsError } from '@cloud-orrery/models'
import { GetParameters } from '@cloud-orrery/models/ssm'
import type { CallAs, Context } from '../context.ts'
import { notModelledCode } from '../shared/not-modelled.ts'
import { identityOf, plannedEnvironment } from './apply/values.ts'
import { checkCapabilities } from './engine/capabilities.ts'
import { checkTemplate } from './engine/check-template.ts'
import { checkRules } from './engine/environment.ts'
import { evaluate } from './engine/evaluate.ts'
import { dependencyGraph, type Graph } from './engine/graph.ts'
import type { JsonObject } from './engine/json.ts'
import {
  chooseParameters,
  type GivenParameter,
  type ParameterValue,
  ssmValueType,
} from './engine/parameters.ts'
import { checkResourceTypes, metadataOnlyTypes } from './engine/resource-types.ts'
import { checkSecretReferences } from './engine/secret-references.ts'
import { parseTemplate, type Template } from './engine/template.ts'
import { readTemplateText } from './engine/template-text.ts'
import { insufficientCapabilities, TransformFailure, validationError } from './errors.ts'
import { resourceKey, resources, type Stack, type TemplateRecord } from './state.ts'
import { autoExpand, type TransformRequest, transformed } from './transforms.ts'

/** A template that was read and checked, not yet stored. */
export type PreparedTemplate = Omit<TemplateRecord, 'key'>

/** Reads a template's text, runs its transforms and checks what can be said without values. */
export async function prepareTemplate(
  ctx: Context,
  text: string,
  request: TransformRequest = { given: [] },
): Promise<PreparedTemplate> {
  const body = readTemplateText(text)
  const { processed, changed } = await transformed(ctx, body, request)
  return {
    original: text,
    processed: withoutTransform(processed, changed),
    transformed: changed,
    template: checkedTemplate(processed, changed),
  }
}

/** A template, or why its transforms made none. */
export type TriedTemplate =
  | { readonly prepared: PreparedTemplate }
  | { readonly prepared?: undefined; readonly failure: string }

/** As `prepareTemplate`, for those whose stack or change set fails where a transform does. */
export async function tryTemplate(
  ctx: Context,
  text: string,
  request: TransformRequest,
): Promise<TriedTemplate> {
  try {
    return { prepared: await prepareTemplate(ctx, text, request) }
  } catch (error) {
    if (!(error instanceof TransformFailure)) throw error
    return { failure: error.message }
  }
}

/** What a stack keeps of a template that no transform made. */
export function failedTemplate(text: string): PreparedTemplate {
  const template: Template = {
    parameters: {},
    mappings: {},
    conditions: {},
    rules: {},
    transforms: [],
    resources: {},
    outputs: {},
  }
  return { original: text, processed: {}, transformed: true, template }
}

/** What transforms made is looked at like the rest, but the request was right: the transform has failed. */
function checkedTemplate(processed: JsonObject, changed: boolean): Template {
  try {
    const template = parseTemplate(processed)
    checkTemplate(template)
    checkSecretReferences(template)
    return template
  } catch (error) {
    if (!changed || !(error instanceof AwsError) || error.code === notModelledCode) throw error
    throw new TransformFailure(error.message)
  }
}

/** A processed template shows no transform any more. */
function withoutTransform(processed: JsonObject, changed: boolean): JsonObject {
  if (!changed) return processed
  const { Transform: _, ...rest } = processed
  return rest
}

export interface StackRequest {
  readonly prepared: PreparedTemplate
  readonly given: readonly GivenParameter[]
  readonly previous?: readonly ParameterValue[]
  readonly capabilities: readonly string[]
  readonly resourceTypes?: readonly string[] | undefined
  readonly stack: Pick<Stack, 'stackId' | 'name' | 'notificationArns'>
  /** A change set shows what transforms did before anything is made. */
  readonly reviewed?: boolean
  /** Who reads parameters of the SSM types. Default: the caller. */
  readonly as?: CallAs
}

export interface PreparedStack {
  readonly parameters: readonly ParameterValue[]
  readonly graph: Graph
}

/** Checks a template with its values, as AWS does before it answers a request. */
export async function prepareStack(ctx: Context, request: StackRequest): Promise<PreparedStack> {
  const { prepared, given, previous, capabilities, stack } = request
  const { template } = prepared
  const chosen = chooseParameters(template.parameters, given, previous)
  checkCapabilities(template, capabilities)
  // Source: API reference, CreateChangeSet: there the capability has no effect.
  if (prepared.transformed && request.reviewed !== true && !capabilities.includes(autoExpand)) {
    throw insufficientCapabilities([autoExpand])
  }
  refuseOtherTypes(template, request.resourceTypes)
  await checkResourceTypes(
    template,
    async (type) => (await ctx.resourceHandler(type)) !== undefined,
  )
  const parameters = await resolveSsm(ctx, template, chosen, request.as)
  return { parameters, graph: checkValues(ctx, stack, template, parameters) }
}

/** Works every value out once with what is known, so that wrong lookups are refused and not half made. */
export function checkValues(
  ctx: Context,
  stack: Pick<Stack, 'stackId' | 'name' | 'notificationArns'>,
  template: Template,
  parameters: readonly ParameterValue[],
): Graph {
  const env = plannedEnvironment(
    ctx,
    identityOf(ctx, stack),
    template,
    parameters,
    (logicalId) => resources.get(ctx, resourceKey(stack.stackId, logicalId)),
    // Exports are looked up when the work starts.
    () => '',
  )
  checkRules(template, env)
  const graph = dependencyGraph(template, env.condition)
  for (const logicalId of graph.keys()) {
    const definition = template.resources[logicalId]
    if (definition !== undefined) tolerateAttributes(() => evaluate(definition.properties, env))
  }
  for (const { condition, value } of Object.values(template.outputs)) {
    if (condition === undefined || env.condition(condition))
      tolerateAttributes(() => evaluate(value, env))
  }
  return graph
}

/** Attributes that a type does not have stop the stack when it starts, not the request. */
function tolerateAttributes(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    if (
      error instanceof AwsError &&
      /does not support attribute|^Attribute '|^CustomResource attribute error/.test(error.message)
    )
      return
    throw error
  }
}

/** `ResourceTypes` of a request: the only types that it may touch. */
function refuseOtherTypes(template: Template, allowed: readonly string[] | undefined): void {
  if (allowed === undefined) return
  const fits = (type: string) =>
    metadataOnlyTypes.has(type) ||
    allowed.some((pattern) =>
      pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
    )
  const other = Object.values(template.resources).find(({ type }) => !fits(type))
  if (other !== undefined) {
    throw validationError(`Resource type ${other.type} is not allowed by parameter ResourceTypes`)
  }
}

/** Most names in one call of GetParameters. */
const parametersPerCall = 10

/** Values of parameters of the SSM types, read from the Parameter Store as the caller. */
async function resolveSsm(
  ctx: Context,
  template: Template,
  chosen: readonly ParameterValue[],
  as: CallAs | undefined,
): Promise<readonly ParameterValue[]> {
  const names = new Set(
    chosen
      .filter(({ key }) => ssmValueType(template.parameters[key]?.type ?? '') !== undefined)
      .map(({ value }) => value),
  )
  if (names.size === 0) return chosen
  const values = new Map<string, string>()
  const all = [...names]
  for (let i = 0; i < all.length; i += parametersPerCall) {
    const Names = all.slice(i, i + parametersPerCall)
    const { Parameters = [] } = await ctx.call(
      GetParameters,
      { Names },
      as === undefined ? {} : { as },
    )
    for (const { Name = '', Value = '', Type, Selector = '' } of Parameters) {
      if (Type === 'SecureString') {
        throw validationError(
          `Parameters [${Name}] referenced by template have types not supported by CloudFormation.`,
        )
      }
      values.set(Name + Selector, Value)
      values.set(Name, Value)
    }
  }
  const missing = all.filter((name) => !values.has(name))
  if (missing.length > 0) {
    throw validationError(
      `Unable to fetch parameters [${missing.join(',')}] from parameter store for this account.`,
    )
  }
  return chosen.map((parameter) =>
    ssmValueType(template.parameters[parameter.key]?.type ?? '') === undefined
      ? parameter
      : { ...parameter, resolved: values.get(parameter.value) ?? '' },
  )
}
