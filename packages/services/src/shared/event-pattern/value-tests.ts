/** A value at the end of a path: what patterns are compared with. */
export type Leaf = string | number | boolean | null

/** What a pattern asks of one field: one of these must hold for one of the field's values. */
export interface FieldTest {
  /** Texts that match as they are. */
  readonly strings: ReadonlySet<string>
  /** Numbers, booleans and null that match as they are. */
  readonly others: ReadonlySet<Leaf>
  readonly tests: readonly ((value: Leaf) => boolean)[]
  /** `{"exists": false}`: the field may be missing altogether. */
  readonly absent: boolean
}

/** Bound of numbers that can be compared by size. Source: EventBridge User Guide, "Numeric matching". */
const comparableMax = 5_000_000_000

export function holds(test: FieldTest, value: Leaf): boolean {
  if (typeof value === 'string' ? test.strings.has(value) : test.others.has(value)) return true
  for (const one of test.tests) if (one(value)) return true
  return false
}

/** A test of strings alone. */
export function ofString(test: (text: string) => boolean): (value: Leaf) => boolean {
  return (value) => typeof value === 'string' && test(value)
}

/** Any value but those for which a test of strings holds: numbers, booleans and null are none of them. */
export function butString(test: (text: string) => boolean): (value: Leaf) => boolean {
  return (value) => typeof value !== 'string' || !test(value)
}

/** A number within bounds. Texts are never numbers. */
export function within(
  bottom: number,
  openBottom: boolean,
  top: number,
  openTop: boolean,
): (value: Leaf) => boolean {
  return (value) =>
    typeof value === 'number' &&
    Math.abs(value) <= comparableMax &&
    (openBottom ? value > bottom : value >= bottom) &&
    (openTop ? value < top : value <= top)
}

export function isComparable(value: number): boolean {
  return Math.abs(value) <= comparableMax
}

export const comparableBounds = { bottom: -comparableMax, top: comparableMax } as const
