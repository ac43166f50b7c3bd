import { isArray, isObject, type JsonObject } from '../json.ts'
import type { Findings } from './findings.ts'
import { blocksOf } from './states.ts'

/** Longest name of a state, in characters. Source: Amazon States Language, "States". */
const nameLengthMax = 80

/** No two states of a machine have one name, wherever they are. */
export function checkNames(definition: JsonObject, findings: Findings): void {
  const seen = new Set<string>()
  const blocks = [{ block: definition, where: '' }]
  for (let next = blocks.shift(); next !== undefined; next = blocks.shift()) {
    for (const [name, state] of statesOf(next.block)) {
      const at = `${next.where}/States/${name}`
      if (seen.has(name)) {
        findings.add('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`, at)
      }
      seen.add(name)
      if (name.length > nameLengthMax) {
        const message = `The State name '${name}' exceeds the maximum allowed length of ${nameLengthMax}`
        findings.add('INVALID_STATE_NAME', message, at)
      }
      blocks.push(...blocksOf(state, at))
    }
  }
}

function statesOf(block: JsonObject): [string, JsonObject][] {
  const { States } = block
  if (!isObject(States)) return []
  return Object.entries(States).flatMap(([name, state]) =>
    isObject(state) ? [[name, state] satisfies [string, JsonObject]] : [],
  )
}

/** Every transition leads somewhere, every state is led to, and some state ends. */
export function checkGraph(block: JsonObject, at: string, findings: Findings): void {
  const states = new Map(statesOf(block))
  const reached = new Set<string>()
  const startAt = String(block['StartAt'])
  if (!states.has(startAt)) {
    findings.add('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${startAt}`, `${at}/StartAt`)
  }
  const queue = [startAt]
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const state = states.get(name)
    if (state === undefined || reached.has(name)) continue
    reached.add(name)
    for (const { target } of transitions(state, '')) queue.push(target)
  }
  for (const [name, state] of states) {
    for (const { target, where } of transitions(state, `${at}/States/${name}`)) {
      if (states.has(target)) continue
      findings.add('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${target}`, where)
    }
  }
  if (![...states.values()].some(isTerminal)) {
    findings.add('MISSING_END_STATE', 'Workflow has no terminal state')
  } else {
    for (const name of states.keys()) {
      if (reached.has(name)) continue
      const message = `State "${name}" is not reachable.`
      findings.add('MISSING_TRANSITION_TARGET', message, `${at}/States/${name}`)
    }
  }
  for (const [name, state] of states) {
    for (const inner of blocksOf(state, `${at}/States/${name}`)) {
      checkGraph(inner.block, inner.where, findings)
    }
  }
}

function isTerminal(state: JsonObject): boolean {
  return state['End'] === true || state['Type'] === 'Succeed' || state['Type'] === 'Fail'
}

function transitions(state: JsonObject, at: string): { target: string; where: string }[] {
  const { Next, Default, Choices, Catch } = state
  const found: { target: string; where: string }[] = []
  const add = (target: unknown, where: string): void => {
    if (typeof target === 'string') found.push({ target, where: `${at}/${where}` })
  }
  add(Next, 'Next')
  for (const [name, list] of Object.entries({ Choices, Catch })) {
    for (const [index, item] of (isArray(list) ? list : []).entries()) {
      if (isObject(item)) add(item['Next'], `${name}[${index}]/Next`)
    }
  }
  add(Default, 'Default')
  return found
}
