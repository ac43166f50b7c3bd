import {
  CreateConfigurationSetEventDestination,
  DeleteConfigurationSetEventDestination,
  type EventDestinationDefinition,
  GetConfigurationSetEventDestinations,
  UpdateConfigurationSetEventDestination,
} from '@cloud-orrery/models/sesv2'
import { operation } from '../define.ts'
import { configurationSet } from '../shared/mail/configuration-sets.ts'
import {
  createDestination,
  deleteDestination,
  updateDestination,
} from '../shared/mail/event-destinations.ts'
import type { EventDestination, MailEventType } from '../shared/mail/state.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { ofSet } from './configuration-sets.ts'
import { words } from './errors.ts'

function destinationOf(name: string, input: EventDestinationDefinition): EventDestination {
  if (input.KinesisFirehoseDestination !== undefined) {
    throw notModelled('Firehose as an event destination of sesv2')
  }
  if (input.PinpointDestination !== undefined) {
    throw notModelled('Pinpoint as an event destination of sesv2')
  }
  const { CloudWatchDestination, SnsDestination, EventBridgeDestination } = input
  return {
    name,
    enabled: input.Enabled ?? false,
    eventTypes: (input.MatchingEventTypes ?? []) as readonly MailEventType[], // The model's enum has the same names.
    ...(SnsDestination === undefined ? {} : { topicArn: SnsDestination.TopicArn }),
    ...(EventBridgeDestination === undefined
      ? {}
      : { eventBusArn: EventBridgeDestination.EventBusArn }),
    ...(CloudWatchDestination === undefined
      ? {}
      : {
          dimensions: CloudWatchDestination.DimensionConfigurations.map((it) => ({
            name: it.DimensionName,
            source: it.DimensionValueSource,
            defaultValue: it.DefaultDimensionValue,
          })),
        }),
  }
}

export const createEventDestination = operation(CreateConfigurationSetEventDestination, {
  authorize: ofSet,
  provenance: 'modelled',
  async run(ctx, { ConfigurationSetName, EventDestinationName, EventDestination: input }) {
    const destination = destinationOf(EventDestinationName, input)
    await createDestination(ctx, ConfigurationSetName, destination, words)
    return {}
  },
})

export const updateEventDestination = operation(UpdateConfigurationSetEventDestination, {
  authorize: ofSet,
  provenance: 'modelled',
  async run(ctx, { ConfigurationSetName, EventDestinationName, EventDestination: input }) {
    const destination = destinationOf(EventDestinationName, input)
    await updateDestination(ctx, ConfigurationSetName, destination, words)
    return {}
  },
})

export const deleteEventDestination = operation(DeleteConfigurationSetEventDestination, {
  authorize: ofSet,
  provenance: 'modelled',
  run(ctx, { ConfigurationSetName, EventDestinationName }) {
    deleteDestination(ctx, ConfigurationSetName, EventDestinationName, words)
    return {}
  },
})

export const getEventDestinations = operation(GetConfigurationSetEventDestinations, {
  authorize: ofSet,
  provenance: 'modelled',
  run: (ctx, { ConfigurationSetName }) => ({
    EventDestinations: configurationSet(ctx, ConfigurationSetName, words).destinations.map(
      ({ name, enabled, eventTypes, topicArn, eventBusArn, dimensions }) => ({
        Name: name,
        Enabled: enabled,
        MatchingEventTypes: eventTypes,
        ...(topicArn === undefined ? {} : { SnsDestination: { TopicArn: topicArn } }),
        ...(eventBusArn === undefined
          ? {}
          : { EventBridgeDestination: { EventBusArn: eventBusArn } }),
        ...(dimensions === undefined
          ? {}
          : {
              CloudWatchDestination: {
                DimensionConfigurations: dimensions.map((it) => ({
                  DimensionName: it.name,
                  DimensionValueSource: it.source,
                  DefaultDimensionValue: it.defaultValue,
                })),
              },
            }),
      }),
    ),
  }),
})
