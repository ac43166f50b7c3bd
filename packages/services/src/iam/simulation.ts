import {
  type EvaluationResult,
  SimulateCustomPolicy,
  type SimulateCustomPolicyRequest,
  SimulatePrincipalPolicy,
  type SimulatePrincipalPolicyRequest,
  type Statement,
} from '@cloud-orrery/models/iam'
import {
  type Decision,
  evaluate,
  type PolicySet,
  type Principal,
  principalContext,
  type RequestContext,
  usedContextKeys,
} from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { aboutEntity } from './entities.ts'
import { page } from './paging.ts'
import { readPolicy } from './policy-documents.ts'
import { policySource, type TextPolicy } from './policy-sources.ts'
import { statementPositions } from './statement-positions.ts'

/** What both simulations are told. */
type Request = SimulateCustomPolicyRequest | SimulatePrincipalPolicyRequest

export const simulateCustomPolicy = operation(SimulateCustomPolicy, {
  authorize: () => '*',
  provenance: 'modelled',
  refuses: ['ResourceHandlingOption'],
  run(ctx, input) {
    const identity = inputPolicies('PolicyInputList', input.PolicyInputList)
    const boundary = boundaryInput(input)
    const serviceControl = input.OrderedOrganizationPolicyInputList?.map((level, index) =>
      inputPolicies(
        `OrderedOrganizationPolicyInputList.${index + 1}`,
        level.ServiceControlPolicyInputList ?? [],
      ),
    )
    const principal = callerOf(ctx, input.CallerArn)
    return simulate(ctx, input, principal, { identity, boundary, serviceControl })
  },
})

export const simulatePrincipalPolicy = operation(SimulatePrincipalPolicy, {
  authorize: ({ PolicySourceArn }, ctx) => {
    const { kind, name } = policySource(ctx, PolicySourceArn)
    return aboutEntity(ctx, kind, name)
  },
  provenance: 'recorded',
  refuses: ['ResourceHandlingOption', 'PolicyExclusionList'],
  run(ctx, input) {
    const source = policySource(ctx, input.PolicySourceArn)
    const added = inputPolicies('PolicyInputList', input.PolicyInputList ?? [])
    const principal =
      input.CallerArn === undefined ? source.principal : callerOf(ctx, input.CallerArn)
    return simulate(ctx, input, principal, {
      identity: [...source.policies, ...added],
      boundary: boundaryInput(input) ?? source.boundary,
      serviceControl: [],
    })
  },
})

interface SimulatedPolicies {
  readonly identity: readonly TextPolicy[]
  readonly boundary: readonly TextPolicy[] | undefined
  /** Levels of an organization; undefined where the call speaks of none. */
  readonly serviceControl: readonly (readonly TextPolicy[])[] | undefined
}

function simulate(ctx: Context, input: Request, principal: Principal, given: SimulatedPolicies) {
  const { ActionNames, ResourceArns = ['*'] } = input
  const pairs = ActionNames.flatMap((action) =>
    ResourceArns.map((resource) => ({ action, resource })),
  )
  const numbered = pairs.map((pair, index) => ({ ...pair, index }))
  const { items, rest } = page(
    input,
    (after) => numbered.slice(after === undefined ? 0 : Number(after) + 1),
    ({ index }) => String(index),
  )
  const resourcePolicy =
    input.ResourcePolicy === undefined
      ? undefined
      : { ...readPolicy(input.ResourcePolicy, 'resource'), source: 'ResourcePolicy' }
  const simulation: Simulation = {
    principal,
    given,
    resourcePolicy,
    owner: ownerOf(input.ResourceOwner),
    context: contextOf(ctx, principal, input),
    namesResources: input.ResourceArns !== undefined,
  }
  const EvaluationResults = items.map(({ action, resource }) => one(simulation, action, resource))
  return { EvaluationResults, ...rest }
}

interface Simulation {
  readonly principal: Principal
  readonly given: SimulatedPolicies
  readonly resourcePolicy: TextPolicy | undefined
  readonly owner: string | undefined
  readonly context: RequestContext
  readonly namesResources: boolean
}

