import { validationException } from '../values/errors.ts'

/** The parameter that an expression is given in: its name begins the message. */
export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression'

/** What is wrong with an expression, before the parameter it stands in is known. */
export class ExpressionProblem extends Error {
  override readonly name = 'ExpressionProblem'
}

/** Runs what may find a problem with an expression; the problem becomes DynamoDB's error. */
export function inExpression<T>(kind: ExpressionKind, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ExpressionProblem) {
      throw validationException(`Invalid ${kind}: ${error.message}`)
    }
    throw error
  }
}

const incorrectOperand = 'Incorrect operand type for operator or function; operator'

/** DynamoDB's words for what is wrong with an expression, without the parameter's name before them. */
export const words = {
  empty: 'The expression can not be empty;',
  tooLong: 'Expression size has exceeded the maximum allowed size;',
  tooManyOperators: (count: number) =>
    `The expression contains too many operators; operator count: ${count}`,
  pathTooLong: (elements: number) =>
    `The document path has too many nesting elements; nesting levels: ${elements}`,
  tooManyInOperands: (count: number) =>
    `The IN operator is provided with too many operands; number of operands: ${count}`,
  syntax: (token: string, near: string) => `Syntax error; token: "${token}", near: "${near}"`,
  redundantParentheses: 'The expression has redundant parentheses;',
  reserved: (name: string) => `Attribute name is a reserved keyword; reserved keyword: ${name}`,
  unknownFunction: (name: string) => `Invalid function name; function: ${name}`,
  misusedFunction: (name: string) =>
    `The function is not allowed to be used this way in an expression; function: ${name}`,
  undefinedName: (name: string) =>
    `An expression attribute name used in the document path is not defined; attribute name: ${name}`,
  undefinedValue: (name: string) =>
    `An expression attribute value used in expression is not defined; attribute value: ${name}`,
  operandCount: (name: string, count: number) =>
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
  operandType: (name: string, type: string) =>
    `${incorrectOperand} or function: ${name}, operand type: ${type}`,
  actionType: (action: string, type: string) =>
    `${incorrectOperand}: ${action}, operand type: ${type}`,
  pathRequired: (name: string) =>
    `Operator or function requires a document path; operator or function: ${name}`,
  notDistinct: (operator: string, path: string) =>
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${path}`,
  unknownType: (type: string) =>
    `Invalid attribute type name found; type: ${type}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
  betweenTypes: (low: string, high: string) =>
    `The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: ${low}, upper bound operand: ${high}`,
  betweenOrder: (low: string, high: string) =>
    `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: ${low}, upper bound operand: ${high}`,
  sectionTwice: (section: string) =>
    `The "${section}" section can only be used once in an update expression;`,
  overlap: (one: string, two: string) =>
    `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`,
  conflict: (one: string, two: string) =>
    `Two document paths conflict with each other; must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`,
}

/** What an update finds when it meets the item. */
export const updateProblems = {
  invalidPath: () =>
    validationException(
      'The document path provided in the update expression is invalid for update',
    ),
  missingAttribute: () =>
    validationException(
      'The provided expression refers to an attribute that does not exist in the item',
    ),
  tooDeep: () => validationException('Nesting Levels have exceeded supported limits'),
  operandType: () =>
    validationException('An operand in the update expression has an incorrect data type'),
}
