/** Significant digits of a number. Source: DynamoDB Developer Guide, Constraints, "Data types, Number". */
export const significantDigitsMax = 38

/** Largest power of ten of a number (9.99...e125). Source: as above. */
export const exponentMax = 125

/** Smallest power of ten of a number (1e-130). Source: as above. */
export const exponentMin = -130

/** Levels of lists and maps in a value. Source: DynamoDB Developer Guide, Constraints, "Nested attribute depth". */
export const nestingLevelsMax = 32
