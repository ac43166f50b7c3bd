import {
  GetTemplate,
  GetTemplateSummary,
  type ParameterDeclaration,
  ValidateTemplate,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { findChangeSet } from './change-set-lookup.ts'
import { neededCapabilities } from './engine/capabilities.ts'
import { isList, isObject, type Json } from './engine/json.ts'
import { inMapOrder } from './engine/map-order.ts'
import { schemaOf } from './engine/resource-types.ts'
import type { Template } from './engine/template.ts'
import { isJsonText } from './engine/template-text.ts'
import { changeSetMissing, stackWithIdMissing, validationError } from './errors.ts'
import { type PreparedTemplate, prepareTemplate } from './prepare.ts'
import { aboutStack, stackOrThrow } from './stack-lookup.ts'
import { templates } from './state.ts'
import { templateText } from './template-source.ts'

export const getTemplate = operation(GetTemplate, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'recorded',
  run(ctx, { StackName, ChangeSetName, TemplateStage = 'Original' }) {
    const key = templateKeyOf(ctx, StackName, ChangeSetName)
    const record = templates.get(ctx, key)
    // A stack that is only reviewed has none. Source: cdklabs/awscdk-v1-stack-finder, issue 273.
    if (record === undefined) return { StagesAvailable: [] }
    return {
      TemplateBody:
        TemplateStage === 'Processed' && record.transformed
          ? JSON.stringify(record.processed)
          : record.original,
      StagesAvailable: ['Original', 'Processed'],
    }
  },
})

/** Recorded: test_get_template_missing_resources. */
function templateKeyOf(
  ctx: Context,
  stackName: string | undefined,
  changeSetName: string | undefined,
): string {
  if (changeSetName === undefined)
    return stackOrThrow(ctx, stackName, stackWithIdMissing).templateKey
  if (!changeSetName.startsWith('arn:') && stackName === undefined) {
    throw validationError('StackName is a required parameter.')
  }
  const changeSet = findChangeSet(ctx, changeSetName, stackName)
  if (changeSet === undefined) throw changeSetMissing(changeSetName)
  return changeSet.templateKey ?? ''
}

export const validateTemplate = operation(ValidateTemplate, {
  authorize: (input) => ({
    resource: '*',
    context:
      input.TemplateURL === undefined ? {} : { 'cloudformation:TemplateUrl': input.TemplateURL },
  }),
  provenance: 'recorded',
  async run(ctx, input) {
    const text = await templateText(ctx, input)
    if (text === undefined) {
      throw validationError('Either Template URL or Template Body must be specified.')
    }
    const { template } = await prepareTemplate(ctx, text)
    const { capabilities, reason } = neededCapabilities(template)
    return {
      Parameters: listed(template).map(([key, definition]) => ({
        ParameterKey: key,
        ...(definition.default === undefined ? {} : { DefaultValue: definition.default }),
        NoEcho: definition.noEcho,
        ...(definition.description === undefined ? {} : { Description: definition.description }),
      })),
      ...(template.description === undefined ? {} : { Description: template.description }),
      ...(capabilities.length === 0
        ? {}
        : {
            Capabilities: capabilities as 'CAPABILITY_IAM'[], // The engine's names are the model's.
            ...(reason === undefined ? {} : { CapabilitiesReason: reason }),
          }),
      ...(template.transforms.length === 0
        ? {}
        : { DeclaredTransforms: template.transforms.map(({ name }) => name) }),
    }
  },
})

export const getTemplateSummary = operation(GetTemplateSummary, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName, input),
  provenance: 'recorded',
  refuses: ['StackSetName', 'CallAs', 'TemplateSummaryConfig'],
  async run(ctx, input) {
    const { template, original } = await summarised(ctx, input)
    const { capabilities, reason } = neededCapabilities(template)
    const types = new Map<string, string[]>()
    for (const [logicalId, { type }] of Object.entries(template.resources)) {
      const list = types.get(type)
      if (list === undefined) types.set(type, [logicalId])
      else list.push(logicalId)
    }
    return {
      Parameters: listed(template).map(parameterDeclaration),
      ...(template.description === undefined ? {} : { Description: template.description }),
      ...(capabilities.length === 0
        ? {}
        : {
            Capabilities: capabilities as 'CAPABILITY_IAM'[], // As in ValidateTemplate.
            ...(reason === undefined ? {} : { CapabilitiesReason: reason }),
          }),
      ResourceTypes: [...types.keys()],
      ...(template.version === undefined ? {} : { Version: template.version }),
      ...(template.metadata === undefined
        ? {}
        : { Metadata: metadataText(template.metadata, original) }),
      ...(template.transforms.length === 0
        ? {}
        : { DeclaredTransforms: template.transforms.map(({ name }) => name) }),
      ResourceIdentifierSummaries: [...types].map(([type, logicalIds]) => ({
        ResourceType: type,
        LogicalResourceIds: logicalIds,
        ...identifiersOf(type),
      })),
    }
  },
})

/** Recorded: test_get_template_summary. Metadata is written as its template is: YAML's on one line, quoted. */
function metadataText(metadata: Json, original: string): string {
  return isJsonText(original) ? JSON.stringify(metadata) : flowText(metadata)
}

function flowText(value: Json): string {
  if (isList(value)) return `[${value.map(flowText).join(', ')}]`
  if (isObject(value)) {
    const members = Object.entries(value)
    return `{${members.map(([key, item]) => `${quoted(key)}: ${flowText(item)}`).join(', ')}}`
  }
  return typeof value === 'string' ? quoted(value) : String(value)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function identifiersOf(type: string): { ResourceIdentifiers?: string[] } {
  const identifiers = schemaOf(type)?.primaryIdentifier
  return identifiers === undefined ? {} : { ResourceIdentifiers: [...identifiers] }
}

function listed({ parameters }: Template): [string, Template['parameters'][string]][] {
  return inMapOrder(Object.entries(parameters), ([key]) => key)
}

function parameterDeclaration([key, definition]: [
  string,
  Template['parameters'][string],
]): ParameterDeclaration {
  return {
    ParameterKey: key,
    ...(definition.default === undefined ? {} : { DefaultValue: definition.default }),
    ParameterType: definition.type,
    NoEcho: definition.noEcho,
    ...(definition.description === undefined ? {} : { Description: definition.description }),
    ParameterConstraints:
      definition.allowedValues === undefined
        ? {}
        : { AllowedValues: [...definition.allowedValues] },
  }
}

interface SummaryInput {
  readonly StackName?: string | undefined
  readonly TemplateBody?: string | undefined
  readonly TemplateURL?: string | undefined
}

type Summarised = Pick<PreparedTemplate, 'template' | 'original'>

async function summarised(ctx: Context, input: SummaryInput): Promise<Summarised> {
  const given = [input.StackName, input.TemplateBody, input.TemplateURL].filter(
    (each) => each !== undefined,
  )
  if (given.length !== 1) {
    throw validationError(
      'Exactly one of StackName, TemplateBody or TemplateURL must be specified.',
    )
  }
  if (input.StackName === undefined) {
    const text = await templateText(ctx, input)
    return prepareTemplate(ctx, text ?? '')
  }
  const stack = stackOrThrow(ctx, input.StackName, stackWithIdMissing)
  if (stack.status === 'REVIEW_IN_PROGRESS') {
    throw validationError('GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.')
  }
  const record = templates.get(ctx, stack.templateKey)
  if (record === undefined) throw stackWithIdMissing(input.StackName)
  return record
}
