import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/**
 * Answers recorded from AWS, used as facts: a test makes its own requests in the order of the recorded test
 * and compares each answer with the recorded one. Ids, dates and ARNs are placeholders in the recordings
 * (`<resource:1>`); a placeholder stands for the same text wherever it occurs in one comparison's bindings.
 */

const folder =
  process.env['ORRERY_DATA'] ??
  fileURLToPath(new URL('../../../../../shared/data', import.meta.url))

/** False where the recordings are absent; then pass it to `test.skipIf(!recordingsPresent)`. */
export const recordingsPresent = existsSync(join(folder, 'recorded'))

export type Recorded = Record<string, unknown>

const files = new Map<string, Record<string, { 'recorded-content': Recorded }>>()

/**
 * The recorded content of one test. `file`: below `recorded/services`, without `.snapshot.json`
 * (`sqs/test_sqs`); `name`: the end of its key (`TestSqsProvider::test_fifo_message_group[sqs]`), or all of it
 * where two keys end alike.
 */
export function recording(file: string, name: string): Recorded {
  let content = files.get(file)
  if (content === undefined) {
    const path = join(folder, 'recorded/services', `${file}.snapshot.json`)
    content = JSON.parse(readFileSync(path, 'utf8')) as Record<
      string,
      { 'recorded-content': Recorded }
    >
    files.set(file, content)
  }
  const keys = Object.keys(content).filter((key) => key.endsWith(`::${name}`) || key === name)
  const [key] = keys
  if (key === undefined || keys.length > 1)
    throw new Error(`${keys.length} recordings end with ${name}`)
  note(file, key)
  return content[key]?.['recorded-content'] ?? {}
}

/**
 * Writes down that a test asked for a recording, where ORRERY_RECORDINGS_ASKED names a file: one JSON line
 * each. tools/coverage counts them for the page of recordings; nothing happens in an ordinary run.
 */
function note(file: string, key: string): void {
  const path = process.env['ORRERY_RECORDINGS_ASKED']
  if (path === undefined) return
  const { testPath } = expect.getState()
  appendFileSync(path, `${JSON.stringify({ file, key, testPath })}\n`)
}

/** An SDK call's answer or error in the form in which recordings keep them. */
export async function asRecorded(call: Promise<object>): Promise<Recorded> {
  try {
    const { $metadata, ...output } = (await call) as { $metadata?: { httpStatusCode?: number } }
    return { ...(plain(output) as Recorded), ResponseMetadata: metadata($metadata?.httpStatusCode) }
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error
    const { name, message, Code, Type, $metadata, $fault, $response, ...fields } =
      error as Error & {
        Code?: string
        Type?: string
        $metadata: { httpStatusCode?: number }
        $fault?: unknown
        $response?: unknown
      }
    return {
      Error: { Code: Code ?? name, Message: message, ...(Type === undefined ? {} : { Type }) },
      ...(plain(withoutNoise(fields)) as Recorded),
      ResponseMetadata: metadata($metadata.httpStatusCode),
    }
  }
}

function withoutNoise(fields: Record<string, unknown>): Record<string, unknown> {
  const { stack, $retryable, RequestId, HostId, __type, Error: inner, xmlns, ...rest } = fields
  void [stack, $retryable, RequestId, HostId, __type, inner, xmlns]
  return rest
}

function metadata(status: number | undefined): Recorded {
  return { HTTPHeaders: {}, HTTPStatusCode: status }
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, plain(member)]),
  )
}

/** Placeholders and what they stood for; keep one object for a whole recorded test. */
export type Bindings = Map<string, string>

/**
 * Compares an answer with a recorded one: all members, both ways. `ignore` names members by path
 * (`ResponseMetadata.HTTPHeaders`), each with a reason in the test.
 */
export function expectRecorded(
  actual: unknown,
  recorded: unknown,
  bindings: Bindings = new Map(),
  ignore: readonly string[] = [],
): void {
  const differences: string[] = []
  compare(actual, recorded, '', bindings, new Set(ignore), differences)
  expect(differences).toEqual([])
}

function compare(
  actual: unknown,
  recorded: unknown,
  path: string,
  bindings: Bindings,
  ignore: ReadonlySet<string>,
  differences: string[],
): void {
  if (ignore.has(path)) return
  const differ = () =>
    differences.push(`${path}: answered ${show(actual)}, recorded ${show(recorded)}`)
  if (typeof recorded === 'string') {
    if (!matchesText(actual, recorded, bindings)) differ()
  } else if (Array.isArray(recorded)) {
    if (!Array.isArray(actual) || actual.length !== recorded.length) differ()
    else
      for (const [i, item] of recorded.entries())
        compare(actual[i], item, `${path}[${i}]`, bindings, ignore, differences)
  } else if (typeof recorded === 'object' && recorded !== null) {
    compareObject(actual, recorded as Recorded, path, bindings, ignore, differences)
  } else if (actual !== recorded) differ()
}

function compareObject(
  actual: unknown,
  recorded: Recorded,
  path: string,
  bindings: Bindings,
  ignore: ReadonlySet<string>,
  differences: string[],
): void {
  const value = typeof actual === 'string' ? parsed(actual) : actual
  if (typeof value !== 'object' || value === null) {
    differences.push(`${path}: answered ${show(actual)}, recorded ${show(recorded)}`)
    return
  }
  const object = value as Recorded
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(object)])) {
    const at = path === '' ? key : `${path}.${key}`
    if (ignore.has(at)) continue
    if (!(key in recorded)) differences.push(`${at}: answered ${show(object[key])}, not recorded`)
    else if (!(key in object))
      differences.push(`${at}: not answered, recorded ${show(recorded[key])}`)
    else compare(object[key], recorded[key], at, bindings, ignore, differences)
  }
}

/** Recordings show JSON documents in strings as objects. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function matchesText(actual: unknown, recorded: string, bindings: Bindings): boolean {
  if (recorded === 'datetime' || recorded === 'timestamp' || recorded === '<datetime>') {
    return actual instanceof Date || typeof actual === 'number' || typeof actual === 'string'
  }
  const pieces = recorded.split(/(<[a-zA-Z][^<>]*>)/)
  if (pieces.length === 1) return actual === recorded
  const text = actual instanceof Date ? actual.toISOString() : String(actual)
  const groups: string[] = []
  const pattern = pieces
    .map((piece, i) => {
      if (i % 2 === 0) return RegExp.escape(piece)
      const bound = bindings.get(piece)
      if (bound !== undefined) return RegExp.escape(bound)
      const earlier = groups.indexOf(piece)
      if (earlier !== -1) return `\\${earlier + 1}`
      groups.push(piece)
      return '([\\s\\S]*?)'
    })
    .join('')
  const match = new RegExp(`^${pattern}$`).exec(text)
  if (match === null) return false
  for (const [i, name] of groups.entries()) bindings.set(name, match[i + 1] ?? '')
  return true
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
