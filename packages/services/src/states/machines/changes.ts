import { CreateStateMachine, UpdateStateMachine } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { machineAuthorization, requestTags } from '../access.ts'
import { arnOf, parsedArn, qualifierOf, unqualified } from '../arns.ts'
import {
  invalid,
  nothingToUpdate,
  stateMachineDeleting,
  stateMachineExists,
  stateMachineMissing,
  tooManyStateMachines,
} from '../errors.ts'
import { stateMachinesMax } from '../limits.ts'
import { checkName } from '../names.ts'
import { type Configuration, type StateMachine, stateMachines } from '../state.ts'
import { keptTags } from '../tags.ts'
import { isTraced, loggingOf } from './configuration.ts'
import { checkDefinition } from './definitions.ts'
import { encryptionOf, machineHolder } from './encryption.ts'
import { prepareDestination } from './logging-destination.ts'
import { theMachine } from './lookup.ts'
import { asRole, authorizePassRole, checkRole } from './roles.ts'
import { publish } from './versions.ts'

export const createStateMachine = operation(CreateStateMachine, {
  authorize: ({ name, tags }, ctx) => ({
    ...machineAuthorization(ctx, arnOf(ctx, 'stateMachine', name), requestTags(tags)),
    creates: true,
  }),
  provenance: 'recorded',
  async run(ctx, input) {
    const { name, definition, roleArn, publish: publishes = false } = input
    const type = input.type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD'
    checkName(name)
    checkVersionDescription(input)
    const arn = arnOf(ctx, 'stateMachine', name)
    const logging = loggingOf(input.loggingConfiguration)
    checkDefinition(definition, type)
    authorizePassRole(ctx, roleArn, arn)
    const tags = keptTags(ctx, arn, input.tags)
    const publishedAtCreation = publishes ? (input.versionDescription ?? '') : undefined
    const configuration = {
      definition,
      roleArn,
      logging,
      tracing: isTraced(input.tracingConfiguration),
    }
    const known = stateMachines.get(ctx, arn)
    if (known !== undefined) {
      const keyId = input.encryptionConfiguration?.kmsKeyId
      return answerOf(again(known, { ...configuration, type, keyId, publishedAtCreation }))
    }
    await checkRole(ctx, roleArn, arn)
    await prepareDestination(ctx, logging, asRole(roleArn, arn))
    const encryption = await encryptionOf(ctx, input.encryptionConfiguration, machineHolder(arn))
    // Others may have come first while the role was tried.
    if (stateMachines.has(ctx, arn)) throw stateMachineExists(arn)
    if (stateMachines.count(ctx) >= stateMachinesMax) throw tooManyStateMachines()
    const machine = stateMachines.put(ctx, {
      ...configuration,
      ...(encryption === undefined ? {} : { encryption }),
      ...(publishedAtCreation === undefined ? {} : { publishedAtCreation }),
      arn,
      name,
      type,
      status: 'ACTIVE',
      createdAtMs: ctx.now(),
      updatedAtMs: ctx.now(),
      tags,
      lastVersion: 0,
    })
    if (publishes) publish(ctx, machine, input.versionDescription)
    return answerOf(machine)
  },
})

/** A description is that of a version. */
function checkVersionDescription(input: {
  readonly publish?: boolean | undefined
  readonly versionDescription?: string | undefined
}): void {
  if (input.versionDescription !== undefined && input.publish !== true) {
    throw invalid('Version description can only be set when publish is true')
  }
}

function answerOf({ arn, createdAtMs, publishedAtCreation }: StateMachine) {
  const version = publishedAtCreation === undefined ? {} : { stateMachineVersionArn: `${arn}:1` }
  return { stateMachineArn: arn, creationDate: createdAtMs, ...version }
}

/**
 * A second creation gives what is there if it says the same; role and tags may differ.
 * Source: Step Functions API Reference, CreateStateMachine. Recorded: two texts of one definition differ, 2023.
 */
function again(
  known: StateMachine,
  asked: Pick<StateMachine, 'definition' | 'type' | 'logging' | 'tracing'> & {
    readonly keyId: string | undefined
    readonly publishedAtCreation: string | undefined
  },
): StateMachine {
  if (known.status === 'DELETING') throw stateMachineDeleting(known.arn)
  const isSame =
    known.definition === asked.definition &&
    known.type === asked.type &&
    known.tracing === asked.tracing &&
    known.encryption?.keyId === asked.keyId &&
    known.publishedAtCreation === asked.publishedAtCreation &&
    JSON.stringify(known.logging) === JSON.stringify(asked.logging)
  if (!isSame) throw stateMachineExists(known.arn)
  return known
}

export const updateStateMachine = operation(UpdateStateMachine, {
  authorize: ({ stateMachineArn }, ctx) => machineAuthorization(ctx, stateMachineArn),
  provenance: 'recorded',
  async run(ctx, input) {
    const { stateMachineArn: arn, definition, roleArn, loggingConfiguration } = input
    const { tracingConfiguration, encryptionConfiguration, versionDescription } = input
    const changes = [definition, roleArn, loggingConfiguration, tracingConfiguration]
    if (
      [...changes, encryptionConfiguration].every((it) => it === undefined) &&
      input.publish !== true
    ) {
      throw nothingToUpdate()
    }
    checkVersionDescription(input)
    const before = changeable(ctx, arn)
    const logging = loggingConfiguration && loggingOf(loggingConfiguration)
    if (definition !== undefined) checkDefinition(definition, before.type)
    if (roleArn !== undefined) {
      authorizePassRole(ctx, roleArn, arn)
      if (roleArn !== before.roleArn) await checkRole(ctx, roleArn, arn)
    }
    if (logging !== undefined)
      await prepareDestination(ctx, logging, asRole(roleArn ?? before.roleArn, arn))
    const encryption = await encryptionOf(ctx, encryptionConfiguration, machineHolder(arn))
    const { encryption: encryptionBefore, ...plain } = changeable(ctx, arn)
    const kept = encryptionConfiguration === undefined ? encryptionBefore : encryption
    const next: StateMachine = {
      ...plain,
      ...(kept === undefined ? {} : { encryption: kept }),
      ...(definition === undefined ? {} : { definition }),
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(logging === undefined ? {} : { logging }),
      ...(tracingConfiguration === undefined ? {} : { tracing: isTraced(tracingConfiguration) }),
      updatedAtMs: ctx.now(),
    }
    // What changes nothing makes no revision. Recorded: states, UpdateStateMachine, 2023.
    const revised =
      contentOf(next) === contentOf(before)
        ? stateMachines.put(ctx, next)
        : stateMachines.put(ctx, { ...next, revisionId: ctx.ids.uuid() })
    const version = input.publish === true ? publish(ctx, revised, versionDescription) : undefined
    const { revisionId } = revised
    return {
      updateDate: revised.updatedAtMs,
      ...(revisionId === undefined ? {} : { revisionId }),
      ...(version === undefined ? {} : { stateMachineVersionArn: version.arn }),
    }
  },
})

/** The machine itself: versions do not change. Recorded: states, UpdateStateMachine of a version, 2023. */
function changeable(ctx: Context, arn: string): StateMachine {
  parsedArn(arn, 'stateMachine')
  if (qualifierOf(arn) !== undefined) throw stateMachineMissing(arn)
  const machine = theMachine(ctx, unqualified(arn))
  if (machine.status === 'DELETING') throw stateMachineDeleting(arn)
  return machine
}

function contentOf({ definition, roleArn, logging, tracing, encryption }: Configuration): string {
  return JSON.stringify([definition, roleArn, logging, tracing, encryption])
}
