import type { CfnRule } from 'aws-cdk-lib/aws-events'
import type { FailureKind } from './failure-kinds.ts'

type InputTransformer = CfnRule.InputTransformerProperty

/**
 * The OpsItem that an event becomes. `/aws/dedup` keeps one item per failed operation while it is open;
 * `/aws/resources` relates the stack. Source: Systems Manager User Guide, "Configure EventBridge rules to
 * create OpsItems".
 */
export function opsItemInput(kind: FailureKind): InputTransformer {
  const facts = factsOf(kind).map(
    (name) => `"${name}":{"value":<${name}>,"type":"SearchableString"}`,
  )
  const dedup = `"/aws/dedup":{"value":"{\\"dedupString\\":\\"${kind.dedup}\\"}","type":"SearchableString"}`
  const resources =
    '"/aws/resources":{"value":"[{\\"arn\\":\\"<stack>\\"}]","type":"SearchableString"}'
  const template = [
    `{"title":"${kind.title}"`,
    `"description":"${kind.description} See operational data for the stack and the reason."`,
    '"category":"Availability"',
    `"severity":"${kind.severity}"`,
    '"source":"CloudFormation"',
    `"operationalData":{${[dedup, resources, ...facts].join(',')}}}`,
  ].join(',')
  return { inputPathsMap: { ...kind.paths }, inputTemplate: template }
}

/** What a person can read, instead of the event's JSON: a line a fact. */
export function mailInput(kind: FailureKind): InputTransformer {
  const facts = factsOf(kind).map((name) => `"${name}: <${name}>"`)
  return {
    inputPathsMap: { ...kind.paths },
    inputTemplate: [`"${kind.title}"`, `"${kind.description}"`, ...facts].join('\n'),
  }
}

/** A request token is there only if the operation was given one: it takes part in the dedup string alone. */
function factsOf({ paths }: FailureKind): string[] {
  return Object.keys(paths).filter((name) => name !== 'token')
}