function one(simulation: Simulation, action: string, resource: string): EvaluationResult {
  const { principal, given, resourcePolicy, owner, context } = simulation
  const set: PolicySet = {
    identity: given.identity,
    ...(given.boundary === undefined ? {} : { boundary: given.boundary }),
    ...(given.serviceControl === undefined ? {} : { serviceControl: given.serviceControl }),
    ...(resourcePolicy === undefined ? {} : { resource: resourcePolicy }),
  }
  const decision = evaluate(
    {
      principal,
      action,
      resource,
      ...(owner === undefined ? {} : { resourceAccountId: owner }),
      context,
    },
    set,
  )
  const EvalDecision = decisionName(decision)
  const texts = [...given.identity, ...(resourcePolicy === undefined ? [] : [resourcePolicy])]
  const MatchedStatements = matchedStatements(decision, texts)
  const missing = missingKeys(texts, context)
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision,
    MatchedStatements,
    MissingContextValues: simulation.namesResources ? [] : missing,
    EvalDecisionDetails: {},
    ...organizationsDetail(given, decision),
    ...boundaryDetail(given, decision),
    ...(simulation.namesResources
      ? {
          ResourceSpecificResults: [
            {
              EvalResourceName: resource,
              EvalResourceDecision: EvalDecision,
              MatchedStatements,
              MissingContextValues: missing,
              ...boundaryDetail(given, decision),
            },
          ],
        }
      : {}),
  }
}

function decisionName({ allowed, reason }: Decision): string {
  if (allowed) return 'allowed'
  return reason === 'explicit-deny' ? 'explicitDeny' : 'implicitDeny'
}

/** The statements that decided: denies alone, where there are any. Source: IAM API reference, EvaluationResult. */
function matchedStatements(decision: Decision, texts: readonly TextPolicy[]): Statement[] {
  const bySource = new Map(texts.map((policy) => [policy.source, policy]))
  const effect = decision.reason === 'explicit-deny' ? 'Deny' : 'Allow'
  return decision.matched.flatMap((match) => {
    const policy = bySource.get(match.source)
    const span = policy && statementPositions(policy.text)[match.statementIndex]
    if (match.effect !== effect || span === undefined) return []
    const SourcePolicyType = match.policy === 'resource' ? 'Resource Policy' : 'IAM Policy'
    return [{ SourcePolicyId: match.source, SourcePolicyType, ...span }]
  })
}

function organizationsDetail(
  { serviceControl }: SimulatedPolicies,
  { missing, decidedBy }: Decision,
) {
  if (serviceControl === undefined) return {}
  const refused = missing === 'service-control' || decidedBy?.policy === 'service-control'
  return { OrganizationsDecisionDetail: { AllowedByOrganizations: !refused } }
}

function boundaryDetail({ boundary }: SimulatedPolicies, { missing, decidedBy }: Decision) {
  if (boundary === undefined) return {}
  const refused =
    missing === 'boundary' || (decidedBy?.policy === 'boundary' && decidedBy.effect === 'Deny')
  return { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !refused } }
}

/** Keys that the policies ask for and the call does not give. */
function missingKeys(texts: readonly TextPolicy[], context: RequestContext): string[] {
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()))
  const used = texts.flatMap(({ document }) => usedContextKeys(document))
  return [...new Set(used)].filter((key) => !given.has(key.toLowerCase()))
}

function contextOf(ctx: Context, principal: Principal, input: Request): RequestContext {
  const entries = (input.ContextEntries ?? []).map(
    ({ ContextKeyName = '', ContextKeyValues = [] }) => [ContextKeyName, ContextKeyValues] as const,
  )
  return {
    ...principalContext(principal),
    'aws:CurrentTime': new Date(ctx.now()).toISOString(),
    'aws:EpochTime': Math.floor(ctx.now() / 1000),
    ...Object.fromEntries(entries),
  }
}

function inputPolicies(name: string, texts: readonly string[]): TextPolicy[] {
  return texts.map((text, index) => ({
    ...readPolicy(text, 'identity'),
    source: `${name}.${index + 1}`,
  }))
}

function boundaryInput({
  PermissionsBoundaryPolicyInputList: texts,
}: Request): TextPolicy[] | undefined {
  return texts && inputPolicies('PermissionsBoundaryPolicyInputList', texts)
}

/** Who is taken to call: a user, by ARN; otherwise whoever calls the simulation. */
function callerOf(ctx: Context, arn: string | undefined): Principal {
  return arn === undefined ? ctx.caller.principal : policySource(ctx, arn).principal
}

function ownerOf(arn: string | undefined): string | undefined {
  if (arn === undefined) return undefined
  return /^\d{12}$/.test(arn) ? arn : arn.split(':', 5)[4]
}
