import { AwsError } from '@cloud-orrery/models'
import { GetObject } from '@cloud-orrery/models/s3'
import type { CallAs, Context } from '../context.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { pseudoParameters } from './engine/check-template.ts'
import { environment, type StackIdentity } from './engine/environment.ts'
import { type Environment, evaluate, noValue } from './engine/evaluate.ts'
import { isList, isObject, type Json, type JsonObject, scalarText } from './engine/json.ts'
import { extendTemplate } from './engine/language-extensions.ts'
import type { GivenParameter, ParameterValue } from './engine/parameters.ts'
import { parseTemplate, parseTransforms, type TransformReference } from './engine/template.ts'
import { readTemplateText } from './engine/template-text.ts'
import { insufficientCapabilities, TransformFailure, validationError } from './errors.ts'
import { templateUrlBytesMax } from './limits.ts'
import { callMacro } from './macros/call.ts'
import { serverlessTransform } from './sam/problems.ts'
import { expandTemplate } from './sam/transform.ts'

export interface TransformRequest {
  readonly given: readonly GivenParameter[]
  readonly previous?: readonly ParameterValue[] | undefined
  /** Absent where no stack is meant: ValidateTemplate. */
  readonly stack?: { readonly stackId: string; readonly name: string } | undefined
  readonly as?: CallAs | undefined
  /** Of the request, where it must allow transforms. Change sets need not. */
  readonly capabilities?: readonly string[] | undefined
}

export const autoExpand = 'CAPABILITY_AUTO_EXPAND'

export interface Transformed {
  readonly processed: JsonObject
  readonly changed: boolean
}

/** A template after its transforms: those inside it first, then those of its head in turn. */
export async function transformed(
  ctx: Context,
  body: JsonObject,
  request: TransformRequest,
): Promise<Transformed> {
  const named = parseTransforms(body['Transform'])
  for (const { name } of named) refuseUnmodelled(name)
  const embedded = holdsTransform(body)
  if (named.length === 0 && !embedded) return { processed: body, changed: false }
  const { capabilities } = request
  if (capabilities !== undefined && !capabilities.includes(autoExpand)) {
    throw insufficientCapabilities([autoExpand])
  }
  const run: Run = { ctx, request, env: headEnvironment(ctx, body, request), body }
  let processed = embedded ? asTemplate(await transformInside(run, body)) : body
  for (const transform of named) {
    processed = asTemplate(await applyToTemplate({ ...run, body: processed }, transform))
  }
  return { processed, changed: true }
}

/** What all transforms of one template share. */
interface Run {
  readonly ctx: Context
  readonly request: TransformRequest
  readonly env: Environment
  /** The template so far: parameters and their defaults. */
  readonly body: JsonObject
}

/** One transform of the head. */
async function applyToTemplate(run: Run, transform: TransformReference): Promise<Json> {
  const { ctx, request, env, body } = run
  switch (transform.name) {
    case 'AWS::Include':
      return { ...body, ...(await includedObject(ctx, transform, env, request.as)) }
    case 'AWS::LanguageExtensions':
      return extendTemplate(body, {
        env: headEnvironment(ctx, body, request),
        known: (name) => isKnown(body, name, request),
      })
    case serverlessTransform:
      return expandTemplate(ctx, body, {
        parameters: parameterValues(body, env),
        deploying: request.stack !== undefined,
      })
    default: {
      // Recorded: TestMacros::test_validate_lambda_internals: the head's own list is not shown.
      const { Transform, ...fragment } = body
      const answer = await runMacro(run, transform, fragment)
      return isObject(answer) && Transform !== undefined ? { Transform, ...answer } : answer
    }
  }
}

/** Recorded: TestMacros::test_failed_state[return_invalid_template.py]. */
function asTemplate(value: Json): JsonObject {
  if (isObject(value)) return value
  throw new TransformFailure('Template format error: unsupported structure.')
}

async function runMacro(
  run: Run,
  { name, parameters }: TransformReference,
  fragment: Json,
): Promise<Json> {
  const { ctx, request, env, body } = run
  // Where no stack is meant, AWS names the macros of a template and leaves them alone.
  if (request.stack === undefined) return fragment
  return await callMacro(ctx, {
    name,
    fragment,
    params: Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [
        key,
        macroParameter(name, key, value, env),
      ]),
    ),
    templateParameterValues: parameterValues(body, env),
    as: request.as,
  })
}

/** Source: user reports of macros whose parameters are imports or attributes. */
function macroParameter(macro: string, name: string, value: Json, env: Environment): Json {
  const failure = `The value of parameter ${name} under transform ${macro} must resolve to a string, number, boolean or a list of any of these.`
  let result: Json | typeof noValue
  try {
    result = evaluate(value, env)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new TransformFailure(failure)
  }
  if (result === noValue) throw new TransformFailure(failure)
  const parts: readonly Json[] = isList(result) ? result : [result]
  if (parts.some((part) => scalarText(part) === undefined)) throw new TransformFailure(failure)
  return result
}

/** Values of the template's parameters, lists as lists. */
function parameterValues(body: JsonObject, env: Environment): JsonObject {
  const parameters = body['Parameters']
  if (!isObject(parameters)) return {}
  return Object.fromEntries(
    Object.keys(parameters).flatMap((name) => {
      const value = env.ref(name)
      return value === undefined || value === noValue ? [] : [[name, value]]
    }),
  )
}

