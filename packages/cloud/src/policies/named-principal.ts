import { SimulatorError } from '@cloud-orrery/kernel'
import { identityOwner, type PrincipalKind } from '@cloud-orrery/policy'
import { accounts, roles, users } from '@cloud-orrery/services'
import type { Cloud } from '../cloud.ts'
import type { Observation } from './observation.ts'
import { stackNames, stackResources } from './stack-resources.ts'

/** A user or role whose policies are asked for. */
export interface NamedPrincipal {
  readonly kind: Extract<PrincipalKind, 'role' | 'user'>
  /** Of the role itself, not of a session. */
  readonly arn: string
  readonly name: string
}

/**
 * Finds a user or role by name, ARN, the ARN of a session, or its logical id in a stack; one that is gone,
 * by what it did. Throws `SimulatorError`.
 */
export function principalNamed(
  cloud: Cloud,
  text: string,
  observations: readonly Observation[],
  stacks: readonly string[] = stackNames(cloud),
): NamedPrincipal {
  const session = /^arn:[^:]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(text)?.[1]
  const logical = stacks
    .flatMap((name) => stackResources(cloud, name))
    .find(({ logicalId }) => logicalId === text)?.physicalId
  const wanted = session ?? logical ?? text
  const known = [...present(cloud), ...seen(observations)]
  const found =
    known.find(({ arn }) => arn === wanted) ??
    known.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  if (found !== undefined) return found
  const names = [...new Set(seen(observations).map(({ name }) => name))].sort()
  throw new SimulatorError(
    'UnknownPrincipal',
    `There is no user or role '${text}'.`,
    names.length === 0
      ? 'Nobody but services called yet.'
      : `Those who called are: ${names.join(', ')}.`,
  )
}

/** The users and roles that stacks made. */
export function principalsOfStack(cloud: Cloud, stackName: string): readonly NamedPrincipal[] {
  const known = new Map(present(cloud).map((principal) => [principal.name, principal]))
  return stackResources(cloud, stackName)
    .filter(({ type }) => type === 'AWS::IAM::Role' || type === 'AWS::IAM::User')
    .flatMap(({ physicalId }) => known.get(physicalId) ?? [])
    .sort((a, b) => (a.arn < b.arn ? -1 : 1))
}

function present(cloud: Cloud): readonly NamedPrincipal[] {
  const scopes = [...accounts.scan(cloud.homeScope)].map(({ accountId }) =>
    cloud.scope(accountId, cloud.defaultRegion),
  )
  return scopes.flatMap((scope) => [
    ...[...roles.scan(scope)].map(({ arn, roleName }) => ({
      kind: 'role' as const,
      arn,
      name: roleName,
    })),
    ...[...users.scan(scope)].map(({ arn, userName }) => ({
      kind: 'user' as const,
      arn,
      name: userName,
    })),
  ])
}

function seen(observations: readonly Observation[]): readonly NamedPrincipal[] {
  const arns = new Set(observations.map(({ request }) => identityOwner(request.principal)))
  return [...arns].flatMap((arn) => (arn === undefined ? [] : [ofArn(arn)]))
}

function ofArn(arn: string): NamedPrincipal {
  const kind = arn.includes(':role/') ? 'role' : 'user'
  return { kind, arn, name: arn.slice(arn.lastIndexOf('/') + 1) }
}
