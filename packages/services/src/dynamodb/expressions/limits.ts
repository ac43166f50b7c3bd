/** Bytes of one expression. Source: DynamoDB Developer Guide, Constraints, "Expression parameters". */
export const expressionBytesMax = 4096

/** Operators and functions in one expression. Source: as above. */
export const operatorsMax = 300

/** Operands of IN. Source: as above. */
export const inOperandsMax = 100

/** Substitutions that are kept parsed: a program has few expressions, but may make them up as it goes. */
export const parsedExpressionsMax = 2000
