import {
  AwsEventsArchive,
  CreateArchive,
  DeleteArchive,
  DescribeArchive,
  UpdateArchive,
} from '@cloud-orrery/models/events'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { jsonText, likeTemplate } from './json-text.ts'

export const archiveType = resource(AwsEventsArchive, {
  async create(ctx, properties) {
    const { SourceArn, Description, EventPattern, RetentionDays, KmsKeyIdentifier } = properties
    const ArchiveName = properties.ArchiveName ?? ctx.physicalName({ lengthMax: 48 })
    const { ArchiveArn = '' } = await ctx.call(CreateArchive, {
      ArchiveName,
      EventSourceArn: SourceArn,
      Description,
      EventPattern: EventPattern === undefined ? undefined : jsonText(EventPattern),
      RetentionDays,
      KmsKeyIdentifier,
    })
    return { Arn: ArchiveArn, physicalId: ArchiveName }
  },
  async update(ctx, properties, _previous, state) {
    const { Description, EventPattern, RetentionDays, KmsKeyIdentifier } = properties
    await ctx.call(UpdateArchive, {
      ArchiveName: nameOf(state.Arn),
      Description,
      EventPattern: EventPattern === undefined ? undefined : jsonText(EventPattern),
      RetentionDays,
      KmsKeyIdentifier,
    })
    return state
  },
  async delete(ctx, { Arn }) {
    await unlessGone(ctx.call(DeleteArchive, { ArchiveName: nameOf(Arn) }))
  },
  async read(ctx, { Arn }, properties) {
    const ArchiveName = nameOf(Arn)
    const archive = await unlessGone(ctx.call(DescribeArchive, { ArchiveName }))
    if (archive === undefined) return undefined
    const { EventSourceArn = '', Description, EventPattern, RetentionDays } = archive
    return {
      ArchiveName,
      SourceArn: EventSourceArn,
      ...(Description === undefined ? {} : { Description }),
      ...(EventPattern === undefined
        ? {}
        : { EventPattern: likeTemplate(EventPattern, properties.EventPattern) }),
      ...(RetentionDays === undefined ? {} : { RetentionDays }),
    }
  },
})

function nameOf(arn: string): string {
  return arn.split('archive/')[1] ?? ''
}
