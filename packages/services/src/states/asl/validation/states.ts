import { isArray, isObject, type Json, type JsonObject } from '../json.ts'
import { expressionOf } from '../jsonata.ts'
import { shownResource, taskResource } from '../task-resource.ts'
import { timestampMs } from '../timestamps.ts'
import { checkExpressions } from './expressions.ts'
import { fieldsOf, jsonataFields, jsonPathFields, requiredOf, stateTypes } from './fields.ts'
import type { Findings } from './findings.ts'
import { checkPath, checkTemplate } from './paths.ts'
import { checkChoices } from './rules.ts'

type Language = 'JSONPath' | 'JSONata'
type StateType = (typeof stateTypes)[number]

/** Deepest nesting of Parallel and Map states. Ours: AWS answers TOO_DEEPLY_NESTED and tells no figure. */
const depthMax = 64

const rootFields = new Set([
  'Comment',
  'Version',
  'StartAt',
  'States',
  'TimeoutSeconds',
  'QueryLanguage',
])

export function checkRoot(definition: JsonObject, findings: Findings): void {
  required(definition, ['StartAt', 'States'], '/', findings)
  for (const name of Object.keys(definition)) {
    if (!rootFields.has(name)) findings.schema(`Field '${name}' is not supported`, '/')
  }
  const { QueryLanguage, TimeoutSeconds } = definition
  if (QueryLanguage !== undefined) checkLanguage(QueryLanguage, '/QueryLanguage', findings)
  if (TimeoutSeconds !== undefined) checkPositive(TimeoutSeconds, '/TimeoutSeconds', findings)
}

function required(
  object: JsonObject,
  names: readonly string[],
  location: string,
  findings: Findings,
): void {
  const missing = names.filter((name) => object[name] === undefined)
  if (missing.length === 0) return
  findings.schema(`These fields are required: [${missing.join(', ')}]`, location)
}

function checkLanguage(value: Json, location: string, findings: Findings): void {
  if (value === 'JSONPath' || value === 'JSONata') return
  findings.schema(
    "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]",
    location,
  )
}

function checkPositive(value: Json, location: string, findings: Findings): void {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return
  if (typeof value === 'string' && expressionOf(value) !== undefined) return
  findings.schema('Expected value of type Integer greater than 0', location)
}

/** The states of a machine, a branch or a processor. `at`: where the block is, empty for the machine. */
export function checkBlock(
  block: JsonObject,
  at: string,
  findings: Findings,
  language: Language,
  depth: number,
): void {
  if (depth > depthMax) {
    findings.add('TOO_DEEPLY_NESTED', 'The states are too deeply nested', at)
    return
  }
  const { StartAt, States } = block
  if (typeof StartAt !== 'string') {
    findings.schema('Expected value of type String', `${at}/StartAt`)
    return
  }
  if (!isObject(States) || Object.keys(States).length === 0) {
    findings.schema("The field 'States' must be an object with at least one state", `${at}/States`)
    return
  }
  for (const [name, state] of Object.entries(States)) {
    const where = `${at}/States/${name}`
    if (isObject(state)) checkState(state, where, findings, language, depth)
    else findings.schema('Expected value of type Object', where)
  }
}

export function checkState(
  state: JsonObject,
  at: string,
  findings: Findings,
  machineLanguage: Language,
  depth: number,
): void {
  const type = stateTypes.find((one) => one === state['Type'])
  if (type === undefined) {
    const values = stateTypes.join(', ')
    findings.schema(
      state['Type'] === undefined
        ? 'These fields are required: [Type]'
        : `The field 'Type' should have one of these values: [${values}]`,
      state['Type'] === undefined ? at : `${at}/Type`,
    )
    return
  }
  const own = state['QueryLanguage']
  if (own !== undefined) checkLanguage(own, `${at}/QueryLanguage`, findings)
  if (own === 'JSONPath' && machineLanguage === 'JSONata') {
    findings.schema(
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
      at,
    )
    return
  }
  const language = own === 'JSONata' ? 'JSONata' : machineLanguage
  checkFields(state, type, language, at, findings)
  checkTransition(state, type, at, findings)
  if (language === 'JSONata') checkExpressions(state, at, findings)
  else checkJsonPaths(state, at, findings)
  checkKind(state, type, at, findings, language)
  for (const { block, where } of blocksOf(state, at)) {
    checkBlock(block, where, findings, machineLanguage, depth + 1)
  }
}

