import { validationError } from '../errors.ts'
import { refuseUnresolved, valuesOf } from './check-template.ts'
import { referencesOf } from './references.ts'
import type { Template } from './template.ts'

/** Logical ids and what each must wait for. */
export type Graph = ReadonlyMap<string, readonly string[]>

/**
 * Which resources are made, and what each waits for: by `DependsOn` and by reference, with the branches
 * of `Fn::If` that the conditions choose. Throws where a resource that is not made is referred to, and
 * where resources wait for each other.
 */
export function dependencyGraph(template: Template, condition: (name: string) => boolean): Graph {
  const enabled = new Set(
    Object.entries(template.resources)
      .filter(
        ([, definition]) => definition.condition === undefined || condition(definition.condition),
      )
      .map(([name]) => name),
  )
  const graph = new Map<string, readonly string[]>()
  const absent = new Set<string>()
  for (const name of enabled) {
    const definition = template.resources[name]
    if (definition === undefined) continue
    const needs = new Set(definition.dependsOn.filter((other) => enabled.has(other)))
    for (const value of valuesOf(definition)) {
      for (const reference of referencesOf(value, { branch: condition })) {
        if (reference.kind === 'condition' || !Object.hasOwn(template.resources, reference.name))
          continue
        if (enabled.has(reference.name)) needs.add(reference.name)
        else absent.add(reference.name)
      }
    }
    graph.set(name, [...needs].sort())
  }
  refuseUnresolved(absent, 'Resources')
  refuseCycles(graph)
  checkOutputs(template, enabled, condition)
  return graph
}

function checkOutputs(
  template: Template,
  enabled: ReadonlySet<string>,
  condition: (name: string) => boolean,
): void {
  const absent = new Set<string>()
  for (const output of Object.values(template.outputs)) {
    if (output.condition !== undefined && !condition(output.condition)) continue
    for (const reference of referencesOf(output.value, { branch: condition })) {
      const known = Object.hasOwn(template.resources, reference.name)
      if (reference.kind !== 'condition' && known && !enabled.has(reference.name)) {
        absent.add(reference.name)
      }
    }
  }
  refuseUnresolved(absent, 'Outputs')
}

/** Takes away, again and again, what waits for nothing; what is left waits for itself. */
function refuseCycles(graph: Graph): void {
  const waiting = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  for (const [name, needs] of graph) {
    waiting.set(name, needs.length)
    for (const need of needs) {
      const list = dependents.get(need)
      if (list === undefined) dependents.set(need, [name])
      else list.push(name)
    }
  }
  const ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name)
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    waiting.delete(name)
    for (const dependent of dependents.get(name) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1
      waiting.set(dependent, left)
      if (left === 0) ready.push(dependent)
    }
  }
  if (waiting.size > 0) {
    const circle = cycleMembers(graph, new Set(waiting.keys()))
    throw validationError(`Circular dependency between resources: [${circle.join(', ')}]`)
  }
}

/** Without those that only wait for the circle. */
function cycleMembers(graph: Graph, left: Set<string>): readonly string[] {
  for (;;) {
    const needed = new Set([...left].flatMap((name) => graph.get(name) ?? []))
    const outside = [...left].filter((name) => !needed.has(name))
    if (outside.length === 0) return [...left].sort()
    for (const name of outside) left.delete(name)
  }
}
