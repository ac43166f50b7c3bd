import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import { Publish } from '@cloud-orrery/models/sns'
import type { Context } from '../../context.ts'
import { notModelledCode } from '../../shared/not-modelled.ts'
import { resolveDynamicReferences } from '../apply/dynamic-references.ts'
import { type Operation, type Step, stepKey, steps } from '../apply/operation.ts'
import { DeployerContext, deployerOf, physicalName } from '../apply/resource-context.ts'
import { currentResource, failNow, type WorkOutcome } from '../apply/work.ts'
import { type JsonObject, scalarText, stringified } from '../engine/json.ts'
import { customTimeoutSecondsMax } from '../limits.ts'
import { answerUrl } from '../outside/response-url.ts'
import { resources, type Stack } from '../state.ts'
import { askedBy, type CustomRequest, customRequests } from './state.ts'

/** What is asked, before it has its id and its URL. */
interface Question {
  readonly kind: CustomRequest['kind']
  readonly type: string
  readonly physicalId: string
  readonly properties: JsonObject
  readonly old?: JsonObject
}

/** Sends a request for a custom resource, as the deployer; its step waits for the answer. */
export async function workOnCustomResource(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
): Promise<WorkOutcome> {
  try {
    const question = await questionOf(ctx, step, stack)
    if (typeof question === 'string') {
      failNow(ctx, operation, step, question)
      return { kind: 'failed' }
    }
    return await ask(ctx, operation, step, stack, question)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const now = steps.get(ctx, stepKey(step.stackId, step.id))
    if (now?.status !== 'begun') return { kind: 'overtaken' }
    forget(ctx, operation, step)
    const { properties } = step.target ?? currentResource(ctx, step)
    failNow(ctx, operation, now, sendFailure(error, properties, ctx.ids.uuid()))
    return { kind: 'failed' }
  }
}

/** What a step asks of the provider. A text: why it can not be asked. */
async function questionOf(ctx: Context, step: Step, stack: Stack): Promise<Question | string> {
  const { target, before } = step
  if (target !== undefined) {
    const { type, physicalId } = target
    const properties = await shown(ctx, stack, target.properties)
    return { kind: 'Delete', type, physicalId, properties }
  }
  const now = currentResource(ctx, step)
  const { type } = now
  if (step.did === 'created' || before === undefined) {
    const properties = await shown(ctx, stack, now.properties)
    const physicalId = physicalName(stack.name, step.logicalId, ctx.ids.alphanumeric(12), 255)
    return { kind: 'Create', type, physicalId, properties }
  }
  const restoring = step.work === 'restore'
  const wanted = restoring ? before.properties : now.properties
  const previous = restoring ? (step.attempted ?? now.properties) : before.properties
  // Source: CloudFormation User Guide, AWS::CloudFormation::CustomResource, `ServiceToken`: no updates.
  if (!restoring && wanted['ServiceToken'] !== previous['ServiceToken']) {
    return 'Modifying service token is not allowed.'
  }
  return {
    kind: 'Update',
    type,
    physicalId: now.physicalId,
    properties: await shown(ctx, stack, wanted),
    old: await shown(ctx, stack, previous),
  }
}

/** Properties as providers get them: every value a string. */
async function shown(ctx: Context, stack: Stack, properties: JsonObject): Promise<JsonObject> {
  const resolved = await resolveDynamicReferences(ctx, stack, properties)
  return stringified(resolved) as JsonObject // An object stays one.
}

async function ask(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
  question: Question,
): Promise<WorkOutcome> {
  const { kind, type, physicalId, properties, old } = question
  const serviceToken = scalarText(properties['ServiceToken']) ?? ''
  const limitSeconds = secondsOf(properties)
  if (limitSeconds === undefined) {
    failNow(
      ctx,
      operation,
      step,
      `ServiceTimeout must be between 1 and ${customTimeoutSecondsMax} seconds`,
    )
    return { kind: 'failed' }
  }
  const { stackId, logicalId } = step
  const requestId = ctx.ids.uuid()
  const key = `${stackId}|${logicalId}|${requestId}`
  const event = {
    RequestType: kind,
    ServiceToken: serviceToken,
    ResponseURL: await answerUrl(ctx, 'custom', key),
    StackId: stackId,
    RequestId: requestId,
    LogicalResourceId: logicalId,
    ...(kind === 'Create' ? {} : { PhysicalResourceId: physicalId }),
    ResourceType: type,
    ResourceProperties: properties,
    ...(old === undefined ? {} : { OldResourceProperties: old }),
  }
  const rctx = new DeployerContext(ctx, stack, logicalId, operation.requestToken)
  // Before it is sent: the answer may come while the call is on its way.
  customRequests.put(ctx, {
    requestId,
    stackId,
    operationId: operation.id,
    stepId: step.id,
    askedBy: askedBy(operation, step),
    logicalId,
    kind,
    physicalId,
  })
  const sent = await deliver(rctx, stack, serviceToken, JSON.stringify(event))
  if (!sent) {
    forget(ctx, operation, step)
    failNow(ctx, operation, step, 'Invalid service token.')
    return { kind: 'failed' }
  }
  const now = steps.get(ctx, stepKey(stackId, step.id))
  if (now?.status !== 'begun') return { kind: 'overtaken' }
  // Whoever was asked may have made something, whatever becomes of the answer: it has an id to be deleted by.
  if (kind === 'Create') {
    const resource = currentResource(ctx, step)
    if (resource.physicalId === '') resources.put(ctx, { ...resource, physicalId })
  }
  return { kind: 'outside', limitMs: limitSeconds * 1000 }
}

/** A request that was not sent gets no answer. */
function forget(ctx: Context, operation: Operation, step: Step): void {
  for (const { requestId } of [...customRequests.where(ctx, 'step', askedBy(operation, step))]) {
    customRequests.delete(ctx, requestId)
  }
}

/** Why a step fails whose answer did not come in time. */
export function unansweredReason(ctx: Context, operation: Operation, step: Step): string {
  const request = customRequests.first(ctx, 'step', askedBy(operation, step))
  if (request !== undefined) customRequests.delete(ctx, request.requestId)
  return `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${request?.requestId ?? ''}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`
}

function secondsOf(properties: JsonObject): number | undefined {
  const text = scalarText(properties['ServiceTimeout'])
  if (text === undefined) return customTimeoutSecondsMax
  const seconds = Number(text)
  const fits = Number.isInteger(seconds) && seconds >= 1 && seconds <= customTimeoutSecondsMax
  return fits ? seconds : undefined
}

/** False for a token that names neither a function nor a topic of this region. */
async function deliver(ctx: Context, stack: Stack, token: string, event: string): Promise<boolean> {
  const [, , service, region] = token.split(':')
  if (region !== ctx.region) return false
  const as = deployerOf(stack)
  if (service === 'lambda') {
    const input = {
      FunctionName: token,
      InvocationType: 'Event' as const,
      Payload: Buffer.from(event),
    }
    await ctx.call(Invoke, input, { as })
    return true
  }
  if (service !== 'sns') return false
  const Subject = 'AWS CloudFormation custom resource request'
  await ctx.call(Publish, { TopicArn: token, Subject, Message: event }, { as })
  return true
}

/** The reason of a request that could not be sent: the service's own words. */
function sendFailure(error: AwsError, properties: JsonObject, requestId: string): string {
  if (error.code === notModelledCode) return error.message
  const isTopic = scalarText(properties['ServiceToken'])?.split(':')[2] === 'sns'
  return `${error.message} (Service: ${isTopic ? 'Sns' : 'Lambda'}, Status Code: ${error.status}, Request ID: ${requestId})`
}
