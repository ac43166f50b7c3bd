import { type LeastPolicyOptions, packStatements } from '@cloud-orrery/policy'
import type { Cloud } from '../cloud.ts'
import { type LeastOfPrincipal, leastOf } from './least-of.ts'
import { type NamedPrincipal, principalNamed, principalsOfStack } from './named-principal.ts'
import { type Observation, observe } from './observation.ts'
import { stackNames, stackResources } from './stack-resources.ts'
import { type TemplateValue, templateForm } from './template-form.ts'

export interface PrincipalQuestion extends Omit<LeastPolicyOptions, 'kind'> {
  /** Name, ARN, a session's ARN, or a logical id of one of the stacks. */
  readonly principal?: string
  /** Without a principal: all users and roles of these stacks. Also whose names a template form uses. */
  readonly stacks?: readonly string[]
  readonly template?: boolean
}

export interface PrincipalReport extends LeastOfPrincipal {
  /** The document with references to the stack's resources. */
  readonly template?: TemplateValue
}

/** The least policies that were asked for, from the observations given or all that the journal keeps. */
export function principalReports(
  cloud: Cloud,
  question: PrincipalQuestion,
  observations: readonly Observation[] = observe(cloud),
): readonly PrincipalReport[] {
  const { principal, stacks, template, ...options } = question
  return principalsMeant(cloud, principal, stacks, observations).map((named) => {
    const least = leastOf(named, observations, options)
    return template === true ? inTemplate(cloud, least, stacks) : least
  })
}

function inTemplate(
  cloud: Cloud,
  report: LeastOfPrincipal,
  stacks: readonly string[] | undefined,
): PrincipalReport {
  const resources = (stacks ?? stackNames(cloud)).flatMap((name) => stackResources(cloud, name))
  const [first = { accountId: cloud.defaultAccountId, region: cloud.defaultRegion }] = resources
  return { ...report, template: templateForm(report.document, resources, first) }
}

/** The same report with less in its policy: what a proof left over. */
export function prunedReport(
  cloud: Cloud,
  { template, ...report }: PrincipalReport,
  document: PrincipalReport['document'],
  { stacks }: Pick<PrincipalQuestion, 'stacks'>,
): PrincipalReport {
  const text = JSON.stringify(document)
  const pruned: LeastOfPrincipal = {
    ...report,
    document,
    generalised: report.generalised.filter(({ pattern }) => text.includes(JSON.stringify(pattern))),
    packing: packStatements(document.Statement, report.principal.kind),
  }
  return template === undefined ? pruned : inTemplate(cloud, pruned, stacks)
}

function principalsMeant(
  cloud: Cloud,
  principal: string | undefined,
  stacks: readonly string[] | undefined,
  observations: readonly Observation[],
): readonly NamedPrincipal[] {
  if (principal !== undefined) {
    return [principalNamed(cloud, principal, observations, stacks)]
  }
  return (stacks ?? stackNames(cloud)).flatMap((name) => principalsOfStack(cloud, name))
}
