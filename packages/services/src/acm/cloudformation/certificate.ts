import {
  AddTagsToCertificate,
  AwsCertificateManagerCertificate,
  DeleteCertificate,
  DescribeCertificate,
  type DomainValidation,
  ListTagsForCertificate,
  RemoveTagsFromCertificate,
  RequestCertificate,
  UpdateCertificateOptions,
} from '@cloud-orrery/models/acm'
import { type Change, ChangeResourceRecordSets } from '@cloud-orrery/models/route53'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { invalidState } from '../errors.ts'

interface ValidationOption {
  readonly DomainName?: string | undefined
  readonly HostedZoneId?: string | undefined
  readonly ValidationDomain?: string | undefined
}

/** TTL of the records that CloudFormation makes, in s. Source: records that people see in their zones. */
const proofTtl = 300

export const certificateType = resource(AwsCertificateManagerCertificate, {
  async create(ctx, properties) {
    const { DomainName, SubjectAlternativeNames, ValidationMethod, KeyAlgorithm } = properties
    const { DomainValidationOptions: options = [], CertificateAuthorityArn } = properties
    const preference = properties.CertificateTransparencyLoggingPreference
    const mailDomains = options.flatMap(({ DomainName: name, ValidationDomain }) =>
      name === undefined || ValidationDomain === undefined
        ? []
        : [{ DomainName: name, ValidationDomain }],
    )
    const { CertificateArn = '' } = await ctx.call(RequestCertificate, {
      DomainName,
      ...(SubjectAlternativeNames === undefined ? {} : { SubjectAlternativeNames }),
      ...(ValidationMethod === undefined ? {} : { ValidationMethod }),
      ...(KeyAlgorithm === undefined ? {} : { KeyAlgorithm }),
      ...(CertificateAuthorityArn === undefined ? {} : { CertificateAuthorityArn }),
      ...(mailDomains.length === 0 ? {} : { DomainValidationOptions: mailDomains }),
      Options: {
        ...(preference === undefined
          ? {}
          : { CertificateTransparencyLoggingPreference: preference }),
        ...(properties.CertificateExport === undefined
          ? {}
          : { Export: properties.CertificateExport }),
      },
    })
    ctx.made({ CertificateArn })
    const Tags = tagList({ ...ctx.stackTags, ...tagsOf(properties.Tags) })
    if (Tags.length > 0) await ctx.call(AddTagsToCertificate, { CertificateArn, Tags })
    if (ValidationMethod === 'DNS') await prove(ctx, CertificateArn, options)
    return { CertificateArn }
  },

  /** CloudFormation waits for the certificate, however long its validation takes. */
  async isReady(ctx, { CertificateArn }) {
    const { Certificate = {} } = await ctx.call(DescribeCertificate, { CertificateArn })
    if (Certificate.Status === 'PENDING_VALIDATION') return false
    if (Certificate.Status === 'ISSUED') return true
    throw invalidState(
      `Certificate ${CertificateArn} is ${Certificate.Status ?? 'gone'}${Certificate.FailureReason === undefined ? '' : `: ${Certificate.FailureReason}`}`,
    )
  },

  async update(ctx, properties, previous, { CertificateArn }) {
    const preference = properties.CertificateTransparencyLoggingPreference
    if (
      preference !== undefined &&
      preference !== previous.CertificateTransparencyLoggingPreference
    ) {
      await ctx.call(UpdateCertificateOptions, {
        CertificateArn,
        Options: { CertificateTransparencyLoggingPreference: preference },
      })
    }
    const now = { ...ctx.stackTags, ...tagsOf(properties.Tags) }
    const gone = Object.keys(tagsOf(previous.Tags)).filter((key) => !(key in now))
    if (gone.length > 0) {
      const Tags = gone.map((Key) => ({ Key }))
      await ctx.call(RemoveTagsFromCertificate, { CertificateArn, Tags })
    }
    const Tags = tagList(now)
    if (Tags.length > 0) await ctx.call(AddTagsToCertificate, { CertificateArn, Tags })
    return { CertificateArn }
  },

  /** The records stay, as on AWS: other certificates of the account may be proven by them. */
  async delete(ctx, { CertificateArn }) {
    await ctx.call(DeleteCertificate, { CertificateArn })
  },

  async read(ctx, { CertificateArn }) {
    const { Certificate = {} } = await ctx.call(DescribeCertificate, { CertificateArn })
    const { Tags = [] } = await ctx.call(ListTagsForCertificate, { CertificateArn })
    const own = Tags.filter(({ Key }) => !(Key in ctx.stackTags))
    return {
      ...(Certificate.DomainName === undefined ? {} : { DomainName: Certificate.DomainName }),
      ...(own.length === 0 ? {} : { Tags: own.map(({ Key, Value = '' }) => ({ Key, Value })) }),
    }
  },
})

interface Tag {
  readonly Key: string
  readonly Value: string
}

function tagsOf(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}

/** Services don't take tags of the prefix `aws:` from callers. */
function tagList(tags: Readonly<Record<string, string>>): readonly Tag[] {
  return Object.entries(tags)
    .filter(([key]) => !key.startsWith('aws:'))
    .map(([Key, Value]) => ({ Key, Value }))
}

/** Puts the records that prove the domains into the zones that the template names. */
async function prove(
  ctx: ResourceContext,
  CertificateArn: string,
  options: readonly ValidationOption[],
): Promise<void> {
  if (!options.some(({ HostedZoneId }) => HostedZoneId !== undefined)) return
  const { Certificate = {} } = await ctx.call(DescribeCertificate, { CertificateArn })
  const { DomainValidationOptions: proofs = [] } = Certificate
  const zones = new Map<string, Map<string, Change>>()
  for (const { DomainName, HostedZoneId } of options) {
    const proof = proofs.find((it) => it.DomainName === DomainName?.toLowerCase())
    const change = recordOf(proof)
    if (HostedZoneId === undefined || change === undefined) continue
    const changes = zones.get(HostedZoneId) ?? new Map<string, Change>()
    // A domain and its wildcard are proven by one record.
    zones.set(HostedZoneId, changes.set(change.ResourceRecordSet.Name, change))
  }
  for (const [HostedZoneId, changes] of zones) {
    const ChangeBatch = { Changes: [...changes.values()] }
    await ctx.call(ChangeResourceRecordSets, { HostedZoneId, ChangeBatch })
  }
}

function recordOf(proof: DomainValidation | undefined): Change | undefined {
  const record = proof?.ResourceRecord
  if (record === undefined) return undefined
  const { Name, Type, Value } = record
  return {
    Action: 'UPSERT',
    ResourceRecordSet: { Name, Type, TTL: proofTtl, ResourceRecords: [{ Value }] },
  }
}
