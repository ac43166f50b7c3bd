import { PutParameter, type PutParameterRequest } from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { type Authorization, operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { callerArn } from '../caller-arn.ts'
import { invalid } from '../errors.ts'
import { tagContext, tagsOf } from '../tag-lists.ts'
import { matchesPattern } from './allowed-pattern.ts'
import { announceChange } from './change-events.ts'
import {
  limitExceeded,
  noDowngrade,
  oldestVersionLabelled,
  parameterExists,
  patternMismatch,
  valueTooLong,
} from './errors.ts'
import { parametersMax, valueBytesMax, versionsMax } from './limits.ts'
import { checkNewName, judged, parameterArn, theNumbered } from './names.ts'
import { parsePolicies, renewed, schedulePolicies } from './policies.ts'
import { defaultKeyId, sealed } from './secure-strings.ts'
import {
  type ParameterPolicy,
  type ParameterRecord,
  type ParameterVersion,
  parameterCounts,
  parameters,
  parameterVersions,
  type Tier,
  versionKey,
} from './state.ts'

export const putParameter = operation(PutParameter, {
  authorize({ Name, Tags = [], Overwrite = false, Policies }, ctx) {
    const { resource, context } = judged(ctx, Name)
    const put: Authorization = {
      resource,
      context: {
        ...context,
        ...tagContext(Tags),
        'ssm:Overwrite': String(Overwrite),
        ...(Policies === undefined ? {} : { 'ssm:Policies': Policies }),
      },
    }
    if (Tags.length === 0) return put
    return [put, { action: 'ssm:AddTagsToResource', resource, context: tagContext(Tags) }]
  },
  provenance: 'recorded',
  run(ctx, input) {
    const { Name, Value, KeyId = defaultKeyId } = input
    const { type, tier } = checked(ctx, input)
    if (type !== 'SecureString') return put(ctx, input, Value)
    const sealing = sealed(ctx, { arn: parameterArn(ctx, Name), keyId: KeyId, tier, value: Value })
    return sealing.then((value) => put(ctx, input, value))
  },
})

interface Checked {
  readonly before: ParameterRecord | undefined
  readonly previous: ParameterVersion | undefined
  readonly type: ParameterVersion['type']
  readonly tier: Tier
  readonly policies: readonly ParameterPolicy[]
}

/** All that may refuse a request before anything is written. */
function checked(ctx: Context, input: PutParameterRequest): Checked {
  const { Name, Overwrite = false } = input
  checkNewName(ctx, Name)
  refuseUnbuilt(input)
  checkTogether(input)
  const before = parameters.get(ctx, Name)
  if (before !== undefined && !Overwrite) throw parameterExists()
  const previous = before && theNumbered(ctx, before, before.version)
  const type = typeOf(input, previous)
  if (input.KeyId !== undefined && type !== 'SecureString') throw keyWithoutSecret()
  const policies =
    input.Policies === undefined ? renewed(before?.policies ?? []) : parsePolicies(input.Policies)
  const tier = tierOf(ctx, input, before, policies)
  checkValue(input, input.AllowedPattern ?? previous?.allowedPattern)
  return { before, previous, type, tier, policies }
}

/** Writes the new version. Of a SecureString `value` is encrypted; meanwhile others may have called. */
function put(ctx: Context, input: PutParameterRequest, value: string) {
  const { Name, Tags = [] } = input
  const { before, previous, type, tier, policies } = checked(ctx, input)
  const version = (before?.version ?? 0) + 1
  makeRoom(ctx, Name, version)
  countTier(ctx, tier, before?.tier)
  const description = input.Description ?? previous?.description
  const allowedPattern = input.AllowedPattern ?? previous?.allowedPattern
  const record: ParameterVersion = parameterVersions.put(ctx, {
    name: Name,
    version,
    type,
    value,
    ...(type === 'SecureString' ? { keyId: input.KeyId ?? defaultKeyId } : {}),
    dataType: 'text',
    tier,
    ...(description === undefined ? {} : { description }),
    ...(allowedPattern === undefined ? {} : { allowedPattern }),
    policies,
    labels: [],
    lastModifiedAtMs: ctx.now(),
    lastModifiedUser: callerArn(ctx),
  })
  const parameter = parameters.put(ctx, {
    ...(before ?? {
      name: Name,
      arn: parameterArn(ctx, Name),
      createdAtMs: ctx.now(),
      tags: tagsOf(ctx, Tags),
      taskIds: [],
    }),
    version,
    tier,
    policies,
  })
  parameters.update(ctx, Name, { taskIds: schedulePolicies(ctx, parameter) })
  announceChange(ctx, before === undefined ? 'Create' : 'Update', parameter, record)
  return { Version: version, Tier: tier }
}

function typeOf(
  { Type }: PutParameterRequest,
  previous: ParameterVersion | undefined,
): ParameterVersion['type'] {
  if (Type === 'String') return 'String'
  if (Type === 'StringList') return 'StringList'
  if (Type === 'SecureString') return 'SecureString'
  if (previous !== undefined) return previous.type
  throw invalid('A parameter type is required when you create a parameter.')
}

function refuseUnbuilt({ DataType = 'text' }: PutParameterRequest): void {
  if (DataType === 'aws:ec2:image' || DataType === 'aws:ssm:integration') {
    throw notModelled(`DataType ${DataType} of ssm:PutParameter`)
  }
  if (DataType !== 'text') {
    throw invalid(
      `The following data type is not supported: ${DataType} (Data type names are all lowercase.)`,
    )
  }
}

function checkTogether({ Tags = [], Overwrite = false, Value }: PutParameterRequest): void {
  if (Value === '') {
    throw invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    )
  }
  if (Tags.length > 0 && Overwrite) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    )
  }
}

