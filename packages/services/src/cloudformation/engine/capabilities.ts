import { insufficientCapabilities } from '../errors.ts'
import type { Template } from './template.ts'

/** Types that need CAPABILITY_IAM. Source: API reference, CreateStack, `Capabilities`. */
const iamTypes = new Set([
  'AWS::IAM::AccessKey',
  'AWS::IAM::Group',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::IAM::UserToGroupAddition',
  'AWS::IAM::GroupPolicy',
  'AWS::IAM::RolePolicy',
  'AWS::IAM::UserPolicy',
])

/** Properties that give a name of one's own, which needs CAPABILITY_NAMED_IAM. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
}

export interface NeededCapabilities {
  readonly capabilities: readonly string[]
  /** As GetTemplateSummary words it. */
  readonly reason?: string
}

export function neededCapabilities(template: Template): NeededCapabilities {
  const types = new Set<string>()
  let named = false
  for (const { type, properties } of Object.values(template.resources)) {
    if (!iamTypes.has(type)) continue
    types.add(type)
    const property = nameProperties[type]
    if (property !== undefined && properties[property] !== undefined) named = true
  }
  const capabilities = [
    ...(types.size === 0 ? [] : [named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM']),
    ...(template.transforms.length === 0 ? [] : ['CAPABILITY_AUTO_EXPAND']),
  ]
  if (types.size === 0) return { capabilities }
  const list = [...types].sort().join(', ')
  return {
    capabilities,
    reason: `The following resource(s) require capabilities: [${list}]`,
  }
}

/** Throws InsufficientCapabilitiesException where the caller did not acknowledge what is needed. */
export function checkCapabilities(template: Template, acknowledged: readonly string[]): void {
  const missing = neededCapabilities(template).capabilities.filter(
    (capability) =>
      // What transforms need depends on the request: see prepareStack.
      capability !== 'CAPABILITY_AUTO_EXPAND' &&
      !acknowledged.includes(capability) &&
      !(capability === 'CAPABILITY_IAM' && acknowledged.includes('CAPABILITY_NAMED_IAM')),
  )
  if (missing.length > 0) throw insufficientCapabilities(missing)
}
