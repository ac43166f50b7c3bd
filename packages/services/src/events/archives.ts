import type { Scope } from '@cloud-orrery/kernel'
import {
  CreateArchive,
  DeleteArchive,
  DescribeArchive,
  ListArchives,
  UpdateArchive,
} from '@cloud-orrery/models/events'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { forgetAll, planSweep } from './archived-events.ts'
import { namedBus, theBus } from './bus-lookup.ts'
import { archiveExists, archiveNotFound, invalidParameter, limitExceeded } from './errors.ts'
import { archivesMax } from './limits.ts'
import { pageOf } from './pages.ts'
import { checkPattern } from './rules.ts'
import { type Archive, archiveArn, archives, busArn, ruleArn, ruleKey, rules } from './state.ts'

/** The service that owns an archive's rule. Source: observed on AWS, DescribeRule. */
const archiveService = 'prod.vhs.events.aws.internal'

export function theArchive(ctx: Context, name: string): Archive {
  const archive = archives.get(ctx, name)
  if (archive === undefined) throw archiveNotFound(name)
  return archive
}

/** The bus that an archive names by its ARN. */
function sourceBus(ctx: Context, arn: string): string {
  const named = namedBus(ctx, arn)
  if (!isHere(ctx, named))
    throw invalidParameter('EventSourceArn', 'Cross-account archives are not supported.')
  return theBus(ctx, named.name).name
}

function isHere(ctx: Context, { accountId, region }: Scope): boolean {
  return accountId === ctx.accountId && region === ctx.region
}

export const createArchive = operation(CreateArchive, {
  // A bus of another account is looked for here, not refused. Recorded: events, CreateArchive.
  authorize: ({ ArchiveName, EventSourceArn }, ctx) => [
    { resource: archiveArn(ctx, ArchiveName) },
    { resource: busArn(ctx, namedBus(ctx, EventSourceArn).name) },
  ],
  provenance: 'recorded',
  refuses: ['KmsKeyIdentifier'],
  run(ctx, { ArchiveName, EventSourceArn, Description, EventPattern, RetentionDays = 0 }) {
    const { name: bus } = namedBus(ctx, EventSourceArn)
    theBus(ctx, bus)
    sourceBus(ctx, EventSourceArn)
    if (EventPattern !== undefined) checkPattern(EventPattern)
    if (archives.has(ctx, ArchiveName)) throw archiveExists(ArchiveName)
    if (archives.count(ctx) >= archivesMax) throw limitExceeded()
    const archive = archives.put(ctx, {
      name: ArchiveName,
      arn: archiveArn(ctx, ArchiveName),
      bus,
      ...(Description === undefined ? {} : { description: Description }),
      ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
      retentionDays: RetentionDays,
      createdAtMs: ctx.now(),
      eventCount: 0,
      sizeBytes: 0,
    })
    putManagedRule(ctx, archive)
    return answered(archive)
  },
})

/** AWS keeps archives by a rule of its own on the bus, which everyone sees and no one may change. */
function putManagedRule(ctx: Context, { bus, name, pattern = '{}' }: Archive): void {
  // The pattern was checked: it is a JSON object.
  const own = JSON.parse(pattern) as Record<string, unknown>
  rules.put(ctx, {
    bus,
    name: managedRuleName(name),
    arn: ruleArn(ctx, bus, managedRuleName(name)),
    pattern: JSON.stringify({ ...own, 'replay-name': [{ exists: false }] }),
    state: 'ENABLED',
    managedBy: archiveService,
    createdBy: ctx.accountId,
    tags: {},
  })
}

function managedRuleName(archive: string): string {
  return `Events-Archive-${archive}`
}

export const updateArchive = operation(UpdateArchive, {
  authorize: ({ ArchiveName }, ctx) => archiveArn(ctx, ArchiveName),
  provenance: 'recorded',
  refuses: ['KmsKeyIdentifier'],
  run(ctx, { ArchiveName, Description, EventPattern, RetentionDays }) {
    const archive = theArchive(ctx, ArchiveName)
    if (EventPattern !== undefined) checkPattern(EventPattern)
    const changed: Archive = {
      ...archive,
      ...(Description === undefined ? {} : { description: Description }),
      ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
      ...(RetentionDays === undefined ? {} : { retentionDays: RetentionDays }),
    }
    planSweep(ctx, changed)
    putManagedRule(ctx, changed)
    return answered(changed)
  },
})

export const deleteArchive = operation(DeleteArchive, {
  authorize: ({ ArchiveName }, ctx) => archiveArn(ctx, ArchiveName),
  provenance: 'recorded',
  run(ctx, { ArchiveName }) {
    const archive = theArchive(ctx, ArchiveName)
    forgetAll(ctx, archive)
    archives.delete(ctx, ArchiveName)
    rules.delete(ctx, ruleKey(archive.bus, managedRuleName(ArchiveName)))
    return {}
  },
})

export const describeArchive = operation(DescribeArchive, {
  authorize: ({ ArchiveName }, ctx) => archiveArn(ctx, ArchiveName),
  provenance: 'recorded',
  run(ctx, { ArchiveName }) {
    const archive = theArchive(ctx, ArchiveName)
    return {
      ...described(ctx, archive),
      ArchiveArn: archive.arn,
      Description: archive.description,
      EventPattern: archive.pattern,
    }
  },
})

export const listArchives = operation(ListArchives, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { NamePrefix = '', EventSourceArn, State, Limit, NextToken }) {
    const bus = EventSourceArn === undefined ? undefined : sourceBus(ctx, EventSourceArn)
    const all = wanted(archives.scan(ctx, { prefix: NamePrefix }), bus, State)
    const request = { NamePrefix, EventSourceArn, State }
    const page = pageOf(all, ({ name }) => name, { NextToken, Limit }, request)
    return { Archives: page.items.map((one) => described(ctx, one)), NextToken: page.nextToken }
  },
})

function* wanted(all: Iterable<Archive>, bus: string | undefined, state: string | undefined) {
  if (state !== undefined && state !== 'ENABLED') return // Archives here are enabled from the start.
  for (const archive of all) if (bus === undefined || archive.bus === bus) yield archive
}

function answered({ arn, createdAtMs }: Archive) {
  return { ArchiveArn: arn, State: 'ENABLED', CreationTime: createdAtMs }
}

function described(ctx: Context, archive: Archive) {
  return {
    ArchiveName: archive.name,
    EventSourceArn: busArn(ctx, archive.bus),
    State: 'ENABLED',
    RetentionDays: archive.retentionDays,
    SizeBytes: archive.sizeBytes,
    EventCount: archive.eventCount,
    CreationTime: archive.createdAtMs,
  }
}