function keyWithoutSecret() {
  return invalid('KeyId is required for SecureString type parameter only.')
}

function checkValue({ Value }: PutParameterRequest, allowedPattern: string | undefined): void {
  if (/\{\{.*\}\}/s.test(Value)) {
    throw invalid(`Parameter value can't nest another parameter. Do not use "{{}}" in the value.`)
  }
  if (allowedPattern === undefined || allowedPattern === '') return
  if (!matchesPattern(allowedPattern, Value)) throw patternMismatch(allowedPattern)
}

/** The tier that a parameter gets: as asked, or as what it holds demands. Source: PutParameter, `Tier`. */
function tierOf(
  ctx: Context,
  { Tier, Value }: PutParameterRequest,
  before: ParameterRecord | undefined,
  policies: readonly ParameterPolicy[],
): Tier {
  const bytes = Buffer.byteLength(Value)
  const demanding =
    policies.length > 0 ||
    bytes > valueBytesMax.Standard ||
    (before === undefined && isFull(ctx, 'Standard'))
  if (before?.tier === 'Advanced' && Tier === 'Standard') throw noDowngrade()
  const tier =
    Tier === 'Advanced' ||
    before?.tier === 'Advanced' ||
    (Tier === 'Intelligent-Tiering' && demanding)
      ? 'Advanced'
      : 'Standard'
  if (bytes > valueBytesMax[tier]) throw valueTooLong(tier)
  if (tier === 'Standard' && policies.length > 0) {
    throw invalid('Parameter policies are only supported for parameters in the advanced tier.')
  }
  return tier
}

function isFull(ctx: Context, tier: Tier): boolean {
  return (parameterCounts.get(ctx, tier)?.count ?? 0) >= parametersMax[tier]
}

function countTier(ctx: Context, tier: Tier, before: Tier | undefined): void {
  if (tier === before) return
  if (isFull(ctx, tier)) throw limitExceeded()
  parameterCounts.put(ctx, { tier, count: (parameterCounts.get(ctx, tier)?.count ?? 0) + 1 })
  if (before === undefined) return
  parameterCounts.put(ctx, {
    tier: before,
    count: (parameterCounts.get(ctx, before)?.count ?? 1) - 1,
  })
}

/** The hundred and first version takes the place of the oldest, unless that has a label. */
function makeRoom(ctx: Context, name: string, version: number): void {
  const key = versionKey(name, version - versionsMax)
  const oldest = version > versionsMax ? parameterVersions.get(ctx, key) : undefined
  if (oldest === undefined) return
  if (oldest.labels.length > 0) throw oldestVersionLabelled(name, oldest.version)
  parameterVersions.delete(ctx, key)
}
