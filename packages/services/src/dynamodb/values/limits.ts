/** Significant digits of a number. Source: DynamoDB Developer Guide, Constraints, "Data types, Number". */
export const significantDigitsMax = 38

/** Largest power of ten of a number (9.99...e125). Source: as above. */
export const exponentMax = 125

/** Smallest power of ten of a number (1e-130). Source: as above. */
export const exponentMin = -130

/**
 * Levels of an attribute, itself the first: a value has 31 lists and maps in each other at most.
 * Source: DynamoDB Developer Guide, Constraints, "Nested attribute depth"; observed on AWS, 2026-10.
 */
export const nestingLevelsMax = 32
