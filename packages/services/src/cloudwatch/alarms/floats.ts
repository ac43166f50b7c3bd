/** Stands around numbers until the JSON is written; no text of an alarm has it. */
const mark = '\u0001'

/** Numbers of measurements always show a fraction: `1.0`. */
export function numeral(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? value.toFixed(1) : String(value)
}

/** A number that `jsonWithFloats` writes with its fraction, as AWS's documents have it. */
export function float(value: number): string {
  return `${mark}${numeral(value)}${mark}`
}

export function jsonWithFloats(document: object): string {
  return JSON.stringify(document).replace(/"\\u0001([^"\\]*)\\u0001"/g, '$1')
}
