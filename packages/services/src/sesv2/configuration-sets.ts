import {
  CreateConfigurationSet,
  type CreateConfigurationSetRequest,
  DeleteConfigurationSet,
  GetConfigurationSet,
  ListConfigurationSets,
  PutConfigurationSetDeliveryOptions,
  PutConfigurationSetReputationOptions,
  PutConfigurationSetSendingOptions,
  PutConfigurationSetSuppressionOptions,
  PutConfigurationSetTrackingOptions,
  PutConfigurationSetVdmOptions,
} from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { configurationSetArn } from '../shared/mail/arns.ts'
import {
  configurationSet,
  createConfigurationSet as create,
  deleteConfigurationSet as remove,
} from '../shared/mail/configuration-sets.ts'
import { type ConfigurationSet, configurationSets } from '../shared/mail/state.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { anywhere, on } from './authorization.ts'
import { badRequest, words } from './errors.ts'
import { pageOf } from './pages.ts'
import { tagList, tagsOf } from './tag-lists.ts'

export const ofSet = (
  { ConfigurationSetName }: { readonly ConfigurationSetName: string },
  ctx: Context,
) => on(configurationSetArn(ctx, ConfigurationSetName))

type Options = Omit<CreateConfigurationSetRequest, 'ConfigurationSetName' | 'Tags'>

function fieldsOf(options: Options): Partial<ConfigurationSet> {
  return {
    ...sendingFields(options.SendingOptions),
    ...reputationFields(options.ReputationOptions),
    ...deliveryFields(options.DeliveryOptions),
    ...trackingFields(options.TrackingOptions),
    ...suppressionFields(options.SuppressionOptions),
    ...vdmFields(options.VdmOptions),
  }
}

const sendingFields = (options: Options['SendingOptions']): Partial<ConfigurationSet> =>
  options?.SendingEnabled === undefined ? {} : { sendingEnabled: options.SendingEnabled }

const reputationFields = (options: Options['ReputationOptions']): Partial<ConfigurationSet> =>
  options?.ReputationMetricsEnabled === undefined
    ? {}
    : { reputationMetrics: options.ReputationMetricsEnabled }

/** Deviation: dedicated IP pools are not modelled, so that naming one is refused. */
function deliveryFields(options: Options['DeliveryOptions']): Partial<ConfigurationSet> {
  if (options?.SendingPoolName !== undefined) {
    throw notModelled('the dedicated IP pools of ses')
  }
  return {
    ...(options?.TlsPolicy === undefined ? {} : { tlsPolicy: options.TlsPolicy }),
    ...(options?.MaxDeliverySeconds === undefined
      ? {}
      : { maxDeliverySeconds: options.MaxDeliverySeconds }),
  }
}

function trackingFields(options: Options['TrackingOptions']): Partial<ConfigurationSet> {
  if (options === undefined) return {}
  const { CustomRedirectDomain, HttpsPolicy } = options
  return {
    redirectDomain: CustomRedirectDomain,
    ...(HttpsPolicy === undefined ? {} : { httpsPolicy: HttpsPolicy }),
  }
}

function suppressionFields(options: Options['SuppressionOptions']): Partial<ConfigurationSet> {
  if (options === undefined) return {}
  if (options.ValidationOptions !== undefined || options.SuppressionScope !== undefined) {
    throw notModelled('the validation options and scopes of suppression of sesv2')
  }
  return { suppressedReasons: options.SuppressedReasons ?? [] }
}

function vdmFields(options: Options['VdmOptions']): Partial<ConfigurationSet> {
  const engagement = options?.DashboardOptions?.EngagementMetrics
  const guardian = options?.GuardianOptions?.OptimizedSharedDelivery
  return {
    ...(engagement === undefined ? {} : { engagementMetrics: engagement }),
    ...(guardian === undefined ? {} : { optimizedDelivery: guardian }),
  }
}

export const createConfigurationSet = operation(CreateConfigurationSet, {
  authorize: (input, ctx) => ({ ...ofSet(input, ctx), creates: true }),
  provenance: 'modelled',
  refuses: ['ArchivingOptions', 'MessageSecurityOptions'],
  run(ctx, { ConfigurationSetName, Tags, ...options }) {
    create(ctx, ConfigurationSetName, { ...fieldsOf(options), tags: tagsOf(Tags) }, words)
    return {}
  },
})

