import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateStage,
  DeleteAccessLogSettings,
  DeleteRouteSettings,
  DeleteStage,
  GetStage,
  GetStages,
  type RouteSettings,
  type Stage,
  UpdateStage,
  type UpdateStageRequest,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { apiMappings } from '../shared/apis/domain-names.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { deployable, deployStage, fixDeployment } from './deployments.ts'
import { bad, conflict, partNotFound, stageExists } from './errors.ts'
import { stagesMax, tagsMax } from './limits.ts'
import { allowDelivery } from './log-delivery.ts'
import { countOf, given, page, partsOf, shown, theApi, theStage } from './lookup.ts'
import { judged } from './names.ts'
import {
  type ApiRecord,
  authorizerAnswers,
  authorizers,
  routes,
  type StageRecord,
  stages,
} from './state.ts'

export const createStage = operation(CreateStage, {
  authorize: ({ ApiId }, ctx) => judged('POST', `/apis/${ApiId}/stages`, ctx),
  provenance: 'modelled',
  async run(ctx, { ApiId, ...input }) {
    const stage = newStage(ctx, theApi(ctx, ApiId), input)
    await allowDelivery(ctx, stage.AccessLogSettings?.DestinationArn)
    return shown(stage)
  },
})

/** Makes a stage, checked. Throws AWS's refusals. */
export function newStage(ctx: Context, api: ApiRecord, input: Stage): StageRecord {
  const { ApiId } = api
  const { StageName, AutoDeploy = false, Tags = {} } = input
  if (!/^(?:\$default|[a-zA-Z0-9_-]{1,128})$/.test(StageName)) {
    throw bad('Stage name only allows a-zA-Z0-9_-')
  }
  if (api.ProtocolType === 'WEBSOCKET' && StageName === '$default') {
    throw bad('Stage name only allows a-zA-Z0-9_-')
  }
  if (stages.has(ctx, orderedKey(ApiId, StageName))) throw stageExists(StageName)
  if (countOf(ctx, stages, ApiId) >= stagesMax) {
    throw bad('Maximum number of stages for this API has been reached.')
  }
  if (Object.keys(Tags).length > tagsMax) throw bad('Too many tags')
  checkStage(ctx, api, input)
  const stage: StageRecord = {
    AutoDeploy,
    DefaultRouteSettings: { DetailedMetricsEnabled: false },
    RouteSettings: {},
    StageVariables: {},
    ...given(input),
    ApiId,
    CreatedDate: ctx.now(),
    LastUpdatedDate: ctx.now(),
    Tags,
  }
  return AutoDeploy ? deployStage(ctx, stage) : stages.put(ctx, stage)
}

function checkStage(ctx: Context, api: ApiRecord, input: Partial<Stage>): void {
  const { ApiId } = api
  if (input.ClientCertificateId !== undefined) {
    if (api.ProtocolType === 'HTTP') throw bad('ClientCertificateId is not supported for HTTP APIs')
    throw notModelled('the parameter ClientCertificateId of apigatewayv2:CreateStage')
  }
  if (input.AutoDeploy === true && input.DeploymentId !== undefined) {
    throw bad('Deployment ID cannot be set for stage with autodeploy')
  }
  if (input.DeploymentId !== undefined) deployable(ctx, ApiId, input.DeploymentId)
  checkLogs(ctx, input)
  checkVariables(input.StageVariables ?? {})
  if (input.DefaultRouteSettings !== undefined) checkSettings(api, input.DefaultRouteSettings)
  for (const [routeKey, settings] of Object.entries(input.RouteSettings ?? {})) {
    checkSettings(api, settings)
    const [known] = routes.where(ctx, 'key', orderedKey(ApiId, routeKey))
    if (known === undefined) throw partNotFound('Route', routeKey)
  }
}

function checkVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[A-Za-z0-9_]+$/.test(name)) throw bad(`Stage variable name ${name} is not valid`)
    if (!/^[A-Za-z0-9\-._~:/?#&=,@]*$/.test(value)) {
      throw bad(`Stage variable value ${value} for ${name} is not valid`)
    }
  }
}

/** Source: RouteSettings: logging levels and data traces are those of WebSocket APIs. */
function checkSettings({ ProtocolType }: ApiRecord, settings: RouteSettings): void {
  if (ProtocolType === 'HTTP') {
    if (settings.DataTraceEnabled === true || (settings.LoggingLevel ?? 'OFF') !== 'OFF') {
      throw bad('Execution logs are not supported on protocolType HTTP')
    }
  } else if (settings.DataTraceEnabled === true || (settings.LoggingLevel ?? 'OFF') !== 'OFF') {
    throw notModelled('execution logs of WebSocket APIs in apigatewayv2:CreateStage')
  }
  const { ThrottlingBurstLimit: burst, ThrottlingRateLimit: rate } = settings
  if ((burst ?? 0) < 0 || (rate ?? 0) < 0) throw bad('Throttling limits must not be negative')
}

const groupArn = /^arn:aws[\w-]*:logs:[^:]*:\d{12}:log-group:[^:*]+(?::\*)?$/

