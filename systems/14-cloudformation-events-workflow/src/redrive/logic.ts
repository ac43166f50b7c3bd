/** What EventBridge left in a dead-letter queue, and what it would have sent: pure functions. */

/** The message attributes that EventBridge adds. Source: EventBridge User Guide, "Using dead-letter queues". */
export interface DeadLetter {
  /** The event, as it came. */
  readonly event: Readonly<Record<string, unknown>>
  readonly ruleArn: string
  readonly targetArn: string
  readonly errorCode: string
}

export interface Transformer {
  readonly InputPathsMap?: Readonly<Record<string, string>> | undefined
  readonly InputTemplate: string | undefined
}

export function readDeadLetter(
  body: string | undefined,
  attributes: Readonly<Record<string, { StringValue?: string | undefined }>> | undefined,
): DeadLetter {
  const attribute = (name: string): string => attributes?.[name]?.StringValue ?? ''
  return {
    // EventBridge puts the event itself, an object.
    event: JSON.parse(body ?? '{}') as Record<string, unknown>,
    ruleArn: attribute('RULE_ARN'),
    targetArn: attribute('TARGET_ARN'),
    errorCode: attribute('ERROR_CODE'),
  }
}

/**
 * What Lambda leaves of an asynchronous invocation that failed each time: the event, and the function by its
 * name. Undefined for letters of other kinds. Source: Lambda developer guide, "Capturing records of asynchronous
 * invocations".
 */
export function readFailedInvocation(
  body: string | undefined,
): { functionArn: string; event: unknown } | undefined {
  const { requestContext, requestPayload } = JSON.parse(body ?? '{}') as {
    requestContext?: { functionArn?: string }
    requestPayload?: unknown
  }
  const functionArn = requestContext?.functionArn
  if (functionArn === undefined) return undefined
  return { functionArn: functionArn.split(':').slice(0, 7).join(':'), event: requestPayload }
}

/** `rule/name` or `rule/bus/name` at the end of a rule's ARN. */
export function ruleOf(ruleArn: string): { Name: string; EventBusName?: string } {
  const [, first = '', second] = ruleArn.split(':').slice(5).join(':').split('/')
  return second === undefined ? { Name: first } : { EventBusName: first, Name: second }
}

/**
 * Fills a template as EventBridge does: a placeholder between quotes gives its text, one outside gives JSON.
 * Source: EventBridge User Guide, "Transforming input".
 */
export function transform(event: DeadLetter['event'], transformer: Transformer): string {
  const paths = transformer.InputPathsMap ?? {}
  let quoted = false
  let out = ''
  const template = transformer.InputTemplate ?? ''
  for (const piece of template.split(/(\\.|"|<[^<>\s]+>)/)) {
    if (piece === '"') quoted = !quoted
    const path = piece.startsWith('<') ? paths[piece.slice(1, -1)] : undefined
    if (path === undefined) {
      out += piece
      continue
    }
    const json = JSON.stringify(at(event, path) ?? '')
    out += quoted ? json.replace(/^"|"$/g, '') : json
  }
  return out
}

export interface OpsItemInput {
  readonly title: string
  readonly description: string
  readonly category?: string
  readonly severity?: string
  readonly source: string
  readonly operationalData: Record<string, { Value: string; Type: 'SearchableString' | 'String' }>
}

interface TargetInput extends Omit<OpsItemInput, 'operationalData'> {
  readonly operationalData?: Record<string, { value: string; type?: 'SearchableString' | 'String' }>
}

/** What a rule sends to OpsCenter, as its API wants it: members of operational data in capitals. */
export function readOpsItem(input: string): OpsItemInput {
  const { operationalData = {}, ...item } = JSON.parse(input) as TargetInput // Made by `lib/inputs.ts`.
  return {
    ...item,
    operationalData: Object.fromEntries(
      Object.entries(operationalData).map(([name, { value, type = 'String' }]) => [
        name,
        { Value: value, Type: type },
      ]),
    ),
  }
}

/** A JSON path of plain members, such as `$.detail.stack-id`. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (part, name) =>
        typeof part === 'object' && part !== null
          ? (part as Record<string, unknown>)[name] // An object has string keys.
          : undefined,
      value,
    )
}
