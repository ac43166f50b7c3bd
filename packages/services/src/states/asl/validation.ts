import type { Diagnostic } from '../executions/contract.ts'
import { isObject, isTooDeep, type JsonObject, parsedJson, tooDeepProblem } from './json.ts'
import { Findings } from './validation/findings.ts'
import { checkGraph, checkNames } from './validation/graph.ts'
import { checkBlock, checkRoot, checkState } from './validation/states.ts'
import { referencesIn } from './validation/variables.ts'

/**
 * What is wrong with a definition. The words are AWS's where they are recorded or published; the order is: the
 * shape first, then names, then transitions.
 */
export function definitionDiagnostics(text: string, type: 'STANDARD' | 'EXPRESS'): Diagnostic[] {
  const findings = new Findings(type)
  const definition = text.trim() === '' ? undefined : parsedJson(text)
  if (definition === undefined && text.trim() !== '') {
    findings.add('INVALID_JSON_DESCRIPTION', jsonProblem(text))
    return findings.list
  }
  if (!isObject(definition)) {
    findings.add('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object')
    return findings.list
  }
  checkRoot(definition, findings)
  if (findings.list.length > 0) return findings.list
  checkBlock(definition, '', findings, languageOf(definition), 0)
  if (findings.list.some(({ severity }) => severity === 'ERROR')) return findings.list
  checkNames(definition, findings)
  checkGraph(definition, '', findings)
  return findings.list
}

/** What is wrong with one state by itself: TestState takes no machine. */
export function stateDiagnostics(text: string): Diagnostic[] {
  const findings = new Findings('STANDARD')
  const state = parsedJson(text)
  if (isObject(state)) checkState(state, '', findings, languageOf(state), 0)
  else findings.add('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object')
  return findings.list
}

function languageOf(definition: JsonObject): 'JSONPath' | 'JSONata' {
  return definition['QueryLanguage'] === 'JSONata' ? 'JSONata' : 'JSONPath'
}

/** Where the text stops being JSON, as the parser of this runtime says it. Deviation: AWS's parser has words of its own. */
function jsonProblem(text: string): string {
  if (isTooDeep(text)) return tooDeepProblem
  try {
    JSON.parse(text)
    return 'Invalid JSON'
  } catch (error) {
    return error instanceof SyntaxError ? error.message : 'Invalid JSON'
  }
}

/** Variables that each state reads, sorted: `DescribeStateMachine` gives them. States that read none are left out. */
export function variableReferences(text: string): Record<string, string[]> {
  const definition = parsedJson(text)
  return isObject(definition) ? referencesIn(definition) : {}
}
