import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { EventTarget, FunctionEvent } from './events.ts'
import { invalidEvent } from './problems.ts'
import { aMap, anything, aText, type Made, made, type PropertyRules } from './resources.ts'
import { logicalIdOf, mapOf, ref, textOf } from './values.ts'

/** The API of events that name none. Source: AWS SAM developer guide, "Api" event, `RestApiId`. */
export const implicitApiId = 'ServerlessRestApi'

export const apiEventRules: PropertyRules = {
  Path: { ...aText, required: true },
  Method: { ...aText, required: true },
  RestApiId: anything,
  Auth: aMap,
  TimeoutInMillis: anything,
}

/** A method of an API that a function answers. */
export interface ApiRoute {
  readonly apiId: string
  readonly functionId: string
  /** What is called in an `Fn::Sub`: the function, or its alias. */
  readonly called?: string
  readonly path: string
  /** In lower case; `any` for all. */
  readonly method: string
  readonly auth: JsonObject
  readonly timeout: Json | undefined
}

/** The routes of all functions, in the order of the template. */
export function apiRoutes(resources: Readonly<Record<string, JsonObject>>): ApiRoute[] {
  const routes: ApiRoute[] = []
  for (const [functionId, definition] of Object.entries(resources)) {
    if (definition['Type'] !== 'AWS::Serverless::Function') continue
    for (const event of Object.values(mapOf(mapOf(definition['Properties'])['Events']))) {
      if (!isObject(event) || event['Type'] !== 'Api') continue
      const { Path, Method, RestApiId, Auth, TimeoutInMillis } = mapOf(event['Properties'])
      const path = textOf(Path)
      const method = textOf(Method)?.toLowerCase()
      // What is missing is refused where the event is read.
      if (path === undefined || method === undefined) continue
      routes.push({
        apiId: RestApiId === undefined ? implicitApiId : (logicalIdOf(RestApiId) ?? ''),
        functionId,
        path,
        method,
        auth: mapOf(Auth),
        timeout: TimeoutInMillis,
      })
    }
  }
  return routes
}

/** What lets the API call the function. */
export function apiEvent(target: EventTarget, event: FunctionEvent): Made[] {
  const { Path, Method, RestApiId } = event.properties
  const apiId = RestApiId === undefined ? implicitApiId : logicalIdOf(RestApiId)
  if (apiId === undefined && !isObject(RestApiId)) {
    throw invalidEvent(event.relativeId, 'RestApiId must be a valid reference to an API')
  }
  const path = (textOf(Path) ?? '/').replace(/\{[^}]*\}/g, '*').replace(/^(?!\/)/, '/')
  const method = (textOf(Method) ?? '').toUpperCase()
  const stage = apiId === undefined ? undefined : stageOf(target, apiId)
  const text = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${method === 'ANY' ? '*' : method}${path}`
  const api: Json = RestApiId ?? ref(implicitApiId)
  return [
    made(
      `${event.logicalId}Permission${stage ?? ''}`,
      'AWS::Lambda::Permission',
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: target.nameOrArn,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: { 'Fn::Sub': [text, { __Stage__: '*', __ApiId__: api }] },
      },
      { attributes: target.attributes },
    ),
  ]
}

/** A stage's name as logical ids have it: none where a function gives it. */
function stageOf({ expansion }: EventTarget, apiId: string): string | undefined {
  const name = textOf(mapOf(expansion.source[apiId]?.['Properties'])['StageName'])
  return name?.replace(/[^A-Za-z0-9]/g, '')
}
