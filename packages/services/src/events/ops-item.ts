import type { Target } from '@cloud-orrery/models/events'
import type { CreateOpsItemRequest, OpsItemDataValue } from '@cloud-orrery/models/ssm'
import { type BusEvent, eventTime } from './envelope.ts'
import { undeliverable } from './errors.ts'
import type { RuleFacts } from './input.ts'
import { operationalDataBytesMax, opsItemDescriptionMax } from './limits.ts'

type OperationalData = Record<string, OpsItemDataValue>

/** The OpsItem that a target of kind OpsItem creates, of the event or of what the target makes of it. */
export function opsItemOf(
  target: Target,
  input: string,
  event: BusEvent,
  rule: RuleFacts,
): CreateOpsItemRequest {
  const { Input, InputPath, InputTransformer } = target
  return Input === undefined && InputPath === undefined && InputTransformer === undefined
    ? ofEvent(event, rule)
    : ofTemplate(input, event)
}

/**
 * Deviation: AWS does not document how an OpsItem is filled from an event that no template transforms.
 * Title is the detail type, source the event's, and each part of the event is operational data.
 */
function ofEvent(event: BusEvent, rule: RuleFacts): CreateOpsItemRequest {
  const { id, detailType, source, account, region, detail } = event
  const data: OperationalData = resourceData(event.resources)
  const parts = {
    id,
    'detail-type': detailType,
    source,
    account,
    time: eventTime(event.timeMs),
    region,
    detail,
  }
  for (const [name, Value] of Object.entries(parts)) {
    data[name] = { Type: 'String', Value: cut(Value, operationalDataBytesMax) }
  }
  return {
    Title: cut(detailType, 1024),
    Source: cut(source, 128),
    Description: cut(
      `CloudWatch Event Rule ${rule.name} was triggered. ${detailType} from ${source}: ${detail}`,
      opsItemDescriptionMax,
    ),
    OperationalData: data,
  }
}

/**
 * What a template names as `title`, `description`, `source`, `severity`, `category`, `priority`,
 * `resources`, `operationalData`. Source: EventBridge's own rules for OpsCenter, whose templates do.
 */
function ofTemplate(input: string, event: BusEvent): CreateOpsItemRequest {
  const value: unknown = JSON.parse(input)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw undeliverable(
      'INVALID_PARAMETER',
      'The input of an OpsItem target must be a JSON object.',
    )
  }
  const given = lowered(value)
  const text = (name: string) => {
    const found = given[name]
    return found === undefined || found === null ? undefined : String(found)
  }
  const resources = given['resources'] ?? event.resources
  const priority = text('priority')
  return {
    Title: text('title') ?? event.detailType,
    Source: text('source') ?? event.source,
    Description: text('description') ?? event.detailType,
    ...optional('Severity', text('severity')),
    ...optional('Category', text('category')),
    ...(priority === undefined ? {} : { Priority: Number(priority) }),
    OperationalData: {
      ...resourceData(Array.isArray(resources) ? resources.map(String) : []),
      ...operationalData(given['operationaldata']),
    },
  }
}

function optional<N extends string>(name: N, value: string | undefined) {
  // One member or none, under exactly this name.
  return (value === undefined ? {} : { [name]: value }) as { [K in N]?: string }
}

/** Names as templates spell them: `operationalData`, `OperationalData`. */
function lowered(value: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toLowerCase(), member as unknown]),
  )
}

function operationalData(value: unknown): OperationalData {
  if (typeof value !== 'object' || value === null) return {}
  const data: OperationalData = {}
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null) {
      data[name] = { Type: 'String', Value: String(member) }
      continue
    }
    const { value: inner, type } = lowered(member)
    data[name] = {
      Type: type === 'SearchableString' ? type : 'String',
      Value: typeof inner === 'string' ? inner : JSON.stringify(inner ?? ''),
    }
  }
  return data
}

function resourceData(arns: readonly string[]): OperationalData {
  if (arns.length === 0) return {}
  const Value = JSON.stringify(arns.map((arn) => ({ arn })))
  return { '/aws/resources': { Type: 'SearchableString', Value } }
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : text.slice(0, lengthMax)
}
