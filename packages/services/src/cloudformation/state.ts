import { orderedKey, type TableContext, table } from '@cloud-orrery/kernel'
import type { Caller } from '../context.ts'
import type { ResourceChange } from './engine/change-plan.ts'
import { isCustomResource } from './engine/custom-types.ts'
import type { Json, JsonObject } from './engine/json.ts'
import type { ParameterValue } from './engine/parameters.ts'
import type { Template } from './engine/template.ts'

export interface Tag {
  readonly key: string
  readonly value: string
}

export interface StackOutput {
  readonly key: string
  readonly value: string
  readonly description?: string
  readonly exportName?: string
}

/** What a request asks of a stack, as kept for its rollback. */
export interface StackSettings {
  readonly templateKey: string
  readonly parameters: readonly ParameterValue[]
  readonly tags: readonly Tag[]
  readonly capabilities: readonly string[]
  readonly notificationArns: readonly string[]
  readonly description?: string
  readonly roleArn?: string
}

export interface Stack extends StackSettings {
  readonly stackId: string
  readonly name: string
  readonly createdAtMs: number
  readonly updatedAtMs?: number
  readonly deletedAtMs?: number
  readonly status: string
  readonly statusReason?: string
  /** Who started the last operation: the stack works under this identity unless it has a role. */
  readonly caller: Caller
  readonly timeoutMinutes?: number
  readonly disableRollback: boolean
  readonly retainExceptOnCreate: boolean
  readonly terminationProtection: boolean
  readonly outputs: readonly StackOutput[]
  readonly changeSetId?: string
  readonly parentId?: string
  readonly rootId?: string
  /** Logical id in the parent, whose step waits for this stack. */
  readonly parentLogicalId?: string
  readonly policy?: string
  readonly driftStatus: string
  readonly driftCheckedAtMs?: number
  /** Last event of the stack, so that each has its place. */
  readonly eventCount: number
}

/** Templates are kept once each and read by key, so that steps need not parse them again. */
export interface TemplateRecord {
  readonly key: string
  readonly original: string
  /** After transforms; the same as the original where there are none. */
  readonly processed: JsonObject
  readonly transformed: boolean
  readonly template: Template
}

export interface StackResource {
  readonly stackId: string
  readonly logicalId: string
  readonly type: string
  /** Empty until AWS knows it. */
  readonly physicalId: string
  readonly status: string
  readonly statusReason?: string
  readonly updatedAtMs: number
  /** As last applied: functions worked out, dynamic references as written. */
  readonly properties: JsonObject
  /** What the handler gave back; absent while nothing was made. */
  readonly state?: JsonObject
  readonly metadata?: Json
  readonly dependsOn: readonly string[]
  readonly deletionPolicy?: string
  readonly updateReplacePolicy?: string
  readonly driftStatus: string
  readonly driftCheckedAtMs?: number
}

export interface StackEvent {
  readonly stackId: string
  readonly sequence: number
  readonly eventId: string
  readonly stackName: string
  readonly logicalId: string
  readonly physicalId: string
  readonly type: string
  readonly atMs: number
  readonly status: string
  readonly reason?: string
  readonly properties?: string
  readonly token?: string
}

export interface Export {
  readonly name: string
  readonly value: string
  readonly stackId: string
}

/** One stack that imports one export. */
export interface Import {
  readonly name: string
  readonly stackId: string
  readonly stackName: string
}

/** A resource that exists and that a stack takes over. */
export interface ImportedResource {
  readonly type: string
  readonly logicalId: string
  /** Values of the primary identifier's members. */
  readonly identifiers: Readonly<Record<string, string>>
}

/** What a change set would do, and what executing it needs. */
export interface ChangeSet {
  readonly arn: string
  readonly name: string
  readonly stackId: string
  readonly stackName: string
  readonly type: 'CREATE' | 'UPDATE' | 'IMPORT'
  readonly createdAtMs: number
  readonly status: string
  readonly statusReason?: string
  readonly executionStatus: string
  readonly description?: string
  /** Absent where it failed before it had one. */
  readonly templateKey?: string
  readonly parameters: readonly ParameterValue[]
  /** Absent: the stack's stay. */
  readonly tags?: readonly Tag[]
  readonly capabilities: readonly string[]
  readonly notificationArns?: readonly string[]
  readonly roleArn?: string
  readonly includeNestedStacks: boolean
  readonly onStackFailure?: string
  readonly token?: string
  readonly changes: readonly ResourceChange[]
  /** What an import takes over. */
  readonly imports?: readonly ImportedResource[]
  /** The stack as it was before its import began, for the way back. */
  readonly before?: StackSettings
  /** What AWS could not look ahead, said where property values are shown. */
  readonly warning?: string
}

export const stacks = table<Stack, 'name' | 'parent' | 'living'>('cloudformation.stacks', {
  key: (stack) => stack.stackId,
  resource: (stack) => (stack.status === 'DELETE_COMPLETE' ? undefined : stack.stackId),
  partition: 'region',
  indexes: {
    name: (stack) => (stack.status === 'DELETE_COMPLETE' ? undefined : stack.name),
    parent: (stack) => stack.parentId,
    living: (stack) => (stack.status === 'DELETE_COMPLETE' ? undefined : 'yes'),
  },
})

export const templates = table<TemplateRecord>('cloudformation.templates', {
  key: (record) => record.key,
  partition: 'region',
})

/** `noEcho`: custom resources whose answers are not to be shown. */
export const resources = table<StackResource, 'stack' | 'physicalId' | 'noEcho'>(
  'cloudformation.resources',
  {
    key: (resource) => orderedKey(resource.stackId, resource.logicalId),
    partition: 'region',
    indexes: {
      stack: (resource) => resource.stackId,
      physicalId: (resource) => (resource.physicalId === '' ? undefined : resource.physicalId),
      noEcho: ({ type, state, stackId }) =>
        isCustomResource(type) && state?.['noEcho'] === true ? stackId : undefined,
    },
  },
)

export const events = table<StackEvent, 'stack'>('cloudformation.events', {
  key: (event) => orderedKey(event.stackId, event.sequence),
  partition: 'region',
  indexes: { stack: (event) => event.stackId },
})

export const changeSets = table<ChangeSet, 'stack'>('cloudformation.changeSets', {
  key: (changeSet) => changeSet.arn,
  partition: 'region',
  indexes: { stack: (changeSet) => changeSet.stackId },
})

export const exports = table<Export, 'stack'>('cloudformation.exports', {
  key: (exported) => exported.name,
  partition: 'region',
  indexes: { stack: (exported) => exported.stackId },
})

export const imports = table<Import, 'stack' | 'name'>('cloudformation.imports', {
  key: (imported) => orderedKey(imported.name, imported.stackId),
  partition: 'region',
  indexes: { stack: (imported) => imported.stackId, name: (imported) => imported.name },
})

export function resourceKey(stackId: string, logicalId: string): string {
  return orderedKey(stackId, logicalId)
}

/** Stacks that are not deleted. */
export function livingStacks(ctx: TableContext): Stack[] {
  return [...stacks.where(ctx, 'living', 'yes')]
}
