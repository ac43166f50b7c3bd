import type { InputTransformer, Target } from '@cloud-orrery/models/events'
import { JsonProblem, JsonTokens } from '../shared/json-tokens.ts'
import {
  type BusEvent,
  eventJson,
  eventJsonWithoutDetail,
  eventTime,
  eventValue,
} from './envelope.ts'
import { invalid, undeliverable } from './errors.ts'
import { parsePath, valueAt } from './json-path.ts'

/** The rule on whose behalf an event goes out: two reserved variables name it. */
export interface RuleFacts {
  readonly arn: string
  readonly name: string
}

const reservedVariables: Readonly<Record<string, (event: BusEvent, rule: RuleFacts) => string>> = {
  'aws.events.rule-arn': (_event, rule) => JSON.stringify(rule.arn),
  'aws.events.rule-name': (_event, rule) => JSON.stringify(rule.name),
  'aws.events.event.ingestion-time': (event) => JSON.stringify(eventTime(event.ingestedAtMs)),
  'aws.events.event': (event) => eventJsonWithoutDetail(event),
  'aws.events.event.json': (event) => eventJson(event),
}

/** A map, as templates choose the names that are looked up: `<constructor>` is no variable. */
const reserved = new Map(Object.entries(reservedVariables))

const placeholder = /<([A-Za-z0-9_.-]+)>/y

/** What a target gets: the event, a part of it, a fixed text, or a template filled from it. */
export function inputOf(target: Target, event: BusEvent, rule: RuleFacts): string {
  if (target.Input !== undefined) return target.Input
  if (target.InputTransformer !== undefined)
    return transformed(target.InputTransformer, event, rule)
  if (target.InputPath === undefined || target.InputPath === '$') return eventJson(event)
  if (target.InputPath === '$.detail') return event.detail
  const value = valueAt(eventValue(event), target.InputPath)
  // Deviation: AWS does not say what becomes of a path that finds nothing; here nothing is delivered.
  if (value === undefined) {
    throw undeliverable('INVALID_JSON', `InputPath ${target.InputPath} finds nothing in the event.`)
  }
  return JSON.stringify(value)
}

function pathOf(paths: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(paths, name) ? paths[name] : undefined
}

function transformed(
  { InputPathsMap = {}, InputTemplate }: InputTransformer,
  event: BusEvent,
  rule: RuleFacts,
): string {
  const value = eventValue(event)
  const isJson = /^\s*[{[]/.test(InputTemplate)
  const filled = fill(InputTemplate, (name, quoted) => {
    const own = pathOf(InputPathsMap, name)
    if (own !== undefined) return shown(valueAt(value, own), quoted, isJson)
    const known = reserved.get(name)?.(event, rule)
    // The whole event is put in as it is, even between quotes. Source: User Guide, "Reserved variables".
    if (known === undefined || !quoted || name.startsWith('aws.events.event.json')) return known
    return shown(JSON.parse(known), quoted, isJson)
  })
  try {
    readAll(filled)
  } catch (error) {
    if (error instanceof JsonProblem) throw undeliverable('INVALID_JSON', error.message)
    throw error
  }
  return filled
}

/**
 * A value in a template. Between the quotes of a text, lists and objects lose their own quotes; between the
 * quotes of a JSON template they keep them, so that the whole is no JSON any more and is not delivered.
 * Recorded: events, input transformer.
 */
function shown(value: unknown, quoted: boolean, isJson: boolean): string {
  if (value === undefined) return quoted ? '' : '""'
  const json = JSON.stringify(value)
  if (!quoted) return json
  if (typeof value === 'string') return json.slice(1, -1)
  return isJson ? json : json.replaceAll('"', '')
}

/** Replaces the placeholders of a template; `quoted` says whether one stands inside a string. */
function fill(
  template: string,
  replacement: (name: string, quoted: boolean) => string | undefined,
): string {
  let text = ''
  let quoted = false
  for (let at = 0; at < template.length; ) {
    placeholder.lastIndex = at
    const found = placeholder.exec(template)
    const value = found === null ? undefined : replacement(found[1] ?? '', quoted)
    if (found !== null && value !== undefined) {
      text += value
      at += found[0].length
      continue
    }
    const char = template.charAt(at)
    if (char === '"') quoted = !quoted
    const skipped = quoted && char === '\\' ? template.charAt(at + 1) : ''
    text += char + skipped
    at += 1 + skipped.length
  }
  return text
}

/** One or more JSON values, one after the other. */
function readAll(text: string): void {
  const tokens = new JsonTokens(text)
  for (let kind = tokens.next(); kind !== 'end'; kind = tokens.next()) tokens.text()
}

/** Refuses what AWS refuses when a target is put. */
export function checkInput(target: Target): void {
  const { Id, Input, InputPath, InputTransformer: transformer } = target
  const given = [Input, InputPath, transformer].filter((one) => one !== undefined).length
  if (given > 1) {
    throw invalid(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`,
    )
  }
  if (Input !== undefined && !isJson(Input)) {
    // Nothing at all, or more than one value: every token of it can be read.
    const problem = problemOf(Input) ?? `[Source: (String)"${Input}"; line: 1, column: 0]`
    throw invalid(`JSON syntax error in input for target ${Id} : ${problem}`)
  }
  if (InputPath !== undefined && InputPath !== '' && parsePath(InputPath) === undefined) {
    throw invalid(`Invalid InputPath for target ${Id}.`)
  }
  if (transformer !== undefined) checkTransformer(Id, transformer)
}

function checkTransformer(
  id: string,
  { InputPathsMap = {}, InputTemplate }: InputTransformer,
): void {
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (/^aws/i.test(name))
      throw invalid(`InputPathsMap for target ${id} contains invalid key ${name}.`)
    if (parsePath(path) === undefined) throw invalid(`Invalid InputPath for target ${id}.`)
  }
  const sample = fill(InputTemplate, (name, quoted) => {
    if (pathOf(InputPathsMap, name) === undefined && !reserved.has(name)) {
      throw invalid(`InputTemplate for target ${id} contains invalid placeholder ${name}.`)
    }
    return quoted ? '' : 'null'
  })
  const problem = problemOf(sample)
  if (problem !== undefined) throw invalid(`Invalid InputTemplate for target ${id} : ${problem}`)
}

function problemOf(text: string): string | undefined {
  try {
    readAll(text)
    return undefined
  } catch (error) {
    if (error instanceof JsonProblem) return error.message.slice(error.message.indexOf('[Source'))
    throw error
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}