/** Permissions to deliver logs are the caller's. Source: developer guide, "Configure logging for HTTP APIs". */
function checkLogs(ctx: Context, { AccessLogSettings }: Partial<Stage>): void {
  if (AccessLogSettings === undefined) return
  const { DestinationArn, Format } = AccessLogSettings
  if (DestinationArn === undefined && Format === undefined) return
  if (DestinationArn === undefined || Format === undefined) {
    throw bad('AccessLogSettings requires both DestinationArn and Format')
  }
  if (DestinationArn.includes(':firehose:')) {
    throw notModelled('access logs to Firehose in apigatewayv2:CreateStage')
  }
  if (!groupArn.test(DestinationArn))
    throw bad(
      `Invalid ARN specified in the request. ARNs must start with 'arn:' : ${DestinationArn}`,
    )
  if (!/\$context\.(?:requestId|extendedRequestId)\b/.test(Format)) {
    throw bad(
      'Access Log format must contain either $context.requestId or $context.extendedRequestId',
    )
  }
  if (/[\r\n]/.test(Format.replace(/\n$/, ''))) throw bad('Access log format must be single line')
  ctx.authorize('logs:CreateLogDelivery', '*')
}

export const getStage = operation(GetStage, {
  authorize: (input, ctx) => judged('GET', pathOf(input), ctx),
  provenance: 'modelled',
  run: (ctx, { ApiId, StageName }) => shown(theStage(ctx, ApiId, StageName)),
})

export const getStages = operation(GetStages, {
  authorize: ({ ApiId }, ctx) => judged('GET', `/apis/${ApiId}/stages`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ...paging }) {
    theApi(ctx, ApiId)
    const { items, nextToken } = page(ctx, stages, [ApiId], paging)
    return { Items: items.map(shown), ...given({ NextToken: nextToken }) }
  },
})

export const updateStage = operation(UpdateStage, {
  authorize: (input, ctx) => judged('PATCH', pathOf(input), ctx),
  provenance: 'modelled',
  async run(ctx, { ApiId, StageName, ...changes }) {
    const changed = changedStage(ctx, { ApiId, StageName, ...changes })
    await allowDelivery(ctx, changes.AccessLogSettings?.DestinationArn)
    return shown(changed)
  },
})

function changedStage(
  ctx: Context,
  { ApiId, StageName, ...changes }: UpdateStageRequest,
): StageRecord {
  const api = theApi(ctx, ApiId)
  const before = theStage(ctx, ApiId, StageName)
  const deploys = changes.AutoDeploy ?? before.AutoDeploy === true
  if (deploys && changes.DeploymentId !== undefined) {
    throw bad('Deployment ID cannot be set for stage with autodeploy')
  }
  checkStage(ctx, api, changes)
  if (before.AutoDeploy === true && !deploys) fixDeployment(ctx, before)
  const changed: StageRecord = {
    ...before,
    ...merged(before, changes),
    LastUpdatedDate: ctx.now(),
  }
  if (deploys && before.AutoDeploy !== true) return deployStage(ctx, changed)
  return stages.put(ctx, changed)
}

/** Settings and variables are changed one by one, the rest as a whole. */
function merged(before: StageRecord, changes: Partial<Stage>): Partial<Stage> {
  const { StageVariables, RouteSettings: settings, DefaultRouteSettings } = changes
  const variables = Object.entries({ ...before.StageVariables, ...StageVariables })
  return given({
    ...changes,
    StageVariables:
      StageVariables === undefined
        ? undefined
        : Object.fromEntries(variables.filter(([, value]) => value !== '')),
    RouteSettings: settings === undefined ? undefined : { ...before.RouteSettings, ...settings },
    DefaultRouteSettings:
      DefaultRouteSettings === undefined
        ? undefined
        : { ...before.DefaultRouteSettings, ...given(DefaultRouteSettings) },
  })
}

export const deleteStage = operation(DeleteStage, {
  authorize: (input, ctx) => judged('DELETE', pathOf(input), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, StageName }) {
    theStage(ctx, ApiId, StageName)
    for (const mapping of apiMappings.where(ctx, 'api', ApiId)) {
      if (mapping.stage !== StageName) continue
      throw conflict(
        'Deleting stage failed, because it is referenced by an API mapping of a custom domain name',
      )
    }
    stages.delete(ctx, orderedKey(ApiId, StageName))
    for (const { AuthorizerId } of partsOf(ctx, authorizers, ApiId)) {
      const prefix = orderedKey(ApiId, AuthorizerId, StageName, '')
      for (const { key } of [...authorizerAnswers.scan(ctx, { prefix })]) {
        authorizerAnswers.delete(ctx, key)
      }
    }
    return {}
  },
})

export const deleteAccessLogSettings = operation(DeleteAccessLogSettings, {
  authorize: (input, ctx) => judged('DELETE', `${pathOf(input)}/accesslogsettings`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, StageName }) {
    const { AccessLogSettings: _, ...stage } = theStage(ctx, ApiId, StageName)
    stages.put(ctx, { ...stage, LastUpdatedDate: ctx.now() })
    return {}
  },
})

export const deleteRouteSettings = operation(DeleteRouteSettings, {
  authorize: (input, ctx) =>
    judged('DELETE', `${pathOf(input)}/routesettings/${input.RouteKey}`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, StageName, RouteKey }) {
    const stage = theStage(ctx, ApiId, StageName)
    const { [RouteKey]: gone, ...RouteSettings } = stage.RouteSettings ?? {}
    if (gone === undefined) throw partNotFound('RouteSettings', RouteKey)
    stages.put(ctx, { ...stage, RouteSettings, LastUpdatedDate: ctx.now() })
    return {}
  },
})

function pathOf({ ApiId, StageName }: { ApiId: string; StageName: string }): string {
  return `/apis/${ApiId}/stages/${StageName}`
}