function checkFields(
  state: JsonObject,
  type: StateType,
  language: Language,
  at: string,
  findings: Findings,
): void {
  for (const name of Object.keys(state)) {
    if (!fieldsOf[type].has(name)) findings.schema(`Field '${name}' is not supported`, at)
    else if (language === 'JSONPath' && jsonataFields.has(name)) {
      findings.schema(otherLanguage('JSONPath', name, 'JSONata'), at)
    } else if (language === 'JSONata' && jsonPathFields.has(name)) {
      findings.schema(otherLanguage('JSONata', name, 'JSONPath'), at)
    }
  }
  required(state, requiredOf[type] ?? [], at, findings)
}

function otherLanguage(is: Language, field: string, only: Language): string {
  return `The QueryLanguage is set to '${is}', but field '${field}' is only supported for the '${only}' QueryLanguage`
}

function checkTransition(state: JsonObject, type: StateType, at: string, findings: Findings): void {
  if (type === 'Choice' || type === 'Succeed' || type === 'Fail') return
  const { Next, End } = state
  if (Next !== undefined && typeof Next !== 'string') {
    findings.schema('Expected value of type String', `${at}/Next`)
  }
  if (Next === undefined && End !== true) findings.schema('These fields are required: [Next]', at)
  if (Next !== undefined && End === true) {
    findings.schema('Only one of these fields is allowed: [Next, End]', at)
  }
}

const pathFields = ['InputPath', 'OutputPath', 'ItemsPath', 'SecondsPath', 'TimestampPath'] as const

function checkJsonPaths(state: JsonObject, at: string, findings: Findings): void {
  for (const name of pathFields) {
    const path = state[name]
    if (path !== undefined && path !== null) checkPath(path, `${at}/${name}`, findings)
  }
  for (const name of ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign', 'Credentials']) {
    const template = state[name]
    if (template !== undefined) checkTemplate(template, `${at}/${name}`, findings)
  }
}

function checkKind(
  state: JsonObject,
  type: StateType,
  at: string,
  findings: Findings,
  language: Language,
): void {
  if (type === 'Task') checkTask(state, at, findings)
  if (type === 'Choice') checkChoices(state, at, findings, language)
  if (type === 'Wait') checkWait(state, at, findings, language)
  if (type === 'Map') checkMap(state, at, findings)
  if (type === 'Fail') {
    for (const name of ['Error', 'Cause']) {
      if (state[name] === undefined || state[`${name}Path`] === undefined) continue
      findings.schema(`Only one of these fields is allowed: [${name}, ${name}Path]`, at)
    }
  }
  checkFailing(state, at, findings)
}

function checkTask(state: JsonObject, at: string, findings: Findings): void {
  const { Resource, Credentials } = state
  if (typeof Resource === 'string') checkResource(Resource, `${at}/Resource`, findings)
  else if (Resource !== undefined) {
    findings.schema('Expected value of type String', `${at}/Resource`)
  }
  for (const name of ['TimeoutSeconds', 'HeartbeatSeconds']) {
    const value = state[name]
    if (value !== undefined) checkPositive(value, `${at}/${name}`, findings)
    if (value !== undefined && state[`${name}Path`] !== undefined) {
      findings.schema(`Only one of these fields is allowed: [${name}, ${name}Path]`, at)
    }
  }
  if (!isObject(Credentials)) return
  if (Credentials['RoleArn'] === undefined && Credentials['RoleArn.$'] === undefined) {
    findings.schema("The field 'RoleArn' is required but was missing", `${at}/Credentials`)
  }
}

/** Actions of optimised integrations. Source: Developer Guide, "Integrating optimized services". */
const optimised: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['getItem', 'putItem', 'deleteItem', 'updateItem'],
  lambda: ['invoke'],
  sns: ['publish'],
  sqs: ['sendMessage'],
  events: ['putEvents'],
  states: ['startExecution'],
  http: ['invoke'],
  apigateway: ['invoke'],
}

