import type { Context } from '../context.ts'
import { addToMetric, type DimensionPairs, measure } from '../shared/metrics.ts'
import { futureMsMax, pastMsMax } from './limits.ts'
import type { LogGroup } from './state.ts'

/** Source: CloudWatch User Guide, Specification: Embedded metric format. */
const dimensionsMax = 30
const metricsMax = 100
const valuesMax = 100

interface Directive {
  readonly Namespace: string
  readonly Dimensions: readonly (readonly string[])[]
  readonly Metrics: readonly {
    readonly Name: string
    readonly Unit?: string
    readonly StorageResolution?: number
  }[]
}

type Root = Readonly<Record<string, unknown>>

/** Makes metrics of an event that carries them. What breaks the format is counted, and no metric. */
export function publishEmbedded(
  ctx: Context,
  group: LogGroup,
  message: string,
  timestamp: number,
): void {
  if (!message.includes('"_aws"')) return
  const root = parsed(message)
  const meta = root?.['_aws']
  if (root === undefined || !isObject(meta)) return
  const directives = meta['CloudWatchMetrics']
  if (directives === undefined) return
  const atMs = typeof meta['Timestamp'] === 'number' ? meta['Timestamp'] : timestamp
  const timely = atMs >= ctx.now() - pastMsMax && atMs <= ctx.now() + futureMsMax
  const valid = Array.isArray(directives) && directives.every(isDirective)
  if (!valid || !timely || !directives.every((it) => publishDirective(ctx, root, it, atMs))) {
    measure(ctx, {
      namespace: 'AWS/Logs',
      name: 'EMFValidationErrors',
      dimensions: { LogGroupName: group.name },
      value: 1,
      unit: 'Count',
    })
  }
}

function parsed(message: string): Root | undefined {
  try {
    const root: unknown = JSON.parse(message)
    return isObject(root) ? root : undefined
  } catch {
    return undefined // A line that only quotes the format.
  }
}

function isObject(value: unknown): value is Root {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isDirective(value: unknown): value is Directive {
  if (!isObject(value)) return false
  const { Namespace, Dimensions = [], Metrics } = value
  return (
    typeof Namespace === 'string' &&
    Namespace !== '' &&
    Array.isArray(Dimensions) &&
    Dimensions.every(
      (set) =>
        Array.isArray(set) &&
        set.length <= dimensionsMax &&
        set.every((name) => typeof name === 'string'),
    ) &&
    Array.isArray(Metrics) &&
    Metrics.length <= metricsMax &&
    Metrics.every((metric) => isObject(metric) && typeof metric['Name'] === 'string')
  )
}

/** False where a member that the directive names has not the form that it has to have. */
function publishDirective(ctx: Context, root: Root, directive: Directive, atMs: number): boolean {
  const { Namespace: namespace, Dimensions = [], Metrics } = directive
  const sets = (Dimensions.length === 0 ? [[]] : Dimensions).map((names) => pairsOf(root, names))
  const known = sets.filter((set) => set !== undefined)
  const metrics = Metrics.map((metric) => ({ ...metric, values: valuesOf(root[metric.Name]) }))
  for (const { Name: name, Unit: unit = 'None', StorageResolution, values } of metrics) {
    if (values === undefined) continue
    const lengthMs = StorageResolution === 1 ? 1000 : 60_000
    for (const dimensions of known) {
      for (const value of values) {
        const one = { count: 1, sum: value, min: value, max: value }
        addToMetric(ctx, { metric: { namespace, name, dimensions }, atMs, lengthMs, unit, ...one })
      }
    }
  }
  return known.length === sets.length && metrics.every(({ values }) => values !== undefined)
}

/** Dimensions are members of the event itself, as text. */
function pairsOf(root: Root, names: readonly string[]): DimensionPairs | undefined {
  const pairs: (readonly [string, string])[] = []
  for (const name of names) {
    const value = root[name]
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      return undefined
    }
    pairs.push([name, String(value)])
  }
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A metric that the event does not have is no error. */
function valuesOf(value: unknown): readonly number[] | undefined {
  const values = value === undefined ? [] : Array.isArray(value) ? value : [value]
  if (values.length > valuesMax) return undefined
  return values.every((it) => typeof it === 'number' && Number.isFinite(it)) ? values : undefined
}
