/**
 * Whether header fields can be put on a wire: a value that ends its line would be the next header, or the next request.
 * Source: RFC 9110, sections 5.1 and 5.5.
 */
export function areFields(
  headers: Readonly<Record<string, string>>,
  cookies: readonly string[] = [],
): boolean {
  for (const name in headers) {
    if (!fieldName.test(name) || !fieldValue.test(headers[name] ?? '')) return false
  }
  return cookies.every((cookie) => fieldValue.test(cookie))
}

const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** Text of any script: how its characters become bytes is the door's to say. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
const fieldValue = /^[^\x00-\x08\x0a-\x1f\x7f]*$/
