import { randomInt } from 'node:crypto'

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const vowels = /[aeiouy]/gi

/** Alphabets by the sign that names them. Without vowels no words come out. */
const alphabets: Readonly<Record<string, string>> = {
  '#': digits,
  a: lower,
  A: lower.toUpperCase(),
  b: lower.replace(vowels, ''),
  B: lower.toUpperCase().replace(vowels, ''),
  '!': '!$%&()*+-.:;=?@^_~',
}

/** The characters of a format: `#B` are digits and capital consonants. */
export function alphabetOf(format: string): string {
  const signs = [...new Set(format)]
  const unknown = signs.find((sign) => alphabets[sign] === undefined)
  if (signs.length === 0 || unknown !== undefined) {
    throw new Error(`'${format}' is no format of codes: it takes # a A b B !`)
  }
  return signs.map((sign) => alphabets[sign]).join('')
}

/** A code that nobody can foresee: each character is drawn evenly by the system's own generator. */
export function drawCode(format: string, length: number): string {
  const alphabet = alphabetOf(format)
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** Split in the middle, so that it is easy to read out: `BCDF-1234`. */
export function shownUserCode(code: string): string {
  const middle = Math.ceil(code.length / 2)
  return code.length < 6 ? code : `${code.slice(0, middle)}-${code.slice(middle)}`
}

/** As it was drawn, whatever people made of it: small letters, dashes, spaces. Capitals only where small ones are not drawn. */
export function typedUserCode(text: string, format: string): string {
  const bare = text.replace(/[\s-]/g, '')
  return /[ab]/.test(format) ? bare : bare.toUpperCase()
}

/** How likely it is that someone comes upon a code that waits: tries times codes that wait, over all codes there are. */
export function guessOdds(format: string, length: number, tries: number, waiting: number): number {
  return (tries * waiting) / alphabetOf(format).length ** length
}
