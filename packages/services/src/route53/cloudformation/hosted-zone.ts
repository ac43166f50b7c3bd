import {
  AssociateVPCWithHostedZone,
  AwsRoute53HostedZone,
  ChangeTagsForResource,
  CreateHostedZone,
  DeleteHostedZone,
  DisassociateVPCFromHostedZone,
  GetHostedZone,
  ListTagsForResource,
  UpdateHostedZoneComment,
} from '@cloud-orrery/models/route53'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { normalName } from '../../shared/dns/names.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { bareId } from '../zone-access.ts'
import { tagChanges } from './tag-changes.ts'

interface Features {
  readonly QueryLoggingConfig?: unknown
  readonly HostedZoneFeatures?: unknown
}

function refuseUnmodelled(properties: Features): void {
  for (const name of ['QueryLoggingConfig', 'HostedZoneFeatures'] as const) {
    if (properties[name] !== undefined) throw notModelled(`${name} of AWS::Route53::HostedZone`)
  }
}

export const hostedZoneType = resource(AwsRoute53HostedZone, {
  async create(ctx, properties) {
    refuseUnmodelled(properties)
    const { Name = '', HostedZoneConfig, VPCs = [], HostedZoneTags = [] } = properties
    const [vpc, ...others] = VPCs
    const { HostedZone, DelegationSet } = await ctx.call(CreateHostedZone, {
      Name,
      CallerReference: `${ctx.stackName}-${ctx.logicalId}-${ctx.ids.hex(12)}`,
      ...(vpc === undefined ? {} : { VPC: vpc }),
      HostedZoneConfig: {
        ...(HostedZoneConfig?.Comment === undefined ? {} : { Comment: HostedZoneConfig.Comment }),
        PrivateZone: vpc !== undefined,
      },
    })
    const Id = bareId(HostedZone.Id)
    ctx.made({ Id })
    for (const VPC of others) await ctx.call(AssociateVPCWithHostedZone, { HostedZoneId: Id, VPC })
    const tags = tagChanges([], HostedZoneTags, ctx.stackTags)
    if (tags !== undefined) {
      await ctx.call(ChangeTagsForResource, { ResourceType: 'hostedzone', ResourceId: Id, ...tags })
    }
    return vpc === undefined ? { Id, NameServers: DelegationSet.NameServers } : { Id }
  },

  async update(ctx, properties, previous, { Id, NameServers }) {
    refuseUnmodelled(properties)
    const comment = properties.HostedZoneConfig?.Comment
    if (comment !== previous.HostedZoneConfig?.Comment) {
      await ctx.call(UpdateHostedZoneComment, {
        Id,
        ...(comment === undefined ? {} : { Comment: comment }),
      })
    }
    await changeVpcs(ctx, Id, properties.VPCs ?? [], previous.VPCs ?? [])
    const tags = tagChanges(
      previous.HostedZoneTags ?? [],
      properties.HostedZoneTags ?? [],
      ctx.stackTags,
    )
    if (tags !== undefined) {
      await ctx.call(ChangeTagsForResource, { ResourceType: 'hostedzone', ResourceId: Id, ...tags })
    }
    return { Id, NameServers }
  },

  async delete(ctx, { Id }) {
    await ctx.call(DeleteHostedZone, { Id })
  },

  async read(ctx, { Id }, { Name = '' }) {
    const { HostedZone, VPCs = [] } = await ctx.call(GetHostedZone, { Id })
    const { ResourceTagSet } = await ctx.call(ListTagsForResource, {
      ResourceType: 'hostedzone',
      ResourceId: Id,
    })
    const own = (ResourceTagSet.Tags ?? []).filter(({ Key = '' }) => !(Key in ctx.stackTags))
    const comment = HostedZone.Config?.Comment
    return {
      // A template may leave the dot at the end out.
      Name: normalName(Name) === HostedZone.Name ? Name : HostedZone.Name,
      ...(comment === undefined ? {} : { HostedZoneConfig: { Comment: comment } }),
      ...(VPCs.length === 0
        ? {}
        : { VPCs: VPCs.map(({ VPCId = '', VPCRegion = '' }) => ({ VPCId, VPCRegion })) }),
      ...(own.length === 0
        ? {}
        : { HostedZoneTags: own.map(({ Key = '', Value = '' }) => ({ Key, Value })) }),
    }
  },
})

interface Vpc {
  readonly VPCId: string
  readonly VPCRegion: string
}

/** New ones first: a private zone is never without a VPC. */
async function changeVpcs(
  ctx: ResourceContext,
  HostedZoneId: string,
  now: readonly Vpc[],
  before: readonly Vpc[],
): Promise<void> {
  const has = (list: readonly Vpc[], { VPCId }: Vpc) => list.some((vpc) => vpc.VPCId === VPCId)
  for (const VPC of now) {
    if (!has(before, VPC)) await ctx.call(AssociateVPCWithHostedZone, { HostedZoneId, VPC })
  }
  for (const VPC of before) {
    if (!has(now, VPC)) await ctx.call(DisassociateVPCFromHostedZone, { HostedZoneId, VPC })
  }
}
