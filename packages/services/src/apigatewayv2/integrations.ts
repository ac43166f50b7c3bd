import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateIntegration,
  DeleteIntegration,
  GetIntegration,
  GetIntegrations,
  type Integration,
  UpdateIntegration,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { passRole } from '../shared/apis/pass-role.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { dropParts } from './apis.ts'
import { deployChange } from './deployments.ts'
import { bad, conflict } from './errors.ts'
import { checkRequestMapping, checkResponseMapping } from './http/parameter-mapping.ts'
import { integrationSubtypes } from './integration-subtypes.ts'
import { httpTimeoutMsMax, integrationsMax, webSocketTimeoutMsMax } from './limits.ts'
import { countOf, given, page, partsOf, shown, theApi, theIntegration } from './lookup.ts'
import { judged, newPartId } from './names.ts'
import {
  type ApiRecord,
  type IntegrationRecord,
  integrationResponses,
  integrations,
  routes,
} from './state.ts'

export const createIntegration = operation(CreateIntegration, {
  authorize: ({ ApiId }, ctx) => judged('POST', `/apis/${ApiId}/integrations`, ctx),
  provenance: 'modelled',
  async run(ctx, { ApiId, ...input }) {
    const api = theApi(ctx, ApiId)
    const integration = newIntegration(ctx, api, input)
    deployChange(ctx, ApiId)
    return shown(integration)
  },
})

/** Makes an integration, checked. Throws AWS's refusals. */
export function newIntegration(
  ctx: Context,
  api: ApiRecord,
  input: Integration,
): IntegrationRecord {
  if (countOf(ctx, integrations, api.ApiId) >= integrationsMax) {
    throw bad('Maximum number of integrations for this API has been reached.')
  }
  const integration: IntegrationRecord = {
    ConnectionType: 'INTERNET',
    ...(api.ProtocolType === 'HTTP'
      ? { PayloadFormatVersion: '1.0', TimeoutInMillis: httpTimeoutMsMax }
      : {
          IntegrationResponseSelectionExpression: `\${integration.response.statuscode}`,
          PassthroughBehavior: 'WHEN_NO_MATCH',
          PayloadFormatVersion: '1.0',
          TimeoutInMillis: webSocketTimeoutMsMax,
        }),
    ...given(input),
    ApiId: api.ApiId,
    IntegrationId: newPartId(ctx),
  }
  const checked = checkIntegration(ctx, api, integration)
  return integrations.put(ctx, checked)
}

const functionUri = /^arn:aws:lambda:|^arn:aws:apigateway:[a-z0-9-]+:lambda:path\//

function checkIntegration(
  ctx: Context,
  api: ApiRecord,
  integration: IntegrationRecord,
): IntegrationRecord {
  const { IntegrationType: type, ConnectionType, CredentialsArn } = integration
  if (ConnectionType === 'VPC_LINK') {
    throw notModelled('integrations through VPC links of apigatewayv2:CreateIntegration')
  }
  if (integration.TlsConfig !== undefined) {
    throw notModelled('the parameter TlsConfig of apigatewayv2:CreateIntegration')
  }
  const isHttp = api.ProtocolType === 'HTTP'
  const types = isHttp
    ? ['AWS_PROXY', 'HTTP_PROXY']
    : ['AWS', 'AWS_PROXY', 'HTTP', 'HTTP_PROXY', 'MOCK']
  if (!types.includes(type ?? '')) {
    throw bad(
      `Invalid integration type specified. ${api.ProtocolType} APIs support [${types.join(', ')}]`,
    )
  }
  if (type === 'AWS' || type === 'HTTP') {
    throw notModelled(
      `integrations of type ${type}, with templates, of apigatewayv2:CreateIntegration`,
    )
  }
  const timeoutMsMax = isHttp ? httpTimeoutMsMax : webSocketTimeoutMsMax
  const { TimeoutInMillis = timeoutMsMax } = integration
  if (TimeoutInMillis < 50 || TimeoutInMillis > timeoutMsMax) {
    throw bad(`Timeout should be between 50 ms and ${timeoutMsMax} ms`)
  }
  passRole(ctx, CredentialsArn)
  if (isHttp) {
    checkHttpIntegration(integration)
    checkRequestMapping(integration.RequestParameters, integration.IntegrationSubtype)
    checkResponseMapping(integration.ResponseParameters)
  }
  if (!isHttp || type !== 'AWS_PROXY' || integration.IntegrationSubtype !== undefined) {
    return integration
  }
  return { IntegrationMethod: 'POST', ...integration }
}

