import { createHash } from 'node:crypto'
import type { ALBResult } from '../alb/event.ts'
import { html, Markup } from './markup.ts'
import { style } from './style.ts'

interface PageSettings {
  readonly title: string
  readonly content: Markup
  readonly status?: number
  readonly kind?: 'phone' | 'tv'
  readonly footer?: Markup
  /** Where a form of this page may lead in the end, besides this site. */
  readonly leadsTo?: string
  /** Seconds after which a browser asks again. */
  readonly refresh?: number
  readonly cookie?: string
}

const styleMarkup = new Markup(style)
const styleHash = createHash('sha256').update(style).digest('base64')

/** Nothing but the page itself and its own style sheet: no script, no frame around it, no form to elsewhere. */
function policy(leadsTo = ''): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action 'self' ${leadsTo}`.trim(),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

export function page(settings: PageSettings): ALBResult {
  const { title, content, status = 200, kind = 'phone', footer, leadsTo, refresh } = settings
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Starlight</title>
<style>${styleMarkup}</style>
</head>
<body class="${kind}">
<header><span aria-hidden="true">★</span> Starlight</header>
<main>
${content}
</main>
<footer>${footer}</footer>
</body>
</html>
`.text
  return {
    statusCode: status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy(leadsTo),
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      ...(refresh === undefined ? {} : { refresh: String(refresh) }),
      ...(settings.cookie === undefined ? {} : { 'set-cookie': settings.cookie }),
    },
    body: text,
  }
}
