import { TransformFailure } from '../errors.ts'

/** Name of the transform in templates and in its refusals. */
export const serverlessTransform = 'AWS::Serverless-2016-10-31'

/** Something wrong with a serverless template. The transform lists all that it finds. */
export class ServerlessProblem extends Error {
  override readonly name = 'ServerlessProblem'
}

export function invalidResource(logicalId: string, message: string): ServerlessProblem {
  return new ServerlessProblem(`Resource with id [${logicalId}] is invalid. ${message}`)
}

/** Events have the id that their function gives them. */
export class EventProblem extends ServerlessProblem {}

export function invalidEvent(eventId: string, message: string): EventProblem {
  return new EventProblem(`Event with id [${eventId}] is invalid. ${message}`)
}

export function invalidStructure(message: string): ServerlessProblem {
  return new ServerlessProblem(`Structure of the SAM template is invalid. ${message}`)
}

/** What AWS says of a `DefinitionBody` that is no OpenAPI 3 document. */
export function invalidDefinition(): ServerlessProblem {
  return invalidStructure(
    "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or 'paths' in 'DefinitionBody'.",
  )
}

export function invalidGlobals(message: string): ServerlessProblem {
  return new ServerlessProblem(`'Globals' section is invalid. ${message}`)
}

export function duplicateLogicalId(from: string, logicalId: string, type: string) {
  return new ServerlessProblem(
    `Transforming resource with id [${from}] attempts to create a new resource with id [${logicalId}] and type "${type}". A resource with that id already exists within this template. Please use a different id for that resource.`,
  )
}

/** The refusal that lists them, each once. Throws nothing itself. */
export function invalidDocument(problems: readonly ServerlessProblem[]): TransformFailure {
  const messages = [...new Set(problems.map(({ message }) => message))]
  return new TransformFailure(
    `Transform ${serverlessTransform} failed with: Invalid Serverless Application Specification document. Number of errors found: ${messages.length}. ${messages.join(' ')}`,
  )
}
