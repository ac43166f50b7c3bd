import { type Markup, markup, nothing } from './markup.ts'

export interface Field {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'password' | 'email' | 'tel' | 'date' | 'url'
  readonly autocomplete: string
  readonly value?: string | undefined
  readonly hint?: string | undefined
  readonly isOptional?: boolean
  /** A code of digits. */
  readonly isCode?: boolean
}

export interface Form {
  readonly action: string
  readonly csrf: string
  readonly submit: string
  readonly fields: readonly Field[]
  /** Something is wrong with what was sent: the first field gets the focus and says so. */
  readonly isInvalid: boolean
  readonly more?: Markup | undefined
}

/** A form that works in every browser: labels, hints and the problem are tied to their fields. */
export function form({ action, csrf, submit, fields, isInvalid, more }: Form): Markup {
  return markup`<form method="post" action="${action}">
<input type="hidden" name="_csrf" value="${csrf}">
${fields.map((field, at) => shown(field, at === firstEmpty(fields), isInvalid))}
${more ?? nothing}
<button type="submit" class="submitButton-customizable">${submit}</button>
</form>`
}

/** A form that is one button. */
export function button(
  { action, csrf, submit }: Pick<Form, 'action' | 'csrf' | 'submit'>,
  look: 'second' | 'link' = 'second',
): Markup {
  return markup`<form method="post" action="${action}"><input type="hidden" name="_csrf" value="${csrf}"><button type="submit" class="${look}">${submit}</button></form>`
}

const firstEmpty = (fields: readonly Field[]): number =>
  Math.max(
    0,
    fields.findIndex(({ value }) => value === undefined || value === ''),
  )

function shown(field: Field, isFocused: boolean, isInvalid: boolean): Markup {
  const { name, label, type = 'text', autocomplete, value, hint, isOptional, isCode } = field
  const described = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(isInvalid && isFocused ? ['problem'] : []),
  ]
  const flags = [
    ...(isOptional === true ? [] : [' required']),
    ...(isFocused ? [' autofocus'] : []),
    ...(isInvalid && isFocused ? [' aria-invalid="true"'] : []),
    ...(isCode === true ? [' inputmode="numeric"'] : []),
    ...(type === 'text' && isCode !== true ? [' autocapitalize="none" spellcheck="false"'] : []),
  ]
  return markup`<div class="field">
<label class="label-customizable" for="${name}">${label}${isOptional === true ? ' (optional)' : ''}</label>
<input class="inputField-customizable${isCode === true ? ' code' : ''}" id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}"${
    value === undefined ? nothing : markup` value="${value}"`
  }${described.length === 0 ? nothing : markup` aria-describedby="${described.join(' ')}"`}${{ html: flags.join('') }}>
${hint === undefined ? nothing : markup`<p class="hint" id="${name}-hint">${hint}</p>`}
</div>`
}
