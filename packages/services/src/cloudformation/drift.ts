import { orderedKey, table } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import {
  DescribeStackDriftDetectionStatus,
  DescribeStackResourceDrifts,
  DetectStackDrift,
  DetectStackResourceDrift,
  type StackResourceDrift,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation, task } from '../define.ts'
import { livingResources } from './apply/plan.ts'
import { DeployerContext } from './apply/resource-context.ts'
import { page } from './describe-stacks.ts'
import {
  differences,
  type PropertyDifference,
  shownValue,
  withoutStackTags,
} from './engine/drift.ts'
import { isObject, type JsonObject } from './engine/json.ts'
import { typedProperties } from './engine/property-validation.ts'
import { schemaOf } from './engine/resource-types.ts'
import { resourceMissing, stackMissing, validationError } from './errors.ts'
import { driftDurationMs } from './limits.ts'
import { aboutStack, stackOrThrow } from './stack-lookup.ts'
import { resourceKey, resources, type Stack, type StackResource, stacks } from './state.ts'

/** One run of drift detection over a stack. */
interface Detection {
  readonly id: string
  readonly stackId: string
  readonly status: 'DETECTION_IN_PROGRESS' | 'DETECTION_COMPLETE' | 'DETECTION_FAILED'
  readonly stackStatus?: 'DRIFTED' | 'IN_SYNC'
  readonly reason?: string
  readonly driftedCount: number
  readonly atMs: number
}

/** What the last look at a resource found. */
export interface Drift {
  readonly stackId: string
  readonly logicalId: string
  readonly physicalId: string
  readonly type: string
  readonly status: 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'NOT_CHECKED'
  readonly expected?: JsonObject
  readonly actual?: JsonObject
  readonly differences: readonly PropertyDifference[]
  readonly atMs: number
}

export const detections = table<Detection>('cloudformation.detections', {
  key: (detection) => detection.id,
  partition: 'region',
})

export const drifts = table<Drift, 'stack'>('cloudformation.drifts', {
  key: (drift) => orderedKey(drift.stackId, drift.logicalId),
  partition: 'region',
  indexes: { stack: (drift) => drift.stackId },
})

const checkable = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_FAILED',
])

export const detectStackDrift = operation(DetectStackDrift, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'modelled',
  run(ctx, { StackName, LogicalResourceIds }) {
    const stack = stackOrThrow(ctx, StackName, stackMissing)
    checkCheckable(stack)
    const id = ctx.ids.uuid()
    const { stackId } = stack
    const names =
      LogicalResourceIds ?? livingResources(ctx, stackId).map(({ logicalId }) => logicalId)
    for (const name of names) {
      if (!resources.has(ctx, resourceKey(stackId, name))) throw resourceMissing(name, StackName)
    }
    const detection = detections.put(ctx, {
      id,
      stackId,
      status: 'DETECTION_IN_PROGRESS',
      driftedCount: -1,
      atMs: ctx.now(),
    })
    announce(ctx, detection)
    const caller = ctx.caller
    ctx.after(driftDurationMs * Math.max(1, names.length), detect, { id, names, caller })
    return { StackDriftDetectionId: id }
  },
})

function checkCheckable({ stackId, status }: Stack): void {
  if (!checkable.has(status)) {
    throw validationError(
      `Drift detection cannot be performed on stack [${stackId}] in its current state [${status}]`,
    )
  }
}

/** Source: user guide, "Drift Detection Status Change event detail". */
function announce(ctx: Context, detection: Detection): void {
  ctx.emit({
    source: 'aws.cloudformation',
    detailType: 'CloudFormation Drift Detection Status Change',
    resources: [detection.stackId],
    detail: {
      'stack-id': detection.stackId,
      'stack-drift-detection-id': detection.id,
      'status-details': {
        'stack-drift-status': detection.stackStatus ?? 'UNKNOWN',
        'detection-status': detection.status,
      },
      'drift-detection-details': { 'drifted-stack-resource-count': detection.driftedCount },
      'client-request-token': '',
    },
  })
}

/** Looks at every resource that was asked for, as whoever asked. */
export const detect = task<{ id: string; names: readonly string[]; caller: Stack['caller'] }>(
  'cloudformation.detectDrift',
  {
    async run(ctx, { id, names, caller }) {
      const detection = detections.get(ctx, id)
      const stack = detection && stacks.get(ctx, detection.stackId)
      if (detection === undefined || stack === undefined) return
      const failed: string[] = []
      for (const name of names) {
        const resource = resources.get(ctx, resourceKey(stack.stackId, name))
        if (resource === undefined) continue
        try {
          await look(ctx, stack, resource, caller)
        } catch (error) {
          if (!(error instanceof AwsError)) throw error
          failed.push(name)
        }
      }
      const found = [...drifts.where(ctx, 'stack', stack.stackId)]
      const drifted = found.filter(({ status }) => status === 'MODIFIED' || status === 'DELETED')
      const stackStatus = drifted.length > 0 ? 'DRIFTED' : 'IN_SYNC'
      const done = detections.put(ctx, {
        ...detection,
        status: failed.length > 0 ? 'DETECTION_FAILED' : 'DETECTION_COMPLETE',
        stackStatus,
        driftedCount: drifted.length,
        ...(failed.length === 0
          ? {}
          : { reason: `Failed to detect drift on resource [${failed.join(', ')}]` }),
      })
      stacks.update(ctx, stack.stackId, {
        driftStatus: stackStatus,
        driftCheckedAtMs: detection.atMs,
      })
      announce(ctx, done)
    },
  },
)

