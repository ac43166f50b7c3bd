import { AwsError } from '@cloud-orrery/models'
import {
  CreateNetworkInterface,
  DeleteNetworkInterface,
  DescribeSecurityGroups,
  DescribeSubnets,
  DescribeVpcs,
  type Subnet,
} from '@cloud-orrery/models/ec2'
import { CreateServiceLinkedRole } from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { roles } from '../shared/identity/state.ts'
import {
  invalidConfiguration,
  invalidSecurityGroup,
  subnetNotFound,
  validationError,
} from './errors.ts'

const service = 'elasticloadbalancing.amazonaws.com'
const roleName = 'AWSServiceRoleForElasticLoadBalancing'

/** The service's own role in the account, in whose name it looks at networks and makes interfaces. */
function linkedRole({ accountId }: Context) {
  const role = `arn:aws:iam::${accountId}:role/aws-service-role/${service}/${roleName}`
  return { as: { role, service, sessionName: 'ElasticLoadBalancing' } }
}

/**
 * Makes the service's role where the account has none: who makes the first load balancer needs the permission to.
 * Source: User Guide, "Service-linked role".
 */
export async function giveLinkedRole(ctx: Context): Promise<void> {
  if (roles.has(ctx, roleName.toLowerCase())) return
  await ctx.call(CreateServiceLinkedRole, { AWSServiceName: service })
}

export interface Network {
  readonly vpcId: string
  readonly zones: readonly { readonly zone: string; readonly subnetId: string }[]
}

/** The subnets of a load balancer: of two zones at least, one a zone, all of one VPC. */
export async function networkOf(ctx: Context, ids: readonly string[]): Promise<Network> {
  const found = await subnetsOf(ctx, ids)
  const vpcIds = new Set(found.map(({ VpcId }) => VpcId))
  if (vpcIds.size > 1) {
    throw invalidConfiguration('All subnets must belong to the same VPC')
  }
  const zones = found.map((it) => ({
    zone: it.AvailabilityZone ?? '',
    subnetId: it.SubnetId ?? '',
  }))
  if (new Set(zones.map(({ zone }) => zone)).size < zones.length) {
    throw invalidConfiguration(
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    )
  }
  if (zones.length < 2) {
    throw validationError(
      'At least two subnets in two different Availability Zones must be specified',
    )
  }
  return { vpcId: [...vpcIds][0] ?? '', zones }
}

async function subnetsOf(ctx: Context, ids: readonly string[]): Promise<readonly Subnet[]> {
  try {
    const input = { SubnetIds: [...new Set(ids)] }
    return (await ctx.call(DescribeSubnets, input, linkedRole(ctx))).Subnets ?? []
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'InvalidSubnetID.NotFound') throw error
    throw subnetNotFound(/'([^']*)'/.exec(error.message)?.[1] ?? '')
  }
}

/** The groups that were named, all of the VPC; the VPC's default group where none was. */
export async function securityGroupsOf(
  ctx: Context,
  ids: readonly string[],
  vpcId: string,
): Promise<string[]> {
  const request =
    ids.length > 0
      ? { GroupIds: [...ids] }
      : {
          Filters: [
            { Name: 'vpc-id', Values: [vpcId] },
            { Name: 'group-name', Values: ['default'] },
          ],
        }
  try {
    const { SecurityGroups = [] } = await ctx.call(DescribeSecurityGroups, request, linkedRole(ctx))
    for (const { GroupId, VpcId } of SecurityGroups) {
      if (VpcId !== vpcId) {
        throw invalidConfiguration(
          `One or more security groups are invalid: '${GroupId}' is not of the VPC '${vpcId}'`,
        )
      }
    }
    return ids.length > 0 ? [...ids] : SecurityGroups.flatMap(({ GroupId = [] }) => GroupId)
  } catch (error) {
    if (!(error instanceof AwsError) || !error.code.startsWith('InvalidGroup')) throw error
    throw invalidSecurityGroup('One or more security groups are invalid')
  }
}

/** Refuses a VPC that is not there. Source: CreateTargetGroup; users' reports. */
export async function checkVpc(ctx: Context, vpcId: string): Promise<void> {
  await giveLinkedRole(ctx)
  try {
    await ctx.call(DescribeVpcs, { VpcIds: [vpcId] }, linkedRole(ctx))
  } catch (error) {
    if (!(error instanceof AwsError) || !error.code.startsWith('InvalidVpcID')) throw error
    throw validationError(`The VPC ID '${vpcId}' is not found`)
  }
}

/** An interface in each subnet: subnets and groups that a load balancer uses cannot be deleted. */
export async function makeInterfaces(
  ctx: Context,
  fullName: string,
  { zones }: Network,
  securityGroups: readonly string[],
): Promise<string[]> {
  const made: string[] = []
  for (const { subnetId } of zones) {
    const { NetworkInterface } = await ctx.call(
      CreateNetworkInterface,
      { SubnetId: subnetId, Groups: securityGroups, Description: `ELB ${fullName}` },
      linkedRole(ctx),
    )
    made.push(NetworkInterface?.NetworkInterfaceId ?? '')
  }
  return made
}

/** Deviation: they are gone at once; on AWS they stay for some minutes. */
export async function deleteInterfaces(ctx: Context, ids: readonly string[]): Promise<void> {
  for (const NetworkInterfaceId of ids) {
    try {
      await ctx.call(DeleteNetworkInterface, { NetworkInterfaceId }, linkedRole(ctx))
    } catch (error) {
      const isGone = error instanceof AwsError && error.code.endsWith('NotFound')
      if (!isGone) throw error
    }
  }
}
