import {
  ExportApi,
  ImportApi,
  type ImportApiRequest,
  ReimportApi,
} from '@cloud-orrery/models/apigatewayv2'
import { stringify } from 'yaml'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { dropContents, newApi } from '../apis.ts'
import { checkIssuer, newAuthorizer } from '../authorizers.ts'
import { configurationOf, deployChange } from '../deployments.ts'
import { bad } from '../errors.ts'
import { servedBy } from '../http/served-api.ts'
import { newIntegration } from '../integrations.ts'
import { given, theApi, theStage } from '../lookup.ts'
import { judged } from '../names.ts'
import { newRoute } from '../routes.ts'
import { type ApiRecord, apis } from '../state.ts'
import { type Definition, definitionOf } from './definition.ts'
import { readDocument } from './document.ts'
import { exportedDocument } from './exported-document.ts'

export const importApi = operation(ImportApi, {
  authorize: (_, ctx) => judged('PUT', '/apis', ctx),
  provenance: 'modelled',
  async run(ctx, input) {
    const definition = await read(ctx, input)
    const { name, description, version, cors, tags, disableExecuteApiEndpoint } = definition
    const api = newApi(ctx, {
      ...given({
        Description: description,
        Version: version,
        CorsConfiguration: cors,
        DisableExecuteApiEndpoint: disableExecuteApiEndpoint,
      }),
      Name: name,
      ProtocolType: 'HTTP',
      Tags: tags,
    })
    return fill(ctx, api, definition)
  },
})

export const reimportApi = operation(ReimportApi, {
  authorize: ({ ApiId }, ctx) => judged('PUT', `/apis/${ApiId}`, ctx),
  provenance: 'modelled',
  async run(ctx, { ApiId, ...input }) {
    const definition = await read(ctx, input)
    const { CorsConfiguration: _, Description: __, Version: ___, ...api } = theApi(ctx, ApiId)
    if (api.ProtocolType !== 'HTTP') throw bad('Only HTTP APIs can be imported')
    dropContents(ctx, ApiId)
    const { name, description, version, cors, tags, disableExecuteApiEndpoint } = definition
    const changed: ApiRecord = {
      ...api,
      ...given({
        Description: description,
        Version: version,
        CorsConfiguration: cors,
        DisableExecuteApiEndpoint: disableExecuteApiEndpoint,
      }),
      Name: name,
      Tags: { ...api.Tags, ...tags },
    }
    const filled = fill(ctx, apis.put(ctx, changed), definition)
    deployChange(ctx, ApiId)
    return filled
  },
})

/** Reads a definition and asks the issuers that it names who they are, before anything is changed. */
async function read(
  ctx: Context,
  { Body, Basepath = 'ignore', FailOnWarnings }: ImportApiRequest,
): Promise<Definition> {
  const definition = definitionOf(readDocument(Body), Basepath.toLowerCase())
  const { warnings } = definition
  if (FailOnWarnings === true && warnings.length > 0) {
    throw bad(`Warnings found during import:\n\t${warnings.join('\n\t')}`)
  }
  for (const authorizer of definition.authorizers) await checkIssuer(ctx, authorizer)
  return definition
}

function fill(ctx: Context, api: ApiRecord, definition: Definition): ApiRecord {
  const ids = new Map<string, string>()
  for (const authorizer of definition.authorizers) {
    ids.set(authorizer.Name, newAuthorizer(ctx, api, authorizer).AuthorizerId)
  }
  for (const { route, integration, authorizer } of definition.routes) {
    const made = integration === undefined ? undefined : newIntegration(ctx, api, integration)
    newRoute(ctx, api, {
      ...route,
      ...given({
        AuthorizerId: authorizer === undefined ? undefined : ids.get(authorizer),
        Target: made === undefined ? undefined : `integrations/${made.IntegrationId}`,
      }),
    })
  }
  const { warnings } = definition
  return warnings.length === 0 ? api : apis.put(ctx, { ...api, Warnings: warnings })
}

export const exportApi = operation(ExportApi, {
  authorize: ({ ApiId, Specification }, ctx) =>
    judged('GET', `/apis/${ApiId}/exports/${Specification}`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, Specification, OutputType, StageName, ExportVersion, IncludeExtensions }) {
    const api = theApi(ctx, ApiId)
    if (api.ProtocolType !== 'HTTP') throw bad('Only HTTP APIs can be exported')
    if (Specification !== 'OAS30') throw bad('Invalid specification. Must be one of [OAS30]')
    if (ExportVersion !== undefined && ExportVersion !== '1.0') {
      throw bad('Invalid export version. Must be one of [1.0]')
    }
    if (OutputType !== 'JSON' && OutputType !== 'YAML') {
      throw bad('Invalid output type. Must be one of [JSON, YAML]')
    }
    const stage = StageName === undefined ? undefined : theStage(ctx, ApiId, StageName)
    const configuration =
      stage === undefined
        ? configurationOf(ctx, api)
        : (servedBy(ctx, stage)?.configuration ?? configurationOf(ctx, api))
    const document = exportedDocument(configuration, StageName, IncludeExtensions ?? true)
    const text = OutputType === 'JSON' ? JSON.stringify(document, null, 2) : stringify(document)
    return { body: Buffer.from(text) }
  },
})