function checkResource(arn: string, at: string, findings: Findings): void {
  const resource = taskResource(arn)
  const known =
    resource?.kind !== 'service' || optimised[resource.service]?.includes(resource.action) !== false
  if (resource === undefined || !known) {
    findings.schema(
      `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
      at,
    )
    return
  }
  if (findings.type !== 'EXPRESS') return
  if (resource.kind === 'activity') {
    findings.schema('Express state machine does not support Activity ARN', at)
  } else if (resource.kind === 'service' && resource.pattern === 'waitForTaskToken') {
    // AWS's own two spaces.
    const suffix = shownResource(resource).slice(resource.action.length)
    findings.schema(`Express state machine does not support '${suffix}' service integration `, at)
  } else if (resource.kind === 'service' && resource.pattern !== 'requestResponse') {
    findings.schema("Express state machine does not support '.sync' service integration", at)
  }
}

function checkWait(state: JsonObject, at: string, findings: Findings, language: Language): void {
  const ways = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath']
  const given = ways.filter((name) => state[name] !== undefined)
  if (given.length !== 1) {
    findings.schema(`Exactly one of these fields is required: [${ways.join(', ')}]`, at)
  }
  const { Seconds, Timestamp } = state
  if (typeof Timestamp === 'string') {
    const isExpression = language === 'JSONata' && expressionOf(Timestamp) !== undefined
    if (!isExpression && timestampMs(Timestamp) === undefined) {
      findings.schema('String does not match RFC3339 timestamp', `${at}/Timestamp`)
    }
  }
  if (typeof Seconds === 'number' && (!Number.isInteger(Seconds) || Seconds < 0)) {
    findings.schema('Expected value of type Integer not less than 0', `${at}/Seconds`)
  }
}

const labelLengthMax = 40

function checkMap(state: JsonObject, at: string, findings: Findings): void {
  const { ItemProcessor, Iterator, Label } = state
  if (ItemProcessor === undefined && Iterator === undefined) {
    findings.schema('These fields are required: [ItemProcessor]', at)
  }
  const processor = ItemProcessor ?? Iterator
  const name = ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor'
  if (isObject(processor) && processor['QueryLanguage'] !== undefined) {
    findings.schema("Field 'QueryLanguage' is not supported", `${at}/${name}`)
  }
  if (findings.type === 'EXPRESS' && isObject(processor)) {
    const config = processor['ProcessorConfig']
    if (isObject(config) && config['Mode'] === 'DISTRIBUTED') {
      findings.schema('Express state machine does not support Distributed Map', at)
    }
  }
  if (typeof Label !== 'string') return
  if (Label.length === 0 || Label.length > labelLengthMax) {
    findings.add('INVALID_LABEL_NAME', `Label must have 1 to ${labelLengthMax} characters`, at)
  } else if (/[\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]/u.test(Label)) {
    findings.add('INVALID_LABEL_NAME', 'Label contains invalid characters', at)
  }
}

function checkFailing(state: JsonObject, at: string, findings: Findings): void {
  for (const name of ['Retry', 'Catch']) {
    const list = state[name]
    if (list === undefined) continue
    if (!isArray(list)) {
      findings.schema('Expected value of type Array', `${at}/${name}`)
      continue
    }
    for (const [index, item] of list.entries()) {
      const where = `${at}/${name}[${index}]`
      if (!isObject(item)) findings.schema('Expected value of type Object', where)
      else checkHandler(item, name === 'Catch', index === list.length - 1, where, findings)
    }
  }
}

function checkHandler(
  handler: JsonObject,
  isCatch: boolean,
  isLast: boolean,
  at: string,
  findings: Findings,
): void {
  required(handler, isCatch ? ['ErrorEquals', 'Next'] : ['ErrorEquals'], at, findings)
  const names = handler['ErrorEquals']
  if (names === undefined) return
  if (!isArray(names) || names.length === 0) {
    findings.schema(
      "The field 'ErrorEquals' must be an array with at least one item",
      `${at}/ErrorEquals`,
    )
    return
  }
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    findings.schema(
      names.length > 1
        ? "'States.ALL' can only appear alone"
        : "'States.ALL' can only appear in the last element",
      `${at}/ErrorEquals`,
    )
  }
}

/** Blocks of states within a state, with where they are. */
export function blocksOf(
  state: JsonObject,
  at: string,
): { readonly block: JsonObject; readonly where: string }[] {
  const { Branches, ItemProcessor, Iterator } = state
  const branches = isArray(Branches) ? Branches : []
  return [
    ...branches.map((block, index) => ({ block, where: `${at}/Branches[${index}]` })),
    { block: ItemProcessor, where: `${at}/ItemProcessor` },
    { block: Iterator, where: `${at}/Iterator` },
  ].flatMap(({ block, where }) => (isObject(block) ? [{ block, where }] : []))
}
