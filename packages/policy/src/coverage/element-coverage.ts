import { ContextReader } from '../context.ts'
import type { PolicyDocument, Statement } from '../document.ts'
import type { Need } from '../least/need.ts'
import { type GeneralisingOptions, patternsFor } from '../least/resource-pattern.ts'
import { compareTexts } from '../least/statement-cover.ts'
import { matchesAction } from '../pattern.ts'
import { compilePrincipals, grantOf } from '../principal.ts'
import type { Principal } from '../request.ts'
import { compile, type Facts, isMiss, judge, toList } from '../statement.ts'
import type { AskedRequest } from './held-policy.ts'

/** `wider`: used, but some of what it gives was never asked for. */
export type CoverageState = 'used' | 'unused' | 'wider'

/** One entry of `Action`, `Resource` or `Principal`. */
export interface ElementCoverage {
  readonly written: string
  readonly state: CoverageState
  readonly uses: number
  readonly narrower?: readonly string[]
}

export function factsOf({ request }: AskedRequest): Facts {
  return {
    principal: request.principal,
    lowerCaseAction: request.action.toLowerCase(),
    resource: request.resource,
    context: new ContextReader(request),
  }
}

export function needOf(
  { request, uses, firstCall }: AskedRequest,
  written: readonly string[],
): Need {
  const { action, resource, context } = request
  return { action, resource, context, written, uses, firstCall: firstCall.sequence }
}

export function usesOf(requests: readonly AskedRequest[]): number {
  return requests.reduce((sum, { uses }) => sum + uses, 0)
}

export function actionCoverage(
  written: string,
  requests: readonly AskedRequest[],
  judgeWidth: boolean,
): ElementCoverage {
  const hits = requests.filter(({ request }) => matchesAction(written, request.action))
  if (hits.length === 0) return { written, state: 'unused', uses: 0 }
  const uses = usesOf(hits)
  if (!judgeWidth || !/[*?]/.test(written)) return { written, state: 'used', uses }
  const narrower = [...new Set(hits.map(({ request }) => request.action))].sort(compareTexts)
  return { written, state: 'wider', uses, narrower }
}

export function resourceCoverage(
  written: string,
  document: PolicyDocument,
  requests: readonly AskedRequest[],
  judgeWidth: boolean,
  options: GeneralisingOptions,
): ElementCoverage {
  const hits = requests.filter(naming(written, document))
  if (hits.length === 0) return { written, state: 'unused', uses: 0 }
  const uses = usesOf(hits)
  if (!judgeWidth || !/[*?]/.test(written) || written.includes('${')) {
    return { written, state: 'used', uses }
  }
  const needs = hits.map((asked) => needOf(asked, [written]))
  const patterns = new Set<string>()
  for (const action of new Set(needs.map((need) => need.action))) {
    const ofAction = needs.filter((need) => need.action === action)
    for (const { pattern } of patternsFor(ofAction, options)) patterns.add(pattern)
  }
  const narrower = [...patterns].sort(compareTexts)
  return narrower.length === 1 && narrower[0] === written
    ? { written, state: 'used', uses }
    : { written, state: 'wider', uses, narrower }
}

/** Tells whether an entry of `Resource`, by itself, names what was asked for. */
function naming(written: string, { Version }: PolicyDocument): (asked: AskedRequest) => boolean {
  const alone = compile({
    ...(Version === undefined ? {} : { Version }),
    Statement: { Effect: 'Allow', Action: '*', Resource: written },
  })
  return (asked) => alone.some((statement) => !isMiss(judge(statement, factsOf(asked), false)))
}

export function principalCoverage(
  { Principal: element }: Statement,
  requests: readonly AskedRequest[],
  judgeWidth: boolean,
): readonly ElementCoverage[] {
  if (element === undefined) return []
  const entries =
    element === '*'
      ? [['AWS', '*'] as const]
      : Object.entries(element).flatMap(([kind, names]) =>
          toList(names).map((name) => [kind, name] as const),
        )
  return entries.map(([kind, name]) => {
    const named = compilePrincipals({ [kind]: name })
    const hits = requests.filter(({ request }) => grantOf(named, request.principal) !== 'none')
    const written = `${kind}: ${name}`
    if (hits.length === 0) return { written, state: 'unused' as const, uses: 0 }
    const uses = usesOf(hits)
    const everyone = name === '*'
    if (!judgeWidth || !everyone) return { written, state: 'used' as const, uses }
    const narrower = [...new Set(hits.map(({ request }) => principalName(request.principal)))]
    return { written, state: 'wider' as const, uses, narrower: narrower.sort(compareTexts) }
  })
}

function principalName(principal: Principal): string {
  switch (principal.kind) {
    case 'role-session':
      return `AWS: ${principal.roleArn}`
    case 'service':
      return `Service: ${principal.service}`
    case 'federated':
      return `Federated: ${principal.provider}`
    case 'anonymous':
      return 'anonymous'
    case 'root':
    case 'user':
    case 'federated-user':
      return `AWS: ${principal.arn}`
  }
}
