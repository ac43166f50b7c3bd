import type { ConditionElement } from '../document.ts'
import type { ContextValue } from '../request.ts'
import type { Need } from './need.ts'
import { literalPattern } from './resource-pattern.ts'
import { compareTexts } from './statement-cover.ts'

/** Keys that say who calls, when and from where: true of this run, and no part of what a role is for. */
const circumstances: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:currenttime',
  'aws:epochtime',
  'aws:federatedprovider',
  'aws:multifactorauthpresent',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principaltype',
  'aws:securetransport',
  'aws:sourceidentity',
  'aws:sourceip',
  'aws:tokenissuetime',
  'aws:useragent',
  'aws:userid',
  'aws:username',
  'aws:viaawsservice',
])

/**
 * The condition of a statement for these needs. `iam:PassRole` always names the services that the role was
 * passed to; other keys only where `narrowing` asks for them, and every need had one and the same value.
 */
export function conditionFor(
  needs: readonly Need[],
  narrowing: boolean,
): ConditionElement | undefined {
  const wanted = new Map<string, readonly string[]>()
  const [first] = needs
  for (const key of Object.keys(first?.context ?? {})) {
    const passed = key.toLowerCase() === 'iam:passedtoservice'
    if (!passed && (!narrowing || circumstances.has(key.toLowerCase()))) continue
    const values = new Set(needs.map(({ context }) => textOf(context[key])))
    const texts = [...values].filter((text) => text !== undefined).sort(compareTexts)
    if (texts.length === values.size && (passed || texts.length === 1)) wanted.set(key, texts)
  }
  const operators = new Map<string, Record<string, string | readonly string[]>>()
  for (const [key, values] of [...wanted].sort(([a], [b]) => compareTexts(a, b))) {
    const arns = values.every((value) => /^arn:[^:]+:[^:]+:/.test(value))
    const operator = arns ? 'ArnEquals' : 'StringEquals'
    const literal = values.map(literalPattern)
    const [only] = literal
    const keys = operators.get(operator) ?? {}
    operators.set(operator, keys)
    keys[key] = literal.length === 1 && only !== undefined ? only : literal
  }
  return operators.size === 0
    ? undefined
    : Object.fromEntries([...operators].sort(([a], [b]) => compareTexts(a, b)))
}

/** Keys with several values need set operators, which narrow nothing by themselves: left out. */
function textOf(value: ContextValue): string | undefined {
  return typeof value === 'object' || value === undefined ? undefined : String(value)
}
