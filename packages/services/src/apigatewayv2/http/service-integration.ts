import { AwsError, loadServiceModel, operationModelOf } from '@cloud-orrery/models'
import { encodeError, encodeOutput, type HttpResponse } from '@cloud-orrery/protocols'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { integrationSubtypes, type ServiceCall } from '../integration-subtypes.ts'
import { executeArn } from '../names.ts'
import type { IntegrationRecord } from '../state.ts'
import { internalError, message } from './answers.ts'
import type { ApiCall } from './api-call.ts'
import { callerFor } from './lambda-integration.ts'
import { expressionValue } from './parameter-mapping.ts'

/** Calls an AWS service with what the request brought, and answers as the service does. */
export async function serviceAnswer(
  call: ApiCall,
  integration: IntegrationRecord,
): Promise<HttpOperationOutput> {
  const { ctx, notes, served, stage } = call
  const service = integrationSubtypes[integration.IntegrationSubtype ?? '']?.call
  if (service === undefined) return internalError()
  const { Region: region, ...parameters } = parametersOf(call, integration)
  const input = inputOf(service, parameters)
  if (input === undefined) return message(400, 'Bad Request')
  const source = executeArn(ctx, served.api.ApiId, `${stage.StageName}/${call.request.method}`)
  try {
    const output = await ctx.call(service.operation, input, {
      ...callerFor(ctx, integration.CredentialsArn, source),
      ...(region === undefined ? {} : { region }),
    })
    const answer = encoded(service, output, call.requestId)
    notes.integrationStatus = answer.status
    return passed(answer)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    notes.integrationStatus = error.status
    notes.integrationError = error.message
    return passed(refused(service, error, call.requestId))
  }
}

/** A request that lacks what a parameter asks for says nothing of it. */
function parametersOf(call: ApiCall, { RequestParameters }: IntegrationRecord) {
  const parameters: Record<string, string> = {}
  for (const [name, expression] of Object.entries(RequestParameters ?? {})) {
    const value = expressionValue(call, expression)
    if (value !== '') parameters[name] = value
  }
  return parameters
}

function inputOf(
  { input }: ServiceCall,
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> | undefined {
  try {
    return input(parameters)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // A structure that is no JSON.
    throw error
  }
}

function encoded(service: ServiceCall, output: unknown, requestId: string): HttpResponse {
  const { operation, protocol } = service
  const model = loadServiceModel(operation.service)
  const resolved = { protocol, operation: operationModelOf(operation), labels: {} }
  return encodeOutput(model, resolved, output, requestId)
}

function refused(service: ServiceCall, error: AwsError, requestId: string): HttpResponse {
  const { operation, protocol } = service
  const model = loadServiceModel(operation.service)
  const facts = { requestId, resource: '/', method: 'POST' }
  return encodeError(model, protocol, operationModelOf(operation), error, facts)
}

function passed({ status, headers, body }: HttpResponse): HttpOperationOutput {
  if (!(body instanceof Uint8Array)) return { status, headers, body }
  return { status, headers: { ...headers, 'content-length': String(body.byteLength) }, body }
}
