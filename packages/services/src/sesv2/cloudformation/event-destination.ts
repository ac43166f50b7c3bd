import {
  AwsSesConfigurationSetEventDestination,
  type AwsSesConfigurationSetEventDestinationProperties,
  CreateConfigurationSetEventDestination,
  DeleteConfigurationSetEventDestination,
  GetConfigurationSetEventDestinations,
  UpdateConfigurationSetEventDestination,
} from '@cloud-orrery/models/sesv2'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { unlessGone } from './gone.ts'

type Properties = AwsSesConfigurationSetEventDestinationProperties

/** Templates write event types as version 1 does (`renderingFailure`), or as version 2. */
function eventType(text: string): string {
  return text.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}

function definitionOf({ EventDestination }: Properties) {
  const { CloudWatchDestination, EventBridgeDestination, SnsDestination } = EventDestination
  if (EventDestination.KinesisFirehoseDestination !== undefined) {
    throw notModelled('Firehose in AWS::SES::ConfigurationSetEventDestination')
  }
  return {
    Enabled: EventDestination.Enabled ?? false,
    MatchingEventTypes: EventDestination.MatchingEventTypes.map(eventType),
    ...(SnsDestination === undefined
      ? {}
      : { SnsDestination: { TopicArn: SnsDestination.TopicARN } }),
    ...(EventBridgeDestination === undefined ? {} : { EventBridgeDestination }),
    ...(CloudWatchDestination === undefined
      ? {}
      : {
          CloudWatchDestination: {
            DimensionConfigurations: (CloudWatchDestination.DimensionConfigurations ?? []).map(
              (it) => ({ ...it, DimensionValueSource: eventType(it.DimensionValueSource) }),
            ),
          },
        }),
  }
}

export const eventDestinationType = resource(AwsSesConfigurationSetEventDestination, {
  async create(ctx, properties) {
    const { ConfigurationSetName, EventDestination } = properties
    const Id = EventDestination.Name ?? ctx.physicalName({ lengthMax: 64 })
    await ctx.call(CreateConfigurationSetEventDestination, {
      ConfigurationSetName,
      EventDestinationName: Id,
      EventDestination: definitionOf(properties),
    })
    return { Id, physicalId: `${ConfigurationSetName}|${Id}` }
  },

  async update(ctx, properties, _previous, state) {
    await ctx.call(UpdateConfigurationSetEventDestination, {
      ConfigurationSetName: properties.ConfigurationSetName,
      EventDestinationName: state.Id,
      EventDestination: definitionOf(properties),
    })
    return state
  },

  async delete(ctx, { Id }, { ConfigurationSetName }) {
    await unlessGone(
      ctx.call(DeleteConfigurationSetEventDestination, {
        ConfigurationSetName,
        EventDestinationName: Id,
      }),
    )
  },

  async read(ctx, { Id }, { ConfigurationSetName, EventDestination }) {
    const call = ctx.call(GetConfigurationSetEventDestinations, { ConfigurationSetName })
    const found = (await unlessGone(call))?.EventDestinations?.find(({ Name }) => Name === Id)
    if (found === undefined) return undefined
    const asKept = EventDestination.MatchingEventTypes.map(eventType)
    const same = JSON.stringify(asKept) === JSON.stringify(found.MatchingEventTypes)
    return {
      ConfigurationSetName,
      EventDestination: {
        ...EventDestination,
        Enabled: found.Enabled ?? false,
        MatchingEventTypes: same ? EventDestination.MatchingEventTypes : found.MatchingEventTypes,
      },
    }
  },
})
