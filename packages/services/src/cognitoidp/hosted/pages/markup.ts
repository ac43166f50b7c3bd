/** HTML in which every value has been escaped. */
export interface Markup {
  readonly html: string
}

type Part = Markup | string | number | undefined | false | readonly Markup[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => entities[one] ?? one)

/** A piece of a page: values are escaped unless they are pieces themselves. */
export function markup(texts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { html: texts.map((text, at) => text + shown(values[at])).join('') }
}

function shown(value: Part): string {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  if ('html' in value) return value.html
  return value.map(({ html }) => html).join('')
}

export const nothing: Markup = { html: '' }
