import { type CompiledCondition, compileConditions, meets } from './condition.ts'
import type { ContextReader } from './context.ts'
import type { StatementElement } from './decision.ts'
import type { OneOrMany, PolicyDocument, Statement } from './document.ts'
import { compileGlob, matchesGlob, toArnGlob, toGlob } from './pattern.ts'
import {
  type CompiledPrincipals,
  compilePrincipals,
  exempts,
  type Grant,
  grantOf,
} from './principal.ts'
import type { Principal } from './request.ts'
import { fillGlob, parseTemplate, type Template } from './variable.ts'

/** A statement ready to be judged against many requests. */
export interface CompiledStatement {
  /** Position in its document, from 0. */
  readonly index: number
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  readonly written: Statement
  readonly principals: Named<CompiledPrincipals> | undefined
  readonly actions: Named<readonly ((lowerCaseAction: string) => boolean)[]> | undefined
  readonly resources: Named<readonly ResourcePattern[]> | undefined
  readonly conditions: readonly CompiledCondition[]
}

/** An element and its negation (`Action`, `NotAction`) in one. */
interface Named<T> {
  readonly not: boolean
  readonly names: T
}

export interface ResourcePattern {
  readonly template: Template
  readonly matches: (resource: string, context: ContextReader) => boolean
}

/** What a statement is judged against. */
export interface Facts {
  readonly principal: Principal
  readonly lowerCaseAction: string
  readonly resource: string
  readonly context: ContextReader
}

const compiled = new WeakMap<PolicyDocument, readonly CompiledStatement[]>()

/** Compiles a document once; the document must not change afterwards. */
export function compile(document: PolicyDocument): readonly CompiledStatement[] {
  const known = compiled.get(document)
  if (known !== undefined) return known
  const variablesEnabled = document.Version === '2012-10-17'
  const statements = toList(document.Statement).map((statement, index) =>
    compileStatement(statement, index, variablesEnabled),
  )
  compiled.set(document, statements)
  return statements
}

export function toList<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return []
  // A cast, because Array.isArray does not narrow readonly arrays.
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}

function compileStatement(
  statement: Statement,
  index: number,
  variablesEnabled: boolean,
): CompiledStatement {
  return {
    index,
    sid: statement.Sid,
    effect: statement.Effect,
    written: statement,
    principals: named(statement.Principal, statement.NotPrincipal, compilePrincipals),
    actions: named(statement.Action, statement.NotAction, (actions) =>
      toList(actions).map((action) => compileGlob(toGlob(action.toLowerCase()))),
    ),
    resources: named(statement.Resource, statement.NotResource, (resources) =>
      toList(resources).map((text) => compileResource(text, variablesEnabled)),
    ),
    conditions: compileConditions(statement.Condition, variablesEnabled),
  }
}

function named<W, T>(
  positive: W | undefined,
  negative: W | undefined,
  compileNames: (written: W) => T,
): Named<T> | undefined {
  if (positive !== undefined) return { not: false, names: compileNames(positive) }
  if (negative !== undefined) return { not: true, names: compileNames(negative) }
  return undefined
}

function compileResource(text: string, variablesEnabled: boolean): ResourcePattern {
  const template = parseTemplate(text, variablesEnabled, (plain) => toArnGlob(toGlob(plain)))
  if (!template.hasVariables) {
    return { template, matches: compileGlob(toArnGlob(toGlob(text))) }
  }
  return {
    template,
    matches: (resource, context) => {
      const glob = fillGlob(template, context.single)
      return glob !== undefined && matchesGlob(glob, resource)
    },
  }
}

/** A statement's answer: what it grants or, for a deny, `direct`; or the element that did not fit. */
export type Verdict = Exclude<Grant, 'none'> | StatementElement

/**
 * Judges the elements in the order principal, action, resource, condition; stops at the first
 * miss. In a resource's policy an allow that names no principal allows no one.
 */
export function judge(statement: CompiledStatement, facts: Facts, onResource: boolean): Verdict {
  const { principals, actions, resources, conditions } = statement
  let grant: Grant = 'direct'
  if (principals !== undefined) {
    grant = reach(principals, statement.effect, facts.principal)
    if (grant === 'none') return principals.not ? 'NotPrincipal' : 'Principal'
  } else if (onResource && statement.effect === 'Allow') return 'Principal'
  if (actions !== undefined) {
    const covered = actions.names.some((covers) => covers(facts.lowerCaseAction))
    if (covered === actions.not) return actions.not ? 'NotAction' : 'Action'
  }
  if (resources !== undefined) {
    const covered = resources.names.some(({ matches }) => matches(facts.resource, facts.context))
    if (covered === resources.not) return resources.not ? 'NotResource' : 'Resource'
  }
  return conditions.every((condition) => meets(condition, facts.context)) ? grant : 'Condition'
}

/** True for a verdict that names an element that did not fit. */
export function isMiss(verdict: Verdict): verdict is StatementElement {
  return verdict !== 'direct' && verdict !== 'role' && verdict !== 'account'
}

function reach(
  { not, names }: Named<CompiledPrincipals>,
  effect: 'Allow' | 'Deny',
  principal: Principal,
): Grant {
  if (!not) return grantOf(names, principal)
  // A deny spares only a caller that is listed with all that stands above it; an allow already
  // leaves out a caller of whom any part is listed.
  const spared =
    effect === 'Deny' ? exempts(names, principal) : grantOf(names, principal) !== 'none'
  return spared ? 'none' : 'direct'
}
