/** Headers that API Gateway keeps for itself. Recorded: apigateway, `test_apigateway_header_remapping_http[HTTP_PROXY]`. */
const kept = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
])

/** A backend's headers as they go out: names that are API Gateway's own get another. Lower-case names. */
export function remapped(headers: Readonly<Record<string, string>>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'transfer-encoding' || name === 'x-amzn-requestid') continue
    out[kept.has(name) ? `x-amzn-remapped-${name}` : name] = value
  }
  return out
}
