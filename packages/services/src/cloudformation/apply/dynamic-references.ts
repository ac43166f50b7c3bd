import { AwsError } from '@cloud-orrery/models'
import { GetParameter } from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { validationError } from '../errors.ts'
import type { Stack } from '../state.ts'
import { deployerOf } from './resource-context.ts'
import { secretValue } from './secret-value.ts'

const pattern = /\{\{resolve:([a-z-]+):([^{}]+)\}\}/g

/** Properties with every `{{resolve:ssm:name:version}}` and its like replaced by what it names, read as the deployer. */
export async function resolveDynamicReferences(
  ctx: Context,
  stack: Pick<Stack, 'roleArn' | 'caller' | 'stackId'>,
  properties: JsonObject,
): Promise<JsonObject> {
  const found = new Map<string, string>()
  collect(properties, found)
  if (found.size === 0) return properties
  for (const [text] of found) found.set(text, await resolved(ctx, stack, text))
  const result = replaced(properties, found)
  return isObject(result) ? result : {}
}

function collect(value: Json, found: Map<string, string>): void {
  if (typeof value === 'string')
    for (const match of value.matchAll(pattern)) found.set(match[0], '')
  else if (isList(value)) for (const item of value) collect(item, found)
  else if (isObject(value)) for (const item of Object.values(value)) collect(item, found)
}

function replaced(value: Json, found: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return value.replace(pattern, (text) => found.get(text) ?? text)
  if (isList(value)) return value.map((item) => replaced(item, found))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaced(item, found)]),
  )
}

async function resolved(
  ctx: Context,
  stack: Pick<Stack, 'roleArn' | 'caller' | 'stackId'>,
  text: string,
): Promise<string> {
  const [, service = '', reference = ''] = /\{\{resolve:([a-z-]+):(.+)\}\}/.exec(text) ?? []
  if (service === 'secretsmanager') return secretValue(ctx, deployerOf(stack), reference)
  if (service !== 'ssm' && service !== 'ssm-secure')
    throw notModelled(`dynamic references to ${service}`)
  try {
    const { Parameter } = await ctx.call(
      GetParameter,
      { Name: reference, WithDecryption: service === 'ssm-secure' },
      { as: deployerOf(stack) },
    )
    if (service === 'ssm' && Parameter?.Type === 'SecureString') {
      throw validationError(
        `Non-secure ssm prefix was used for secure parameter: ${reference.split(':')[0]}`,
      )
    }
    return Parameter?.Value ?? ''
  } catch (error) {
    if (
      !(error instanceof AwsError) ||
      !/ParameterNotFound|ParameterVersionNotFound/.test(error.code)
    )
      throw error
    throw validationError(`Parameters: [${service}:${reference}] cannot be found.`)
  }
}
