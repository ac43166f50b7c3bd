import { compileConditions } from './condition.ts'
import { ContextReader } from './context.ts'
import type { PolicyDocument, Statement } from './document.ts'
import type { RequestContext } from './request.ts'
import { toList } from './statement.ts'
import { parseTemplate, variableKeys } from './variable.ts'

/**
 * The condition keys that a document asks for, in conditions and in variables: each once, spelled
 * as first written, in order of appearance. What GetContextKeysForCustomPolicy answers.
 */
export function usedContextKeys(document: PolicyDocument): readonly string[] {
  const variablesEnabled = document.Version === '2012-10-17'
  const bySpelling = new Map<string, string>()
  for (const statement of toList(document.Statement)) {
    for (const key of statementKeys(statement, variablesEnabled)) {
      const lower = key.toLowerCase()
      if (!bySpelling.has(lower)) bySpelling.set(lower, key)
    }
  }
  return [...bySpelling.values()]
}

function statementKeys(statement: Statement, variablesEnabled: boolean): readonly string[] {
  const resources = [...toList(statement.Resource), ...toList(statement.NotResource)]
  const inResources = resources.flatMap((text) =>
    variableKeys(parseTemplate(text, variablesEnabled)),
  )
  const inConditions = compileConditions(statement.Condition, variablesEnabled).flatMap(
    ({ key, values }) => [key, ...values.flatMap(({ template }) => variableKeys(template))],
  )
  return [...inResources, ...inConditions]
}

/**
 * The keys that the policies ask for and the request does not have: what simulation calls
 * MissingContextValues.
 */
export function missingContextKeys(
  documents: readonly PolicyDocument[],
  context: RequestContext,
): readonly string[] {
  const reader = new ContextReader({ context })
  const lacking = documents
    .flatMap((document) => usedContextKeys(document))
    .filter((key) => reader.values(key) === undefined)
  return [...new Map(lacking.map((key) => [key.toLowerCase(), key])).values()]
}
