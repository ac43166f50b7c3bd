import { tagNameLengthMax, tagValueLengthMax } from './limits.ts'
import type { MailWords } from './words.ts'

/** Tags of a message, as events carry them. */
export interface MessageTag {
  readonly name: string
  readonly value: string
}

/** Recorded: ses, SendEmail, invalid tags: the name is looked at first. */
export function checkTags(tags: readonly MessageTag[], words: MailWords): void {
  for (const { name, value } of tags) {
    if (name === '') throw words.invalid('The tag name must be specified.')
    if (!/^[A-Za-z0-9_:-]*$/.test(name) || (name.includes(':') && !name.startsWith('ses:'))) {
      throw words.invalid(onlyAscii('name', name))
    }
    if (name.length > tagNameLengthMax) {
      throw words.invalid(`Tag name cannot exceed ${tagNameLengthMax} characters.`)
    }
    if (value === '') throw words.invalid('The tag value must be specified.')
    if (value.length > tagValueLengthMax) {
      throw words.invalid(`Tag value cannot exceed ${tagValueLengthMax} characters.`)
    }
    if (!/^[A-Za-z0-9_.@-]*$/.test(value)) throw words.invalid(onlyAscii('value', value))
  }
}

function onlyAscii(what: 'name' | 'value', text: string): string {
  const allowed = what === 'name' ? "'_',  '-'" : "'_',  '-', '.', '@'"
  return `Invalid tag ${what} <${text}>: only alphanumeric ASCII characters, ${allowed} are allowed.`
}
