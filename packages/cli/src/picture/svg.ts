import { type Box, edgeText, type Placed, type Point, shortType } from './layout.ts'

const marginPx = 24
const titlePx = 34

/** Colours by what a service does; AWS's own families of hues, darkened enough to read white on them. */
const hues: readonly [RegExp, string][] = [
  [/^(SNS|SQS|Events|StepFunctions|event source)/i, '#b0084d'],
  [/^(IAM|KMS|Cognito|sts|iam)/i, '#bf2c2c'],
  [/^(S3|s3)/i, '#3f7d20'],
  [/^(DynamoDB|RDS)/i, '#3b48cc'],
  [/^(Lambda|ECS|EC2)/i, '#c2590a'],
  [/^(SSM|ssm|CloudFormation|Logs|CloudWatch|CloudTrail|logs)/i, '#a3285d'],
  [/^mail/, '#475569'],
]

/** A picture that stands alone: light and dark backgrounds, no scripts, text as text. */
export function svgOf(title: string, placed: Placed): string {
  const width = Math.ceil(placed.width + marginPx * 2)
  const height = Math.ceil(placed.height + marginPx * 2 + titlePx)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif">
<style>
  .page { fill: #ffffff } .title { fill: #0f172a; font-size: 16px; font-weight: 600 }
  .box { fill: #ffffff; stroke: #cbd5e1 } .outside { stroke-dasharray: 5 4 }
  .name { fill: #0f172a; font-size: 13px; font-weight: 600 } .type { fill: #64748b; font-size: 11px }
  .line { fill: none; stroke: #64748b; stroke-width: 1.4 } .refused { stroke: #b91c1c; stroke-dasharray: 4 3 }
  .call { fill: #334155; font-size: 11px } .refusedCall { fill: #b91c1c }
  .back { fill: #ffffff; opacity: 0.86 } .tip { fill: #64748b } .refusedTip { fill: #b91c1c }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .title, .name { fill: #e6edf3 } .box { fill: #161b22; stroke: #30363d }
    .type { fill: #9198a1 } .call { fill: #c9d1d9 } .back { fill: #0d1117 } .line { stroke: #9198a1 } .tip { fill: #9198a1 }
    .refused { stroke: #f47067 } .refusedCall { fill: #f47067 } .refusedTip { fill: #f47067 }
  }
</style>
<rect class="page" width="${width}" height="${height}" rx="10"/>
<text class="title" x="${marginPx}" y="${marginPx + 10}">${escapeText(title)}</text>
<g transform="translate(${marginPx} ${marginPx + titlePx})">
${placed.edges.map(edgeSvg).join('\n')}
${placed.nodes.map(nodeSvg).join('\n')}
${placed.edges.map(labelSvg).join('\n')}
</g>
</svg>
`
}

type PlacedNode = Placed['nodes'][number]
type PlacedEdge = Placed['edges'][number]

function nodeSvg(node: PlacedNode): string {
  const { x, y, width, height } = node
  const type = shortType(node.type)
  const hue = hues.find(([pattern]) => pattern.test(type))?.[1] ?? '#475569'
  const outside = node.outside ? ' outside' : ''
  return `<g><rect class="box${outside}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/><rect x="${x}" y="${y}" width="6" height="${height}" rx="3" fill="${hue}"/><text class="name" x="${x + 16}" y="${y + 20}">${escapeText(node.label)}</text><text class="type" x="${x + 16}" y="${y + 36}">${escapeText(type)}</text></g>`
}

function edgeSvg(edge: PlacedEdge): string {
  const refused = edge.failed === edge.count
  const path = edge.points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('')
  return `<path class="line${refused ? ' refused' : ''}" d="${path}"/>${tip(edge.points, refused)}`
}

/** An arrow head at the end, along the last stretch. */
function tip(points: readonly Point[], refused: boolean): string {
  const end = points.at(-1)
  const before = points.at(-2)
  if (end === undefined || before === undefined) return ''
  const angle = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI
  return `<path class="${refused ? 'refusedTip' : 'tip'}" transform="translate(${end.x} ${end.y}) rotate(${angle.toFixed(0)})" d="M0 0L-8 -4L-8 4Z"/>`
}

function labelSvg(edge: PlacedEdge): string {
  const box: Box | undefined = edge.labelBox
  if (box === undefined) return ''
  const refused = edge.failed > 0 ? ' refusedCall' : ''
  return `<rect class="back" x="${box.x - 2}" y="${box.y}" width="${box.width + 4}" height="${box.height}" rx="3"/><text class="call${refused}" x="${box.x}" y="${box.y + 11}">${escapeText(edgeText(edge))}</text>`
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
