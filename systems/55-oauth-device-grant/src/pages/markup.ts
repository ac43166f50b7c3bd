/** HTML that is safe to show: made by `html`, never by hand. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const signs: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function written(value: unknown): string {
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(written).join('')
  if (value === undefined || value === false) return ''
  return String(value).replace(/[&<>"']/g, (sign) => signs[sign] ?? sign)
}

/** Puts values into HTML as text, whatever they contain. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Markup {
  return new Markup(strings.map((part, at) => part + written(values[at])).join(''))
}
