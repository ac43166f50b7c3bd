import type { TestStateInput } from '@cloud-orrery/models/states'
import type { Definition, State } from '../asl/definition.ts'
import { isArray, isObject, type Json, type JsonObject, parsedJson } from '../asl/json.ts'
import { blocksOf } from '../asl/validation/states.ts'
import { definitionDiagnostics, stateDiagnostics } from '../asl/validation.ts'
import { invalid, invalidDefinition } from '../errors.ts'
import { mockRequired } from './errors.ts'

/** What TestState is asked, checked: recorded: stepfunctions, TestState, 2025. */
export interface Tested {
  readonly name: string
  readonly state: State
  /** A machine of that one state. */
  readonly definition: Definition
  readonly input: Json
  readonly variables: JsonObject | undefined
  readonly context: JsonObject | undefined
  readonly mock: Mock | undefined
  /** The very texts of input and mocked result: what goes through unchanged is shown as it came. */
  readonly texts: ReadonlyMap<Json, string>
}

export type Mock =
  | { readonly kind: 'result'; readonly result: Json }
  | { readonly kind: 'error'; readonly error?: string; readonly cause?: string }

/** The name of a state that is tested without its machine. */
const nameless = 'StateName'
const contextFields = new Set(['Execution', 'State', 'StateMachine', 'Task', 'Map'])

export function testedState(input: TestStateInput): Tested {
  const { name, state, language } = stateOf(input)
  const mock = mockOf(input, state)
  const { context, variables } = input
  const given = parsed(input.input ?? '{}', 'Input must be valid JSON')
  const texts = new Map([[given, input.input ?? '{}']])
  if (mock?.kind === 'result') texts.set(mock.result, input.mock?.result ?? '')
  return {
    name,
    state,
    definition: {
      StartAt: name,
      States: { [name]: state },
      ...(language === undefined ? {} : { QueryLanguage: language }),
    },
    input: given,
    texts,
    variables:
      variables === undefined ? undefined : objectOf(variables, 'Variables must be a JSON object'),
    context: context === undefined ? undefined : contextOf(context),
    mock,
  }
}

function parsed(text: string, message: string): Json {
  const value = parsedJson(text)
  if (value === undefined) throw invalid(message)
  return value
}

function objectOf(text: string, message: string): JsonObject {
  const value = parsed(text, message)
  if (!isObject(value)) throw invalid(message)
  return value
}

function contextOf(text: string): JsonObject {
  const context = objectOf(text, 'Invalid Context object provided: it must be a JSON object')
  for (const field of Object.keys(context)) {
    if (contextFields.has(field)) continue
    throw invalid(`Invalid Context object provided: Field '${field}' is not allowed`)
  }
  return context
}

interface Found {
  readonly name: string
  readonly state: State
  readonly language: Definition['QueryLanguage']
}

function stateOf({ definition: text, stateName }: TestStateInput): Found {
  const definition = parsedJson(text)
  const problems =
    stateName === undefined ? stateDiagnostics(text) : definitionDiagnostics(text, 'STANDARD')
  const errors = problems.filter(({ severity }) => severity === 'ERROR')
  if (errors.length > 0 || !isObject(definition)) {
    const reasons = errors.map(({ code, message, location }) =>
      location === undefined ? `${code}: ${message}` : `${code}: ${message} at ${location}`,
    )
    throw invalidDefinition(reasons.join(', '))
  }
  // The diagnostics found the shape of a state, or of a machine, whose language is one of the two.
  const language = definition['QueryLanguage'] as Definition['QueryLanguage']
  if (stateName === undefined) {
    return { name: nameless, state: definition as unknown as State, language }
  }
  const state = stateNamed(definition, stateName)
  if (state === undefined) throw invalid('State not found in definition')
  return { name: stateName, state: state as unknown as State, language } // As above.
}

function stateNamed(definition: JsonObject, wanted: string): JsonObject | undefined {
  const blocks = [definition]
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    const { States } = block
    if (!isObject(States)) continue
    for (const [name, state] of Object.entries(States)) {
      if (!isObject(state)) continue
      if (name === wanted) return state
      blocks.push(...blocksOf(state, '').map((inner) => inner.block))
    }
  }
  return undefined
}

function mockOf({ mock, revealSecrets }: TestStateInput, state: State): Mock | undefined {
  const { Type } = state
  if (mock === undefined) {
    if (Type !== 'Map' && Type !== 'Parallel') return undefined
    throw mockRequired()
  }
  if (revealSecrets === true) {
    throw invalid('TestState does not support RevealSecrets when a mock is specified.')
  }
  if (Type !== 'Task' && Type !== 'Map' && Type !== 'Parallel') {
    throw invalid(`State type '${Type}' is not supported when a mock is specified`)
  }
  if (mock.errorOutput !== undefined) {
    const { error, cause } = mock.errorOutput
    return {
      kind: 'error',
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    }
  }
  const result = parsed(mock.result ?? '', 'Mocked result must be valid JSON')
  const isList = Type === 'Parallel' || (Type === 'Map' && state.ResultWriter === undefined)
  if (isList && !isArray(result)) throw invalid('Mocked result must be an array.')
  return { kind: 'result', result }
}