export const getConfigurationSet = operation(GetConfigurationSet, {
  authorize: ofSet,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName }) {
    const set = configurationSet(ctx, ConfigurationSetName, words)
    const { redirectDomain, httpsPolicy, suppressedReasons, maxDeliverySeconds } = set
    return {
      ConfigurationSetName: set.name,
      ...(redirectDomain === undefined
        ? {}
        : {
            TrackingOptions: {
              CustomRedirectDomain: redirectDomain,
              ...(httpsPolicy === undefined ? {} : { HttpsPolicy: httpsPolicy }),
            },
          }),
      DeliveryOptions: {
        TlsPolicy: set.tlsPolicy,
        ...(maxDeliverySeconds === undefined ? {} : { MaxDeliverySeconds: maxDeliverySeconds }),
      },
      ReputationOptions: {
        ReputationMetricsEnabled: set.reputationMetrics,
        ...(set.lastFreshStartMs === undefined ? {} : { LastFreshStart: set.lastFreshStartMs }),
      },
      SendingOptions: { SendingEnabled: set.sendingEnabled },
      Tags: tagList(set.tags),
      ...(suppressedReasons === undefined
        ? {}
        : { SuppressionOptions: { SuppressedReasons: suppressedReasons } }),
      ...vdmOptions(set),
    }
  },
})

function vdmOptions({ engagementMetrics, optimizedDelivery }: ConfigurationSet) {
  if (engagementMetrics === undefined && optimizedDelivery === undefined) return {}
  return {
    VdmOptions: {
      ...(engagementMetrics === undefined
        ? {}
        : { DashboardOptions: { EngagementMetrics: engagementMetrics } }),
      ...(optimizedDelivery === undefined
        ? {}
        : { GuardianOptions: { OptimizedSharedDelivery: optimizedDelivery } }),
    },
  }
}

export const deleteConfigurationSet = operation(DeleteConfigurationSet, {
  authorize: ofSet,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName }) {
    remove(ctx, ConfigurationSetName, words)
    return {}
  },
})

export const listConfigurationSets = operation(ListConfigurationSets, {
  authorize: anywhere,
  provenance: 'modelled',
  refuses: ['Filter'],
  run(ctx, { NextToken, PageSize }) {
    const page = pageOf({
      records: (after) => configurationSets.scan(ctx, after === undefined ? {} : { after }),
      keyOf: ({ name }) => name,
      token: NextToken,
      sizeMax: PageSize ?? 100,
      query: 'ListConfigurationSets',
    })
    return {
      ConfigurationSets: page.items.map(({ name }) => name),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    }
  },
})

function change(ctx: Context, name: string, fields: Partial<ConfigurationSet>): object {
  configurationSets.put(ctx, { ...configurationSet(ctx, name, words), ...fields })
  return {}
}

export const putSendingOptions = operation(PutConfigurationSetSendingOptions, {
  authorize: ofSet,
  provenance: 'modelled',
  run: (ctx, { ConfigurationSetName, SendingEnabled = false }) =>
    change(ctx, ConfigurationSetName, { sendingEnabled: SendingEnabled }),
})

export const putReputationOptions = operation(PutConfigurationSetReputationOptions, {
  authorize: ofSet,
  provenance: 'modelled',
  run: (ctx, { ConfigurationSetName, ReputationMetricsEnabled = false }) =>
    change(ctx, ConfigurationSetName, { reputationMetrics: ReputationMetricsEnabled }),
})

export const putDeliveryOptions = operation(PutConfigurationSetDeliveryOptions, {
  authorize: ofSet,
  provenance: 'modelled',
  run: (ctx, { ConfigurationSetName, ...options }) =>
    change(ctx, ConfigurationSetName, deliveryFields(options)),
})

export const putSuppressionOptions = operation(PutConfigurationSetSuppressionOptions, {
  authorize: ofSet,
  provenance: 'modelled',
  run: (ctx, { ConfigurationSetName, ...options }) =>
    change(ctx, ConfigurationSetName, suppressionFields(options)),
})

export const putVdmOptions = operation(PutConfigurationSetVdmOptions, {
  authorize: ofSet,
  provenance: 'simplified',
  run: (ctx, { ConfigurationSetName, VdmOptions }) =>
    change(ctx, ConfigurationSetName, vdmFields(VdmOptions)),
})

export const putTrackingOptions = operation(PutConfigurationSetTrackingOptions, {
  authorize: ofSet,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName, CustomRedirectDomain, HttpsPolicy }) {
    const {
      redirectDomain: _was,
      httpsPolicy: _had,
      ...rest
    } = configurationSet(ctx, ConfigurationSetName, words)
    if (CustomRedirectDomain === undefined && HttpsPolicy !== undefined) {
      throw badRequest('HttpsPolicy can not be set without CustomRedirectDomain.')
    }
    configurationSets.put(ctx, {
      ...rest,
      ...(CustomRedirectDomain === undefined ? {} : { redirectDomain: CustomRedirectDomain }),
      ...(HttpsPolicy === undefined ? {} : { httpsPolicy: HttpsPolicy }),
    })
    return {}
  },
})