function checkHttpIntegration(integration: IntegrationRecord): void {
  const { IntegrationType, IntegrationSubtype, IntegrationUri, PayloadFormatVersion } = integration
  if (PayloadFormatVersion !== '1.0' && PayloadFormatVersion !== '2.0') {
    throw bad('Invalid PayloadFormatVersion specified. Must be one of [1.0, 2.0]')
  }
  if (IntegrationSubtype !== undefined) {
    checkSubtype(integration, IntegrationSubtype)
    return
  }
  if (IntegrationUri === undefined) throw bad('IntegrationUri is required')
  if (IntegrationType === 'AWS_PROXY') {
    if (!functionUri.test(IntegrationUri)) {
      throw bad('Invalid function ARN or invalid uri')
    }
    return
  }
  if (PayloadFormatVersion !== '1.0') {
    throw bad('HTTP_PROXY integrations only support PayloadFormatVersion 1.0')
  }
  if (integration.IntegrationMethod === undefined) {
    throw bad('HttpMethod is required for HTTP_PROXY integrations')
  }
  if (!/^https?:\/\/./.test(IntegrationUri)) throw bad('Invalid HTTP endpoint specified for URI')
}

/** Source: developer guide, "Integration subtype reference". */
function checkSubtype(integration: IntegrationRecord, subtype: string): void {
  const known = integrationSubtypes[subtype]
  if (known === undefined) throw bad(`Invalid integration subtype specified: ${subtype}`)
  if (known.call === undefined) {
    throw notModelled(`the integration subtype ${subtype} of apigatewayv2:CreateIntegration`)
  }
  if (integration.IntegrationType !== 'AWS_PROXY') {
    throw bad('IntegrationSubtype is only supported for AWS_PROXY integrations')
  }
  if (integration.CredentialsArn === undefined) {
    throw bad(`A credentialsArn is required for the integration subtype ${subtype}`)
  }
  if (integration.PayloadFormatVersion !== '1.0') {
    throw bad(`The integration subtype ${subtype} only supports PayloadFormatVersion 1.0`)
  }
  const parameters = integration.RequestParameters ?? {}
  for (const name of known.required) {
    if (parameters[name] !== undefined) continue
    throw bad(
      `Required request parameter(s) [${name}] not provided for IntegrationSubtype ${subtype}`,
    )
  }
  const allowed = ['Region', ...known.required, ...known.optional]
  for (const name of Object.keys(parameters)) {
    if (allowed.includes(name)) continue
    throw bad(`Request parameter ${name} is not supported for IntegrationSubtype ${subtype}`)
  }
}

export const getIntegration = operation(GetIntegration, {
  authorize: (input, ctx) => judged('GET', pathOf(input), ctx),
  provenance: 'modelled',
  run: (ctx, { ApiId, IntegrationId }) => shown(theIntegration(ctx, ApiId, IntegrationId)),
})

export const getIntegrations = operation(GetIntegrations, {
  authorize: ({ ApiId }, ctx) => judged('GET', `/apis/${ApiId}/integrations`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ...paging }) {
    theApi(ctx, ApiId)
    const { items, nextToken } = page(ctx, integrations, [ApiId], paging)
    return { Items: items.map(shown), ...given({ NextToken: nextToken }) }
  },
})

export const updateIntegration = operation(UpdateIntegration, {
  authorize: (input, ctx) => judged('PATCH', pathOf(input), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, IntegrationId, ...changes }) {
    const before = theIntegration(ctx, ApiId, IntegrationId)
    const RequestParameters = mergedMapping(before.RequestParameters, changes.RequestParameters)
    const ResponseParameters = mergedResponses(before, changes.ResponseParameters)
    const changed = { ...before, ...given({ ...changes, RequestParameters, ResponseParameters }) }
    const checked = checkIntegration(ctx, theApi(ctx, ApiId), changed)
    integrations.put(ctx, checked)
    deployChange(ctx, ApiId)
    return shown(checked)
  },
})

/** Parameters are changed one by one; an empty value removes one. Source: developer guide, "Transform API requests". */
function mergedMapping(
  before: Readonly<Record<string, string>> | undefined,
  changes: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  if (changes === undefined) return undefined
  const entries = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== '')
  return Object.fromEntries(entries)
}

function mergedResponses(
  { ResponseParameters: before }: IntegrationRecord,
  changes: IntegrationRecord['ResponseParameters'],
): IntegrationRecord['ResponseParameters'] {
  if (changes === undefined) return undefined
  const merged: Record<string, Readonly<Record<string, string>>> = { ...before }
  for (const [status, mapping] of Object.entries(changes)) {
    const kept = mergedMapping(merged[status], mapping) ?? {}
    if (Object.keys(kept).length === 0) delete merged[status]
    else merged[status] = kept
  }
  return merged
}

export const deleteIntegration = operation(DeleteIntegration, {
  authorize: (input, ctx) => judged('DELETE', pathOf(input), ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, IntegrationId }) {
    theIntegration(ctx, ApiId, IntegrationId)
    for (const route of partsOf(ctx, routes, ApiId)) {
      if (route.Target !== `integrations/${IntegrationId}`) continue
      throw conflict(
        `Cannot delete Integration with id ${IntegrationId} because it is being used by one or more Routes`,
      )
    }
    dropParts(ctx, integrationResponses, ApiId, IntegrationId)
    integrations.delete(ctx, orderedKey(ApiId, IntegrationId))
    deployChange(ctx, ApiId)
    return {}
  },
})

function pathOf({ ApiId, IntegrationId }: { ApiId: string; IntegrationId: string }): string {
  return `/apis/${ApiId}/integrations/${IntegrationId}`
}
