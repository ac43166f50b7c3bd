import {
  CreateConfigurationSet,
  CreateConfigurationSetTrackingOptions,
  DeleteConfigurationSet,
  DeleteConfigurationSetTrackingOptions,
  DescribeConfigurationSet,
  ListConfigurationSets,
  PutConfigurationSetDeliveryOptions,
  UpdateConfigurationSetReputationMetricsEnabled,
  UpdateConfigurationSetSendingEnabled,
  UpdateConfigurationSetTrackingOptions,
} from '@cloud-orrery/models/ses'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { configurationSetArn } from '../shared/mail/arns.ts'
import {
  configurationSet,
  createConfigurationSet as create,
  deleteConfigurationSet as remove,
} from '../shared/mail/configuration-sets.ts'
import { type ConfigurationSet, configurationSets } from '../shared/mail/state.ts'
import { anywhere, on } from './authorization.ts'
import { trackingOptionsExist, trackingOptionsMissing, words } from './errors.ts'
import { destinationView } from './event-destinations.ts'
import { pageOf } from './pages.ts'

const ofSet = ({ ConfigurationSetName }: { readonly ConfigurationSetName: string }, ctx: Context) =>
  on(configurationSetArn(ctx, ConfigurationSetName))

export const createConfigurationSet = operation(CreateConfigurationSet, {
  authorize: ({ ConfigurationSet }, ctx) => ({
    resource: configurationSetArn(ctx, ConfigurationSet?.Name ?? ''),
    creates: true,
  }),
  provenance: 'recorded',
  run(ctx, input) {
    create(ctx, input.ConfigurationSet.Name, {}, words)
    return {}
  },
})

export const deleteConfigurationSet = operation(DeleteConfigurationSet, {
  authorize: ofSet,
  provenance: 'recorded',
  run(ctx, { ConfigurationSetName }) {
    remove(ctx, ConfigurationSetName, words)
    return {}
  },
})

export const describeConfigurationSet = operation(DescribeConfigurationSet, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName, ConfigurationSetAttributeNames = [] }) {
    const set = configurationSet(ctx, ConfigurationSetName, words)
    const asked = new Set<string>(ConfigurationSetAttributeNames)
    return {
      ConfigurationSet: { Name: set.name },
      ...(asked.has('eventDestinations')
        ? { EventDestinations: set.destinations.map(destinationView) }
        : {}),
      ...(asked.has('trackingOptions') && set.redirectDomain !== undefined
        ? { TrackingOptions: { CustomRedirectDomain: set.redirectDomain } }
        : {}),
      ...(asked.has('deliveryOptions')
        ? { DeliveryOptions: { TlsPolicy: set.tlsPolicy === 'REQUIRE' ? 'Require' : 'Optional' } }
        : {}),
      ...(asked.has('reputationOptions')
        ? {
            ReputationOptions: {
              SendingEnabled: set.sendingEnabled,
              ReputationMetricsEnabled: set.reputationMetrics,
              ...(set.lastFreshStartMs === undefined
                ? {}
                : { LastFreshStart: set.lastFreshStartMs }),
            },
          }
        : {}),
    }
  },
})

export const listConfigurationSets = operation(ListConfigurationSets, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { NextToken, MaxItems }) {
    const { items, next } = pageOf(
      (after) => configurationSets.scan(ctx, after === undefined ? {} : { after }),
      ({ name }) => name,
      { token: NextToken, sizeMax: MaxItems ?? 1000, query: 'ListConfigurationSets' },
    )
    return { ConfigurationSets: items.map(({ name }) => ({ Name: name })), ...next }
  },
})

function change(ctx: Context, name: string, fields: Partial<ConfigurationSet>): object {
  configurationSets.put(ctx, { ...configurationSet(ctx, name, words), ...fields })
  return {}
}

export const updateSendingEnabled = operation(UpdateConfigurationSetSendingEnabled, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName, Enabled }) {
    const { sendingEnabled } = configurationSet(ctx, ConfigurationSetName, words)
    // Sending that begins again starts the reputation afresh.
    const freshStart = Enabled && !sendingEnabled ? { lastFreshStartMs: ctx.now() } : {}
    return change(ctx, ConfigurationSetName, { sendingEnabled: Enabled, ...freshStart })
  },
})

export const updateReputationMetrics = operation(UpdateConfigurationSetReputationMetricsEnabled, {
  authorize: anywhere,
  provenance: 'modelled',
  run: (ctx, { ConfigurationSetName, Enabled }) =>
    change(ctx, ConfigurationSetName, { reputationMetrics: Enabled }),
})

export const putDeliveryOptions = operation(PutConfigurationSetDeliveryOptions, {
  authorize: ofSet,
  provenance: 'modelled',
  run: (ctx, { ConfigurationSetName, DeliveryOptions }) =>
    change(ctx, ConfigurationSetName, {
      tlsPolicy: DeliveryOptions?.TlsPolicy === 'Require' ? 'REQUIRE' : 'OPTIONAL',
    }),
})

export const createTrackingOptions = operation(CreateConfigurationSetTrackingOptions, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName, TrackingOptions }) {
    const set = configurationSet(ctx, ConfigurationSetName, words)
    if (set.redirectDomain !== undefined) throw trackingOptionsExist(ConfigurationSetName)
    return change(ctx, ConfigurationSetName, {
      redirectDomain: TrackingOptions.CustomRedirectDomain ?? '',
    })
  },
})

export const updateTrackingOptions = operation(UpdateConfigurationSetTrackingOptions, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName, TrackingOptions }) {
    const set = configurationSet(ctx, ConfigurationSetName, words)
    if (set.redirectDomain === undefined) throw trackingOptionsMissing(ConfigurationSetName)
    return change(ctx, ConfigurationSetName, {
      redirectDomain: TrackingOptions.CustomRedirectDomain ?? '',
    })
  },
})

export const deleteTrackingOptions = operation(DeleteConfigurationSetTrackingOptions, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName }) {
    const { redirectDomain, ...rest } = configurationSet(ctx, ConfigurationSetName, words)
    if (redirectDomain === undefined) throw trackingOptionsMissing(ConfigurationSetName)
    configurationSets.put(ctx, rest)
    return {}
  },
})
