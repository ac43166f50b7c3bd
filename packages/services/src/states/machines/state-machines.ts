import {
  DeleteStateMachine,
  DescribeStateMachine,
  ListStateMachines,
} from '@cloud-orrery/models/states'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { machineAuthorization } from '../access.ts'
import { parsedArn, qualifierOf } from '../arns.ts'
import { variableReferences } from '../asl/validation.ts'
import { invalid, invalidToken } from '../errors.ts'
import { itemsMax } from '../pages.ts'
import { stateMachines } from '../state.ts'
import { shownConfiguration } from './configuration.ts'
import { finishDeletion } from './deletion.ts'
import { machineHolder, openEncrypted } from './encryption.ts'
import { configurationOf, named } from './lookup.ts'

export const describeStateMachine = operation(DescribeStateMachine, {
  authorize: ({ stateMachineArn }, ctx) => machineAuthorization(ctx, stateMachineArn),
  provenance: 'recorded',
  async run(ctx, { stateMachineArn, includedData = 'ALL_DATA' }) {
    const found = named(ctx, stateMachineArn)
    const { machine, version } = found
    const of = configurationOf(ctx, found)
    const isWhole = includedData === 'ALL_DATA' || of.encryption === undefined
    if (isWhole) await openEncrypted(ctx, of.encryption, machineHolder(machine.arn))
    const references = isWhole ? variableReferences(of.definition) : {}
    return {
      stateMachineArn,
      name: machine.name,
      status: machine.status,
      type: machine.type,
      // Without its key a definition is an empty object. Source: its API reference, `includedData`.
      definition: isWhole ? of.definition : '{}',
      creationDate: version?.createdAtMs ?? machine.createdAtMs,
      ...shownConfiguration(of),
      ...(version?.description === undefined ? {} : { description: version.description }),
      ...(Object.keys(references).length === 0 ? {} : { variableReferences: references }),
    }
  },
})

export const listStateMachines = operation(ListStateMachines, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { maxResults, nextToken: token }) {
    const { items, nextToken } = pageOf({
      list: (start) => stateMachines.scan(ctx, start),
      positionOf: ({ arn }) => arn,
      itemsMax: itemsMax(maxResults),
      token,
      request: 'machines',
      refused: invalidToken,
    })
    return {
      stateMachines: items.map(({ arn, name, type, createdAtMs }) => ({
        stateMachineArn: arn,
        name,
        type,
        creationDate: createdAtMs,
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    }
  },
})

export const deleteStateMachine = operation(DeleteStateMachine, {
  authorize: ({ stateMachineArn }, ctx) => machineAuthorization(ctx, stateMachineArn),
  provenance: 'recorded',
  run(ctx, { stateMachineArn: arn }) {
    parsedArn(arn, 'stateMachine')
    if (qualifierOf(arn) !== undefined) {
      throw invalid(
        `The ARN of a version or alias can not be used to delete a state machine: ${arn}`,
      )
    }
    if (!stateMachines.has(ctx, arn)) return {}
    stateMachines.update(ctx, arn, { status: 'DELETING' })
    finishDeletion(ctx, arn)
    return {}
  },
})