async function look(
  ctx: Context,
  stack: Stack,
  resource: StackResource,
  caller: Stack['caller'],
): Promise<Drift> {
  const handler = await ctx.resourceHandler(resource.type)
  const { roleArn: _, ...asCaller } = stack
  const rctx = new DeployerContext(ctx, { ...asCaller, caller }, resource.logicalId, ctx.ids.uuid())
  const schema = schemaOf(resource.type)
  const expected =
    schema === undefined ? resource.properties : typedProperties(schema, resource.properties)
  const read = handler?.read
  const actual =
    read === undefined ? undefined : await read(rctx, resource.state ?? {}, resource.properties)
  const common = {
    stackId: stack.stackId,
    logicalId: resource.logicalId,
    physicalId: resource.physicalId,
    type: resource.type,
    atMs: ctx.now(),
  }
  if (read === undefined) return keep(ctx, { ...common, status: 'NOT_CHECKED', differences: [] })
  if (actual === undefined) {
    return keep(ctx, { ...common, status: 'DELETED', expected, differences: [] })
  }
  const shown = onlyExpected(expected, actual, rctx.stackTags)
  const found = differences(expected, shown)
  return keep(ctx, {
    ...common,
    status: found.length > 0 ? 'MODIFIED' : 'IN_SYNC',
    expected,
    actual: shown,
    differences: found,
  })
}

/** Recorded: properties that the template does not set are not shown. */
function onlyExpected(
  expected: JsonObject,
  actual: object,
  stackTags: Readonly<Record<string, string>>,
): JsonObject {
  const plain: unknown = JSON.parse(JSON.stringify(actual))
  const all = isObject(plain) ? plain : {}
  return Object.fromEntries(
    Object.entries(expected).flatMap(([name, wanted]) => {
      const value = all[name]
      if (value === undefined) return []
      return [[name, name === 'Tags' ? withoutStackTags(wanted, value, stackTags) : value]]
    }),
  )
}

function keep(ctx: Context, drift: Drift): Drift {
  const key = resourceKey(drift.stackId, drift.logicalId)
  resources.update(ctx, key, { driftStatus: drift.status, driftCheckedAtMs: drift.atMs })
  return drifts.put(ctx, drift)
}

export const detectStackResourceDrift = operation(DetectStackResourceDrift, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'modelled',
  async run(ctx, { StackName, LogicalResourceId }) {
    const stack = stackOrThrow(ctx, StackName, stackMissing)
    checkCheckable(stack)
    const resource = resources.get(ctx, resourceKey(stack.stackId, LogicalResourceId))
    if (resource === undefined) throw resourceMissing(LogicalResourceId, StackName)
    const drift = await look(ctx, stack, resource, ctx.caller)
    return { StackResourceDrift: driftView(drift) }
  },
})

/** As the API shows it. */
export function driftView(drift: Drift): StackResourceDrift {
  return {
    StackId: drift.stackId,
    LogicalResourceId: drift.logicalId,
    PhysicalResourceId: drift.physicalId,
    ResourceType: drift.type,
    ...(drift.expected === undefined ? {} : { ExpectedProperties: JSON.stringify(drift.expected) }),
    ...(drift.actual === undefined ? {} : { ActualProperties: JSON.stringify(drift.actual) }),
    PropertyDifferences: drift.differences.map(({ path, expected, actual, type }) => ({
      PropertyPath: path,
      ExpectedValue: shownValue(expected),
      ActualValue: shownValue(actual),
      DifferenceType: type,
    })),
    StackResourceDriftStatus: drift.status,
    Timestamp: drift.atMs,
  }
}

export const describeStackDriftDetectionStatus = operation(DescribeStackDriftDetectionStatus, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { StackDriftDetectionId }) {
    const detection = detections.get(ctx, StackDriftDetectionId)
    if (detection === undefined) {
      throw validationError(`Drift detection id ${StackDriftDetectionId} does not exist`)
    }
    const { stackId, status, stackStatus, reason, driftedCount, atMs } = detection
    return {
      StackId: stackId,
      StackDriftDetectionId,
      ...(stackStatus === undefined ? {} : { StackDriftStatus: stackStatus }),
      DetectionStatus: status,
      ...(reason === undefined ? {} : { DetectionStatusReason: reason }),
      ...(driftedCount < 0 ? {} : { DriftedStackResourceCount: driftedCount }),
      Timestamp: atMs,
    }
  },
})

export const describeStackResourceDrifts = operation(DescribeStackResourceDrifts, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'modelled',
  run(ctx, { StackName, StackResourceDriftStatusFilters, NextToken, MaxResults }) {
    const stack = stackOrThrow(ctx, StackName, stackMissing)
    const wanted = StackResourceDriftStatusFilters?.map(String)
    const all = [...drifts.where(ctx, 'stack', stack.stackId)].filter(
      ({ status }) => status !== 'NOT_CHECKED' && (wanted === undefined || wanted.includes(status)),
    )
    const request = ['DescribeStackResourceDrifts', stack.stackId, wanted]
    const { rows, next } = page(all, NextToken, request, MaxResults)
    return { StackResourceDrifts: rows.map(driftView), ...next }
  },
})
