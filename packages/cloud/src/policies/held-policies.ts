import type { HeldPolicy, PolicyDocument, SourcedPolicy } from '@cloud-orrery/policy'
import {
  accounts,
  administratorName,
  policiesOf,
  type RoleRecord,
  rolePolicies,
  roles,
  users,
} from '@cloud-orrery/services'
import type { Cloud } from '../cloud.ts'
import { type StackResourceFacts, stackResources, toolkits } from './stack-resources.ts'

export interface HeldOptions {
  /** Only what these stacks made. Default: all but each account's first administrator and the CDK's own roles. */
  readonly stacks?: readonly string[]
}

/** The policies that are there: of users and roles, their boundaries, who may assume them, of resources. */
export function heldPolicies(cloud: Cloud, { stacks }: HeldOptions = {}): readonly HeldPolicy[] {
  const test = ownerTest((stacks ?? toolkits(cloud)).flatMap((name) => stackResources(cloud, name)))
  const isMeant = stacks === undefined ? (owner: string) => !test(owner) : test
  return [...entityPolicies(cloud), ...resourcePolicies(cloud)].filter(({ owner }) =>
    isMeant(owner),
  )
}

function ownerTest(made: readonly StackResourceFacts[]): (owner: string) => boolean {
  const arns = new Set<string>()
  const names = new Set<string>()
  for (const { type, physicalId, attributes } of made) {
    for (const text of [physicalId, ...Object.values(attributes)]) {
      if (text.startsWith('arn:')) arns.add(text)
    }
    if (type === 'AWS::S3::Bucket') arns.add(`arn:aws:s3:::${physicalId}`)
    if (type === 'AWS::IAM::Role') names.add(`role/${physicalId}`)
    if (type === 'AWS::IAM::User') names.add(`user/${physicalId}`)
  }
  return (owner) => {
    const entity = /^arn:[^:]+:iam::\d{12}:(role|user)\/(?:.*\/)?([^/]+)$/.exec(owner)
    if (entity !== null) return names.has(`${entity[1]}/${entity[2]}`)
    return arns.has(owner)
  }
}

function entityPolicies(cloud: Cloud): readonly HeldPolicy[] {
  return [...accounts.scan(cloud.homeScope)].flatMap(({ accountId }) => {
    const scope = cloud.scope(accountId, cloud.defaultRegion)
    const ofUsers = [...users.scan(scope)]
      .filter(({ userName }) => userName !== administratorName)
      .flatMap(({ arn, userId, userName, tags }): HeldPolicy[] => {
        const principal = { kind: 'user', accountId, arn, userId, userName, tags } as const
        const { identity, boundary } = policiesOf(scope, { principal })
        return [...typed('identity', arn, identity), ...typed('boundary', arn, boundary)]
      })
    const ofRoles = [...roles.scan(scope)]
      .filter(({ linkedService }) => linkedService === undefined)
      .flatMap((role): HeldPolicy[] => {
        const { identity, boundary } = rolePolicies(scope, role)
        return [
          ...typed('identity', role.arn, identity),
          ...typed('boundary', role.arn, boundary),
          trustPolicy(role),
        ]
      })
    return [...ofUsers, ...ofRoles]
  })
}

function trustPolicy({ arn, roleName, trustPolicy: { document } }: RoleRecord): HeldPolicy {
  return { type: 'trust', owner: arn, source: `trust policy of role ${roleName}`, document }
}

function typed(
  type: HeldPolicy['type'],
  owner: string,
  policies: readonly SourcedPolicy[] = [],
): readonly HeldPolicy[] {
  return policies.map(({ source, document }) => ({ type, owner, source, document }))
}

/** Asks every service that this cloud met for the policies of its resources; each document once. */
function resourcePolicies(cloud: Cloud): readonly HeldPolicy[] {
  const documents = new Set<PolicyDocument>()
  const found: HeldPolicy[] = []
  for (const service of cloud.services.used) {
    const { resourceAccess, tables = [] } = service
    // The trust policies that STS gives for roles are there already, with their roles.
    if (resourceAccess === undefined || service.name === 'sts') continue
    for (const owner of tables.flatMap((table) => table.resources(cloud.kernel))) {
      if (!owner.startsWith('arn:')) continue
      const [, , , region = '', accountId = ''] = owner.split(':', 5)
      const ctx = cloud.contextOf(service, {
        accountId: accountId === '' ? cloud.defaultAccountId : accountId,
        region: region === '' ? cloud.defaultRegion : region,
      })
      const document = resourceAccess(ctx, owner)?.policy
      if (document === undefined || documents.has(document)) continue
      documents.add(document)
      found.push({ type: 'resource', owner, source: `resource policy of ${owner}`, document })
    }
  }
  return found
}
