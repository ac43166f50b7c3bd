import { TemplateError } from './ast.ts'
import { selected } from './json-path.ts'
import { shownText, type VtlMap } from './values.ts'

/** Parameters by place and name. */
export interface Parameters {
  readonly path: Readonly<Record<string, string>>
  readonly querystring: Readonly<Record<string, string>>
  readonly header: Readonly<Record<string, string>>
}

/**
 * `$input`: a body and the parameters of the request.
 * Source: developer guide, "API Gateway mapping template and access logging variable reference", "$input variables".
 */
export function inputVariable(body: string, parameters: Parameters): VtlMap {
  let document: { value: unknown } | undefined
  const parsed = () => {
    document ??= { value: parsedBody(body) }
    return document.value
  }
  return {
    body,
    json: (path: unknown) => {
      const value = selected(parsed(), shownText(path))
      // An empty body is an empty object; what is not there is an empty text.
      if (value === undefined) return body.trim() === '' && path === '$' ? '{}' : '""'
      return JSON.stringify(value)
    },
    // Templates may change what a path gives them.
    path: (path: unknown) => structuredClone(selected(parsed(), shownText(path))),
    params: (name?: unknown) => {
      if (name === undefined) return structuredClone(parameters)
      return parameter(parameters, shownText(name)) ?? ''
    },
  }
}

/** Looked for in the path, the query string and the headers, in this order. Source: as above, `$input.params(x)`. */
function parameter({ path, querystring, header }: Parameters, name: string): string | undefined {
  if (Object.hasOwn(path, name)) return path[name]
  if (Object.hasOwn(querystring, name)) return querystring[name]
  const found = Object.keys(header).find((it) => it.toLowerCase() === name.toLowerCase())
  return found === undefined ? undefined : header[found]
}

function parsedBody(body: string): unknown {
  if (body.trim() === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return body // What is no JSON is a text.
  }
}

/** `$util`. Source: as above, "$util functions". */
export function utilVariable(): VtlMap {
  return {
    escapeJavaScript: (value: unknown) => escapeJavaScript(shownText(value)),
    parseJson: (value: unknown) => {
      try {
        return JSON.parse(shownText(value)) as unknown
      } catch {
        throw new TemplateError('$util.parseJson got no JSON')
      }
    },
    urlEncode: (value: unknown) =>
      encodeURIComponent(shownText(value))
        .replaceAll('%20', '+')
        .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    urlDecode: (value: unknown) => {
      try {
        return decodeURIComponent(shownText(value).replaceAll('+', ' '))
      } catch {
        throw new TemplateError('$util.urlDecode got what is not encoded')
      }
    },
    base64Encode: (value: unknown) => Buffer.from(shownText(value)).toString('base64'),
    base64Decode: (value: unknown) => Buffer.from(shownText(value), 'base64').toString(),
  }
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\n': '\\n',
  '\t': '\\t',
  '\f': '\\f',
  '\r': '\\r',
}

/** As Apache Commons Lang does, which API Gateway uses: single quotes are escaped too. */
function escapeJavaScript(text: string): string {
  return text.replace(/["'\\/\b\n\t\f\r]|[^\x20-\x7e]/g, (char) => {
    const known = escapes[char]
    if (known !== undefined) return known
    return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  })
}
