/**
 * What services of the query protocol answer to `Accept: application/json`: the elements of their XML as members,
 * lists by their `member` elements. Recorded: apigateway, `test_get_parameter_query_protocol`,
 * `test_sqs_request_and_response_xml_templates_integration`. The doors speak XML alone, so it is rewritten here.
 */
export function jsonOfXml(xml: string): string | undefined {
  const tokens = xml.match(/<[^>]+>|[^<]+/g)
  if (tokens === null || tokens.length > tokensMax) return undefined
  const stack: Element[] = [{ name: '', children: [], text: '' }]
  for (const token of tokens) {
    const top = stack.at(-1)
    if (top === undefined) return undefined
    if (token.startsWith('<?') || token.startsWith('<!')) continue
    if (token.startsWith('</')) {
      stack.pop()
      stack.at(-1)?.children.push(top)
    } else if (token.startsWith('<')) {
      const element = { name: /^<([^\s/>]+)/.exec(token)?.[1] ?? '', children: [], text: '' }
      if (token.endsWith('/>')) top.children.push(element)
      else stack.push(element)
    } else top.text += token
  }
  const [root] = stack
  return root === undefined || stack.length !== 1 ? undefined : JSON.stringify(shownElement(root))
}

// Deviation: numbers, flags and times are texts here, where AWS writes them as its model says.

/** Pieces of an answer that are read: those of the largest payload. */
const tokensMax = 1_000_000

interface Element {
  readonly name: string
  readonly children: Element[]
  text: string
}

function shownElement({ children, text }: Element): unknown {
  const [first] = children
  if (first === undefined) return leaf(text)
  if (children.every(({ name }) => name === 'member')) return children.map(shownElement)
  const members: Record<string, unknown> = {}
  for (const child of children) {
    const before = members[child.name]
    const value = shownElement(child)
    if (before === undefined) members[child.name] = value
    else members[child.name] = Array.isArray(before) ? [...before, value] : [before, value]
  }
  return members
}

function leaf(text: string): unknown {
  const plain = text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#xD;', '\r')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
  return plain === '' ? null : plain
}
