import {
  CreateConfigurationSetEventDestination,
  DeleteConfigurationSetEventDestination,
  type EventDestination as EventDestinationInput,
  UpdateConfigurationSetEventDestination,
} from '@cloud-orrery/models/ses'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { configurationSetArn } from '../shared/mail/arns.ts'
import {
  createDestination,
  deleteDestination,
  updateDestination,
} from '../shared/mail/event-destinations.ts'
import type { EventDestination, MailEventType } from '../shared/mail/state.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { on } from './authorization.ts'
import { words } from './errors.ts'

/** Event types and sources of dimensions as version 1 writes them; kept as version 2 does. */
const eventTypes: Readonly<Record<string, MailEventType>> = {
  send: 'SEND',
  reject: 'REJECT',
  bounce: 'BOUNCE',
  complaint: 'COMPLAINT',
  delivery: 'DELIVERY',
  open: 'OPEN',
  click: 'CLICK',
  renderingFailure: 'RENDERING_FAILURE',
}

const sources: Readonly<Record<string, string>> = {
  messageTag: 'MESSAGE_TAG',
  emailHeader: 'EMAIL_HEADER',
  linkTag: 'LINK_TAG',
}

const nameIn = (names: Readonly<Record<string, string>>, value: string): string =>
  Object.entries(names).find(([, kept]) => kept === value)?.[0] ?? value

function destinationOf(input: EventDestinationInput): EventDestination {
  if (input.KinesisFirehoseDestination !== undefined) {
    throw notModelled('Firehose as an event destination of ses')
  }
  const { CloudWatchDestination, SNSDestination } = input
  return {
    name: input.Name,
    enabled: input.Enabled ?? false,
    eventTypes: input.MatchingEventTypes.flatMap((type) => eventTypes[type] ?? []),
    ...(SNSDestination === undefined ? {} : { topicArn: SNSDestination.TopicARN }),
    ...(CloudWatchDestination === undefined
      ? {}
      : {
          dimensions: CloudWatchDestination.DimensionConfigurations.map((it) => ({
            name: it.DimensionName,
            source: sources[it.DimensionValueSource] ?? it.DimensionValueSource,
            defaultValue: it.DefaultDimensionValue,
          })),
        }),
  }
}

export function destinationView(destination: EventDestination): EventDestinationInput {
  const { name, enabled, topicArn, dimensions } = destination
  return {
    Name: name,
    Enabled: enabled,
    MatchingEventTypes: destination.eventTypes.map((type) => nameIn(eventTypes, type)),
    ...(topicArn === undefined ? {} : { SNSDestination: { TopicARN: topicArn } }),
    ...(dimensions === undefined
      ? {}
      : {
          CloudWatchDestination: {
            DimensionConfigurations: dimensions.map((it) => ({
              DimensionName: it.name,
              DimensionValueSource: nameIn(sources, it.source),
              DefaultDimensionValue: it.defaultValue,
            })),
          },
        }),
  }
}

const ofSet = ({ ConfigurationSetName }: { readonly ConfigurationSetName: string }, ctx: Context) =>
  on(configurationSetArn(ctx, ConfigurationSetName))

export const createEventDestination = operation(CreateConfigurationSetEventDestination, {
  authorize: ofSet,
  provenance: 'recorded',
  async run(ctx, { ConfigurationSetName, EventDestination: destination }) {
    await createDestination(ctx, ConfigurationSetName, destinationOf(destination), words)
    return {}
  },
})

export const updateEventDestination = operation(UpdateConfigurationSetEventDestination, {
  authorize: ofSet,
  provenance: 'modelled',
  async run(ctx, { ConfigurationSetName, EventDestination: destination }) {
    await updateDestination(ctx, ConfigurationSetName, destinationOf(destination), words)
    return {}
  },
})

export const deleteEventDestination = operation(DeleteConfigurationSetEventDestination, {
  authorize: ofSet,
  provenance: 'recorded',
  run(ctx, { ConfigurationSetName, EventDestinationName }) {
    deleteDestination(ctx, ConfigurationSetName, EventDestinationName, words)
    return {}
  },
})
