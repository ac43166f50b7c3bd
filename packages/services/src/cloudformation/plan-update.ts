import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../context.ts'
import { livingResources } from './apply/plan.ts'
import { identityOf, importedValue, plannedEnvironment } from './apply/values.ts'
import { changesAnything, planChanges, type ResourceChange } from './engine/change-plan.ts'
import { type Environment, evaluate, knownAfterApply, noValue } from './engine/evaluate.ts'
import type { Graph } from './engine/graph.ts'
import { sameJson, scalarText } from './engine/json.ts'
import type { ParameterValue } from './engine/parameters.ts'
import type { Template } from './engine/template.ts'
import { validationError } from './errors.ts'
import { type Stack, type Tag, templates } from './state.ts'

export interface UpdateRequest {
  readonly template: Template
  readonly parameters: readonly ParameterValue[]
  readonly tags: readonly Tag[]
  readonly graph: Graph
}

export interface UpdatePlan {
  readonly changes: readonly ResourceChange[]
  /** False where an update would do nothing at all. */
  readonly changesAnything: boolean
  readonly outputsChange: boolean
  /** Imports that no stack exports, by the resource that wants them. */
  readonly missingImports: readonly { readonly logicalId: string; readonly message: string }[]
}

/** What an update of a stack, or its creation, would do. */
export function planUpdate(ctx: Context, stack: Stack, request: UpdateRequest): UpdatePlan {
  const { template, parameters, tags, graph } = request
  const living = livingResources(ctx, stack.stackId)
  const standing = new Map(living.map((resource) => [resource.logicalId, resource]))
  const previousTemplate = templates.get(ctx, stack.templateKey)?.template
  refuseNewTypes(template, graph, standing)
  const missing = new Map<string, string>()
  const identity = identityOf(ctx, stack)
  const importOf = (name: string) => {
    try {
      return importedValue(ctx, name)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      missing.set(name, error.message)
      return knownAfterApply
    }
  }
  const changes = planChanges({
    template,
    ...(previousTemplate === undefined ? {} : { previousTemplate }),
    graph,
    standing,
    parameters,
    previousParameters: stack.parameters,
    tagsChanged: !sameTags(stack.tags, tags),
    environment: (isNew) =>
      plannedEnvironment(
        ctx,
        identity,
        template,
        parameters,
        (logicalId) => (isNew(logicalId) ? undefined : standing.get(logicalId)),
        importOf,
      ),
    ...(previousTemplate === undefined
      ? {}
      : {
          previousEnvironment: plannedEnvironment(
            ctx,
            identity,
            previousTemplate,
            stack.parameters,
            () => undefined,
            importOf,
          ),
        }),
  })
  const env = plannedEnvironment(ctx, identity, template, parameters, (logicalId) =>
    changes.some((change) => change.logicalId === logicalId && change.replacement === 'True')
      ? undefined
      : standing.get(logicalId),
  )
  const outputs = outputsChange(stack, template, env)
  return {
    changes,
    outputsChange: outputs,
    changesAnything: changesAnything(changes) || !sameTags(stack.tags, tags) || outputs,
    missingImports: missing.size === 0 ? [] : wantersOf(template, graph, missing),
  }
}

/** The resources whose text names an export that is missing. */
function wantersOf(
  template: Template,
  graph: Graph,
  missing: ReadonlyMap<string, string>,
): UpdatePlan['missingImports'] {
  const [message = ''] = missing.values()
  return [...graph.keys()]
    .filter((logicalId) =>
      JSON.stringify(template.resources[logicalId]?.properties).includes('Fn::ImportValue'),
    )
    .map((logicalId) => ({ logicalId, message }))
}

/** AWS refuses to make something else of a resource under its old name. */
function refuseNewTypes(
  template: Template,
  graph: Graph,
  standing: ReadonlyMap<string, { readonly type: string }>,
): void {
  const changed = [...graph.keys()].filter((logicalId) => {
    const before = standing.get(logicalId)?.type
    return before !== undefined && before !== template.resources[logicalId]?.type
  })
  if (changed.length > 0) {
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.join(', ')}]`,
    )
  }
}

function sameTags(before: readonly Tag[], after: readonly Tag[]): boolean {
  const asJson = (tags: readonly Tag[]) =>
    Object.fromEntries(tags.map(({ key, value }) => [key, value]))
  return sameJson(asJson(before), asJson(after))
}

function outputsChange(stack: Stack, template: Template, env: Environment): boolean {
  const wanted = Object.entries(template.outputs).filter(
    ([, { condition }]) => condition === undefined || env.condition(condition),
  )
  if (wanted.length !== stack.outputs.length) return true
  return wanted.some(([key, output]) => {
    const before = stack.outputs.find((each) => each.key === key)
    if (before === undefined || before.description !== output.description) return true
    try {
      const value = evaluate(output.value, env)
      const name = output.exportName === undefined ? undefined : evaluate(output.exportName, env)
      const exportName = name === undefined || name === noValue ? undefined : scalarText(name)
      return (
        value === noValue || scalarText(value) !== before.value || exportName !== before.exportName
      )
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return true
    }
  })
}