const ownTransforms = new Set(['AWS::Include', 'AWS::LanguageExtensions', serverlessTransform])

/** Transforms whose names AWS keeps for itself. */
function refuseUnmodelled(name: string): void {
  if (name.startsWith('AWS::') && !ownTransforms.has(name))
    throw notModelled(`the transform ${name}`)
}

function isKnown(body: JsonObject, name: string, request: TransformRequest): boolean {
  if (pseudoParameters.has(name)) return name !== 'AWS::NoValue' && request.stack !== undefined
  const parameters = body['Parameters']
  const definition = isObject(parameters ?? null) ? (parameters as JsonObject)[name] : undefined
  return isObject(definition) && String(definition['NoEcho']) !== 'true'
}

/** What the head of a template knows: parameters, mappings, pseudo parameters. */
function headEnvironment(ctx: Context, body: JsonObject, request: TransformRequest): Environment {
  const { Parameters, Mappings, Transform } = body
  const template = parseTemplate({
    Resources: { None: { Type: 'AWS::CDK::Metadata' } },
    ...(Parameters === undefined ? {} : { Parameters }),
    ...(Mappings === undefined ? {} : { Mappings }),
    ...(Transform === undefined ? {} : { Transform }),
  })
  const values = Object.entries(template.parameters).flatMap(([key, definition]) => {
    const given = request.given.find((each) => each.key === key)
    const before = request.previous?.find((each) => each.key === key)?.value
    const value = given?.usePrevious === true ? before : (given?.value ?? definition.default)
    return value === undefined ? [] : [{ key, value }]
  })
  const unknown = (): never => {
    throw validationError('Transforms can only refer to parameters and mappings.')
  }
  return environment(template, identity(ctx, request), values, {
    resource: () => undefined,
    attribute: unknown,
    importValue: unknown,
  })
}

function identity(ctx: Context, { stack }: TransformRequest): StackIdentity {
  return {
    accountId: ctx.accountId,
    region: ctx.region,
    partition: ctx.partition,
    stackId: stack?.stackId ?? '',
    stackName: stack?.name ?? '',
    notificationArns: [],
  }
}

function holdsTransform(value: Json): boolean {
  if (isList(value)) return value.some(holdsTransform)
  if (!isObject(value)) return false
  return 'Fn::Transform' in value || Object.values(value).some(holdsTransform)
}

/**
 * Replaces every `Fn::Transform`, the deepest first: what it includes comes beside its neighbours, a macro
 * answers the whole of them.
 */
async function transformInside(run: Run, value: Json): Promise<Json> {
  if (!holdsTransform(value)) return value
  if (isList(value)) {
    const items: Json[] = []
    for (const item of value) items.push(await transformInside(run, item))
    return items
  }
  const members: [string, Json][] = []
  let transforms: readonly TransformReference[] = []
  // Where an include stood, its members come.
  let place = 0
  for (const [key, item] of Object.entries(value as JsonObject)) {
    if (key !== 'Fn::Transform') members.push([key, await transformInside(run, item)])
    else {
      transforms = parseTransforms(item)
      place = members.length
    }
  }
  let fragment: Json = Object.fromEntries(members)
  for (const transform of transforms) {
    refuseUnmodelled(transform.name)
    fragment = await applyToFragment(run, transform, fragment, place)
  }
  return fragment
}

async function applyToFragment(
  run: Run,
  transform: TransformReference,
  fragment: Json,
  place: number,
): Promise<Json> {
  if (transform.name === 'AWS::LanguageExtensions' || transform.name === serverlessTransform) {
    throw validationError(`Transform ${transform.name} can not be used inside a template.`)
  }
  if (transform.name !== 'AWS::Include') return await runMacro(run, transform, fragment)
  const { ctx, env, request } = run
  const included = await includedObject(ctx, transform, env, request.as)
  if (!isObject(fragment)) return included
  const members = Object.entries(fragment)
  members.splice(place, 0, ...Object.entries(included))
  return Object.fromEntries(members)
}

/** The object that `AWS::Include` names. Recorded: test_describe_failed_change_set. */
async function includedObject(
  ctx: Context,
  { parameters }: TransformReference,
  env: Environment,
  as: CallAs | undefined,
): Promise<JsonObject> {
  const failed = (message: string) =>
    new TransformFailure(`Transform AWS::Include failed with: ${message}`)
  const location = parameters['Location']
  const text = location === undefined ? noValue : evaluate(location, env)
  const match = typeof text === 'string' ? /^s3:\/\/([^/]+)\/(.+)$/i.exec(text) : null
  const [, bucket = '', key = ''] = match ?? []
  if (match === null) throw failed('The location parameter is not a valid S3 uri.')
  let content: Uint8Array
  try {
    const { Body } = await ctx.call(
      GetObject,
      { Bucket: bucket, Key: key },
      as === undefined ? {} : { as },
    )
    content = Body ?? new Uint8Array()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw failed(
      error.code === 'NoSuchBucket'
        ? `S3 bucket [${bucket}] does not exist.`
        : error.code === 'NoSuchKey'
          ? `The specified key does not exist.`
          : error.message,
    )
  }
  if (content.byteLength > templateUrlBytesMax) throw failed('The included object is too large.')
  try {
    return readTemplateText(Buffer.from(content).toString())
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw failed("The specified S3 object's content should be valid Yaml/JSON")
  }
}
