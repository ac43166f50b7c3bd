import { AwsError } from '@cloud-orrery/models'
import { GetObject } from '@cloud-orrery/models/s3'
import type { CallAs, Context } from '../context.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { pseudoParameters } from './engine/check-template.ts'
import { environment, type StackIdentity } from './engine/environment.ts'
import { type Environment, evaluate, noValue } from './engine/evaluate.ts'
import { isList, isObject, type Json, type JsonObject } from './engine/json.ts'
import { extendTemplate } from './engine/language-extensions.ts'
import type { GivenParameter, ParameterValue } from './engine/parameters.ts'
import { parseTemplate, parseTransforms, type TransformReference } from './engine/template.ts'
import { readTemplateText } from './engine/template-text.ts'
import { validationError } from './errors.ts'
import { templateUrlBytesMax } from './limits.ts'

export interface TransformRequest {
  readonly given: readonly GivenParameter[]
  readonly previous?: readonly ParameterValue[] | undefined
  /** Absent where no stack is meant: ValidateTemplate. */
  readonly stack?: { readonly stackId: string; readonly name: string } | undefined
  readonly as?: CallAs | undefined
}

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
  const env = headEnvironment(ctx, body, request)
  let processed = embedded ? await includeInside(ctx, body, env, request.as) : body
  for (const transform of named) {
    processed =
      transform.name === 'AWS::Include'
        ? { ...processed, ...(await includedObject(ctx, transform, env, request.as)) }
        : extendTemplate(processed, {
            env: headEnvironment(ctx, processed, request),
            known: (name) => isKnown(processed, name, request),
          })
  }
  return { processed, changed: true }
}

function refuseUnmodelled(name: string): void {
  if (name !== 'AWS::LanguageExtensions' && name !== 'AWS::Include') {
    throw notModelled(`the transform ${name}`)
  }
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

/** Replaces every `Fn::Transform` by what it includes; its neighbours stay beside it. */
async function includeInside(
  ctx: Context,
  value: JsonObject,
  env: Environment,
  as: CallAs | undefined,
): Promise<JsonObject> {
  const members: [string, Json][] = []
  for (const [key, item] of Object.entries(value)) {
    if (key !== 'Fn::Transform') {
      members.push([key, await includeInValue(ctx, item, env, as)])
      continue
    }
    for (const transform of parseTransforms(item)) {
      refuseUnmodelled(transform.name)
      if (transform.name !== 'AWS::Include') {
        throw validationError(`Transform ${transform.name} can not be used inside a template.`)
      }
      members.push(...Object.entries(await includedObject(ctx, transform, env, as)))
    }
  }
  return Object.fromEntries(members)
}

async function includeInValue(
  ctx: Context,
  value: Json,
  env: Environment,
  as: CallAs | undefined,
): Promise<Json> {
  if (isObject(value))
    return holdsTransform(value) ? await includeInside(ctx, value, env, as) : value
  if (!isList(value)) return value
  const items: Json[] = []
  for (const item of value) items.push(await includeInValue(ctx, item, env, as))
  return items
}

/** The object that `AWS::Include` names. Recorded: test_describe_failed_change_set. */
async function includedObject(
  ctx: Context,
  { parameters }: TransformReference,
  env: Environment,
  as: CallAs | undefined,
): Promise<JsonObject> {
  const failed = (message: string) =>
    validationError(`Transform AWS::Include failed with: ${message}`)
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
