import { createHash } from 'node:crypto'
import type { Customization } from '../../clients/state.ts'
import type { Page } from '../answers.ts'
import { type Markup, markup, nothing } from './markup.ts'
import { style } from './style.ts'

/** What a page says. */
export interface View {
  readonly title: string
  /** What went wrong with the form that was sent. */
  readonly problem?: string | undefined
  readonly notice?: string | undefined
  readonly body: Markup
}

/** The whole page, with the pool's own look where it has one. */
export function layout(view: View, look: Customization | undefined): Page {
  const { title, problem, notice, body } = view
  const own = (look?.css ?? '').replaceAll('<', '\\3c ')
  const sheets = own === '' ? [style] : [style, own]
  const { html } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${problem === undefined ? '' : 'Error: '}${title}</title>
${sheets.map((sheet) => ({ html: `<style>${sheet}</style>` }))}
</head>
<body class="background-customizable">
<main class="modal-content">
${logo(look)}
<h1 class="textDescription-customizable">${title}</h1>
${problem === undefined ? nothing : markup`<p class="note errorMessage-customizable" id="problem" role="alert">${problem}</p>`}
${notice === undefined ? nothing : markup`<p class="note notice" role="status">${notice}</p>`}
${body}
</main>
</body>
</html>
`
  const styleHashes = sheets.map((sheet) => createHash('sha256').update(sheet).digest('base64'))
  return { html, styleHashes }
}

function logo(look: Customization | undefined): Markup {
  if (look?.image === undefined) return nothing
  const kind = look.image.startsWith('/9j/') ? 'jpeg' : 'png'
  return markup`<img class="logo-customizable" alt="" src="data:image/${kind};base64,${look.image}">`
}
