import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { invalidResource } from './problems.ts'
import { type Given, type Made, made, passed } from './resources.ts'
import { isGiven, isIntrinsic, mapOf, ref } from './values.ts'

/** The URL of `FunctionUrlConfig`; a public one lets everybody call it. */
export function functionUrl(it: Given, alias: Made | undefined): Made[] {
  const { logicalId, properties } = it
  const config = properties['FunctionUrlConfig']
  if (!isGiven(config)) return []
  checkAuthType(logicalId, config)
  checkCors(logicalId, config)
  const { Cors, AuthType, InvokeMode } = mapOf(config)
  const attributes = passed(it.attributes)
  const target = ref(alias?.logicalId ?? logicalId)
  const url = made(
    `${logicalId}Url`,
    'AWS::Lambda::Url',
    {
      Cors: isGiven(Cors) ? Cors : undefined,
      AuthType,
      TargetFunctionArn: target,
      InvokeMode,
    },
    { attributes },
  )
  if (AuthType !== 'NONE' || isIntrinsic(config)) return [url]
  const everybody = { FunctionName: target, Principal: '*' }
  return [
    url,
    made(
      `${logicalId}UrlPublicPermissions`,
      'AWS::Lambda::Permission',
      { Action: 'lambda:InvokeFunctionUrl', ...everybody, FunctionUrlAuthType: AuthType },
      { attributes },
    ),
    made(
      `${logicalId}URLInvokeAllowPublicAccess`,
      'AWS::Lambda::Permission',
      { Action: 'lambda:InvokeFunction', ...everybody, InvokedViaFunctionUrl: true },
      { attributes },
    ),
  ]
}

function checkAuthType(logicalId: string, config: Json): void {
  const { AuthType } = mapOf(config)
  if (isIntrinsic(config) || isIntrinsic(AuthType)) return
  if (AuthType !== 'AWS_IAM' && AuthType !== 'NONE') {
    throw invalidResource(
      logicalId,
      'AuthType is required to configure function property `FunctionUrlConfig`. Please provide either AWS_IAM or NONE.',
    )
  }
}

const isFlag = (value: Json) => typeof value === 'boolean'
/** Python counts its booleans among the integers. */
const isCount = (value: Json) => isFlag(value) || (typeof value === 'number' && value % 1 === 0)

const corsMembers: Readonly<Record<string, readonly [string, (value: Json) => boolean]>> = {
  AllowOrigins: ['list', isList],
  AllowMethods: ['list', isList],
  AllowCredentials: ['bool', isFlag],
  AllowHeaders: ['list', isList],
  ExposeHeaders: ['list', isList],
  MaxAge: ['int', isCount],
}

function checkCors(logicalId: string, config: Json): void {
  const { Cors } = mapOf(config)
  if (isIntrinsic(config) || !isGiven(Cors) || isIntrinsic(Cors)) return
  if (!isObject(Cors)) {
    throw invalidResource(logicalId, "Property 'FunctionUrlConfig.Cors' should be a map.")
  }
  for (const [name, value] of Object.entries(Cors satisfies JsonObject)) {
    const member = Object.hasOwn(corsMembers, name) ? corsMembers[name] : undefined
    if (member === undefined) {
      throw invalidResource(logicalId, `${name} is not a valid property for configuring Cors.`)
    }
    const [type, fits] = member
    if (!isIntrinsic(value) && !fits(value)) {
      throw invalidResource(logicalId, `${name} must be of type ${type}.`)
    }
  }
}
