import {
  AddTagsToCertificate,
  GetAccountConfiguration,
  ListTagsForCertificate,
  PutAccountConfiguration,
  RemoveTagsFromCertificate,
  UpdateCertificateOptions,
} from '@cloud-orrery/models/acm'
import type { Context } from '../context.ts'
import { operation, type TaggedResource } from '../define.ts'
import { certificates } from '../shared/certificates/state.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { onCertificate, ownCertificate, requestTags } from './access.ts'
import { invalidState, tooManyTags } from './errors.ts'
import { warningDays } from './expiry.ts'
import { tagsMax } from './limits.ts'
import { accountConfigurations } from './state.ts'

export const addTags = operation(AddTagsToCertificate, {
  authorize(input, ctx) {
    const { resource, context } = onCertificate(input, ctx)
    return { resource, context: { ...context, ...requestTags(input.Tags) } }
  },
  provenance: 'modelled',
  run(ctx, { CertificateArn, Tags }) {
    const { arn, tags } = ownCertificate(ctx, CertificateArn)
    const next = { ...tags, ...Object.fromEntries(Tags.map(({ Key, Value = '' }) => [Key, Value])) }
    if (Object.keys(next).length > tagsMax) throw tooManyTags(arn)
    certificates.update(ctx, arn, { tags: next })
    return {}
  },
})

export const removeTags = operation(RemoveTagsFromCertificate, {
  authorize(input, ctx) {
    const { resource, context } = onCertificate(input, ctx)
    return { resource, context: { ...context, ...requestTags(input.Tags) } }
  },
  provenance: 'modelled',
  run(ctx, { CertificateArn, Tags }) {
    const { arn, tags } = ownCertificate(ctx, CertificateArn)
    // A tag with a value goes only where it has that value.
    const isGone = ([key, value]: readonly [string, string]) =>
      Tags.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value))
    const kept = Object.entries(tags).filter((tag) => !isGone(tag))
    certificates.update(ctx, arn, { tags: Object.fromEntries(kept) })
    return {}
  },
})

export const listTags = operation(ListTagsForCertificate, {
  authorize: onCertificate,
  provenance: 'modelled',
  run(ctx, { CertificateArn }) {
    const { tags } = ownCertificate(ctx, CertificateArn)
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
})

export const updateOptions = operation(UpdateCertificateOptions, {
  authorize: onCertificate,
  provenance: 'modelled',
  run(ctx, { CertificateArn, Options }) {
    const { arn, type } = ownCertificate(ctx, CertificateArn)
    if (Options.Export === 'ENABLED' || Options.ValidationMethod !== undefined) {
      throw notModelled(
        'Options.Export and Options.ValidationMethod of acm:UpdateCertificateOptions',
      )
    }
    if (type === 'IMPORTED') {
      throw invalidState(`The options of the imported certificate ${arn} can't be changed.`)
    }
    const preference = Options.CertificateTransparencyLoggingPreference
    if (preference !== undefined) certificates.update(ctx, arn, { transparencyLogging: preference })
    return {}
  },
})

export const getAccountConfiguration = operation(GetAccountConfiguration, {
  authorize: () => '*',
  provenance: 'modelled',
  run: (ctx) => ({ ExpiryEvents: { DaysBeforeExpiry: warningDays(ctx) } }),
})

export const putAccountConfiguration = operation(PutAccountConfiguration, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { ExpiryEvents }) {
    const days = ExpiryEvents?.DaysBeforeExpiry
    if (days !== undefined) accountConfigurations.put(ctx, { name: 'own', days })
    return {}
  },
})

export function* taggedResources(ctx: Context): Generator<TaggedResource, void, undefined> {
  for (const { arn, tags } of certificates.scan(ctx)) yield { arn, tags }
}
