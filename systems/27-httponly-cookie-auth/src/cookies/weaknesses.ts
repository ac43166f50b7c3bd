/**
 * What is weak about a `Set-Cookie` line that carries a secret; nothing for a good one. Source: OWASP, Web Security
 * Testing Guide, "Testing for Cookies Attributes"; prefixes: RFC 6265bis, "Cookie Name Prefixes".
 */
export function weaknessesOf(setCookie: string): string[] {
  const [pair = '', ...parts] = setCookie.split(';').map((part) => part.trim())
  const name = pair.slice(0, Math.max(pair.indexOf('='), 0))
  const attributes = new Map(
    parts.map((part) => {
      const [key = '', value = ''] = part.split('=')
      return [key.toLowerCase(), value]
    }),
  )
  const rules: [boolean, string][] = [
    [name === '', 'it has no name'],
    [!attributes.has('secure'), 'without Secure it travels in plain text'],
    [!attributes.has('httponly'), 'without HttpOnly scripts can read it'],
    [!/^(lax|strict)$/i.test(attributes.get('samesite') ?? ''), 'other sites send it along'],
    [attributes.has('domain'), 'with Domain every host below it gets it, and can set it'],
    [!attributes.has('path'), 'without Path it depends on the page that sets it'],
    [
      !attributes.has('max-age') && !attributes.has('expires'),
      'it outlives what it stands for, as long as the browser runs',
    ],
    [!/^__(Host|Secure)-/.test(name), 'without a prefix a neighbouring host can plant it'],
    [name.startsWith('__Host-') && attributes.get('path') !== '/', '__Host- needs Path=/'],
  ]
  return rules.flatMap(([isBroken, finding]) => (isBroken ? [`${name}: ${finding}`] : []))
}
