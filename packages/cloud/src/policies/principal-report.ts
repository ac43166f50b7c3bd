import type { LeastPolicyOptions } from '@cloud-orrery/policy'
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
    if (template !== true) return least
    const place = { accountId: cloud.defaultAccountId, region: cloud.defaultRegion }
    const resources = (stacks ?? stackNames(cloud)).flatMap((name) => stackResources(cloud, name))
    return { ...least, template: templateForm(least.document, resources, place) }
  })
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
