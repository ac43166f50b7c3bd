import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteStateMachineVersion,
  ListStateMachineVersions,
  PublishStateMachineVersion,
} from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { machineAuthorization } from '../access.ts'
import { parsedArn } from '../arns.ts'
import {
  invalid,
  invalidToken,
  quotaExceeded,
  revisionConflict,
  stateMachineDeleting,
  versionInUse,
} from '../errors.ts'
import { versionsMax } from '../limits.ts'
import { itemsMax } from '../pages.ts'
import { aliases, type StateMachine, stateMachines, type Version, versions } from '../state.ts'
import { theMachine, versionOf } from './lookup.ts'

export const publishStateMachineVersion = operation(PublishStateMachineVersion, {
  authorize: ({ stateMachineArn }, ctx) => machineAuthorization(ctx, stateMachineArn),
  provenance: 'recorded',
  run(ctx, { stateMachineArn, revisionId, description }) {
    const machine = theMachine(ctx, stateMachineArn)
    if (machine.status === 'DELETING') throw stateMachineDeleting(stateMachineArn)
    // The revision of the creation has a name of its own. Source: its API reference, `revisionId`.
    if (revisionId !== undefined && revisionId !== (machine.revisionId ?? 'INITIAL')) {
      throw revisionConflict(revisionId)
    }
    const { arn, createdAtMs } = publish(ctx, machine, description)
    return { stateMachineVersionArn: arn, creationDate: createdAtMs }
  },
})

/** The newest version, if it is of this revision, or a new one. Recorded: states, 2023. */
export function publish(ctx: Context, machine: StateMachine, description?: string): Version {
  const latest = newest(ctx, machine.arn)
  if (latest !== undefined && latest.revisionId === machine.revisionId) return latest
  if ([...versionsOf(ctx, machine.arn)].length >= versionsMax) throw quotaExceeded('versions')
  const number = machine.lastVersion + 1
  stateMachines.update(ctx, machine.arn, { lastVersion: number })
  const { definition, roleArn, logging, tracing, encryption, revisionId } = machine
  return versions.put(ctx, {
    arn: `${machine.arn}:${number}`,
    stateMachineArn: machine.arn,
    number,
    createdAtMs: ctx.now(),
    definition,
    roleArn,
    logging,
    tracing,
    ...(encryption === undefined ? {} : { encryption }),
    ...(revisionId === undefined ? {} : { revisionId }),
    ...(description === undefined ? {} : { description }),
  })
}

/** The newest first. */
export function versionsOf(ctx: Context, machineArn: string, after?: string): Iterable<Version> {
  const start = after === undefined ? {} : { after: orderedKey(machineArn, Number(after)) }
  return versions.scan(ctx, { prefix: `${orderedKey(machineArn, '')}`, reverse: true, ...start })
}

function newest(ctx: Context, machineArn: string): Version | undefined {
  for (const version of versionsOf(ctx, machineArn)) return version
  return undefined
}

export const deleteStateMachineVersion = operation(DeleteStateMachineVersion, {
  authorize: ({ stateMachineVersionArn }, ctx) => machineAuthorization(ctx, stateMachineVersionArn),
  provenance: 'recorded',
  run(ctx, { stateMachineVersionArn: arn }) {
    const { rest } = parsedArn(arn, 'stateMachine')
    if (!/^\d+$/.test(rest)) throw invalid(`The ARN is not that of a version: ${arn}`)
    const version = versionOf(ctx, arn)
    if (version === undefined) return {}
    const users = [
      ...aliases.scan(ctx, { prefix: orderedKey(version.stateMachineArn, '') }),
    ].filter(({ routes }) => routes.some(({ versionArn }) => versionArn === arn))
    if (users.length > 0) throw versionInUse(users.map(({ name }) => name))
    versions.delete(ctx, orderedKey(version.stateMachineArn, version.number))
    return {}
  },
})

export const listStateMachineVersions = operation(ListStateMachineVersions, {
  authorize: ({ stateMachineArn }, ctx) => machineAuthorization(ctx, stateMachineArn),
  provenance: 'recorded',
  run(ctx, { stateMachineArn, nextToken: token, maxResults }) {
    parsedArn(stateMachineArn, 'stateMachine')
    const { items, nextToken } = pageOf({
      list: ({ after }) => versionsOf(ctx, stateMachineArn, after),
      positionOf: ({ number }) => String(number),
      itemsMax: itemsMax(maxResults),
      token,
      request: ['versions', stateMachineArn],
      refused: invalidToken,
    })
    return {
      stateMachineVersions: items.map(({ arn, createdAtMs }) => ({
        stateMachineVersionArn: arn,
        creationDate: createdAtMs,
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    }
  },
})
