import { matchesArn } from '../pattern.ts'
import type { Need } from './need.ts'

/**
 * Why a pattern stands for what was asked: `exact`: the very ARN; `written`: the present policy says so;
 * `objects`: more distinct objects below one container than are listed one by one; `generated`: AWS makes
 * up such names, so that the next run has others; `asked`: the request itself has no narrower resource.
 */
export type PatternRule = 'exact' | 'written' | 'objects' | 'generated' | 'asked'

export interface ResourcePattern {
  readonly pattern: string
  readonly rule: PatternRule
  readonly needs: readonly Need[]
}

export interface GeneralisingOptions {
  /** Distinct objects below one bucket or prefix that are listed one by one. Default 10. */
  readonly objectsMax?: number
  /** Never take a pattern over from the present policy. Default: taken over. */
  readonly exact?: boolean
}

export const objectsMaxDefault = 10

/** Names that a service makes up while it runs: what precedes them stays, a wildcard takes their place. */
const generatedNames: readonly RegExp[] = [
  /^(arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:]+:)log-stream:/,
  /^(arn:[^:]+:ssm:[^:]*:[^:]*:opsitem\/)oi-/,
  /^(arn:[^:]+:lambda:[^:]*:[^:]*:event-source-mapping:)./,
  /^(arn:[^:]+:states:[^:]*:[^:]*:execution:[^:]+:)./,
]

/**
 * Gives the patterns for one action's resources. Partition, region and account always stay as they were
 * asked for: only the tail of an ARN below its container is ever widened.
 */
export function patternsFor(
  needs: readonly Need[],
  options: GeneralisingOptions = {},
): readonly ResourcePattern[] {
  const single = needs.map((need) => patternOf(need, options))
  const merged = widenContainers(single, options.objectsMax ?? objectsMaxDefault)
  return withoutCovered(samePatternOnce(merged))
}

function patternOf(need: Need, { exact = false }: GeneralisingOptions): ResourcePattern {
  const { resource } = need
  const needs = [need]
  if (resource.endsWith('*')) return { pattern: resource, rule: 'asked', needs }
  const container = need.written
    .filter((pattern) => isBelowContainer(pattern) && matchesArn(pattern, resource))
    .sort(byLength)
    .at(-1)
  if (!exact && container !== undefined) return { pattern: container, rule: 'written', needs }
  for (const form of generatedNames) {
    const [, before] = form.exec(resource) ?? []
    if (before !== undefined) return { pattern: `${before}*`, rule: 'generated', needs }
  }
  return { pattern: literalPattern(resource), rule: 'exact', needs }
}

/**
 * `arn:aws:s3:::bucket/*`, `...:parameter/app/*`, `...:log-group:name:*`: whole up to one container, and
 * a wildcard for all that is in it.
 */
export function isBelowContainer(pattern: string): boolean {
  const container = /^([^*?]*[/:])\*$/.exec(pattern)?.[1]
  if (container === undefined) return false
  const name = afterFifthColon(container)
  // `arn:aws:sqs:us-east-1:111122223333:*` names no container, `...:table/*` only a kind of resource.
  return name !== undefined && /[^/:]/.test(name) && !isKindAlone(container, name)
}

/** In most ARNs the first word says what kind of resource follows; S3's begin with the bucket itself. */
function isKindAlone(container: string, name: string): boolean {
  const segments = name.split(/[/:]/).filter((segment) => segment !== '')
  return segments.length === 1 && !container.includes(':s3:::')
}

function afterFifthColon(arn: string): string | undefined {
  const parts = arn.split(':')
  return parts.length < 6 ? undefined : parts.slice(5).join(':')
}

/** An ARN as a pattern of itself: its own wildcard characters taken literally. */
export function literalPattern(resource: string): string {
  return resource.replace(/[$*?]/g, (char) => `\${${char}}`)
}

function widenContainers(
  patterns: readonly ResourcePattern[],
  objectsMax: number,
): readonly ResourcePattern[] {
  const byContainer = new Map<string, ResourcePattern[]>()
  const out: ResourcePattern[] = []
  for (const pattern of patterns) {
    const container = pattern.rule === 'exact' ? containerOf(pattern.pattern) : undefined
    if (container === undefined) out.push(pattern)
    else byContainer.set(container, [...(byContainer.get(container) ?? []), pattern])
  }
  for (const [container, members] of byContainer) {
    const distinct = new Set(members.map(({ pattern }) => pattern))
    if (distinct.size <= objectsMax) {
      out.push(...members)
      continue
    }
    const prefix = commonFolder([...distinct], container)
    const needs = members.flatMap((member) => member.needs)
    out.push({ pattern: `${prefix}*`, rule: 'objects', needs })
  }
  return out
}

/** The bucket of an object, the first part of another path with a slash; with its slash at the end. */
function containerOf(arn: string): string | undefined {
  const name = afterFifthColon(arn)
  if (name === undefined) return undefined
  const head = arn.slice(0, arn.length - name.length)
  const form = head.includes(':s3:::') ? /^[^/]+\// : /^[^/:]+[/:][^/:]+\//
  const [container] = form.exec(name) ?? []
  return container === undefined ? undefined : head + container
}

/** The deepest folder that all are in, at least `container`. */
function commonFolder(arns: readonly string[], container: string): string {
  const [first = ''] = arns
  let length = first.length
  for (const arn of arns) {
    while (!arn.startsWith(first.slice(0, length))) length -= 1
  }
  const folder = first.slice(0, first.slice(0, length).lastIndexOf('/') + 1)
  return folder.length > container.length ? folder : container
}

function samePatternOnce(patterns: readonly ResourcePattern[]): readonly ResourcePattern[] {
  const once = new Map<string, ResourcePattern>()
  for (const { pattern, rule, needs } of patterns) {
    const before = once.get(pattern)
    once.set(pattern, { pattern, rule, needs: [...(before?.needs ?? []), ...needs] })
  }
  return [...once.values()]
}

/** Drops what a wider pattern covers already, and gives the wider one its needs. */
function withoutCovered(patterns: readonly ResourcePattern[]): readonly ResourcePattern[] {
  const kept: ResourcePattern[] = []
  for (const next of patterns.toSorted((a, b) => byLength(a.pattern, b.pattern))) {
    const i = kept.findIndex(({ pattern }) => covers(pattern, next.pattern))
    const wider = kept[i]
    if (wider === undefined) kept.push(next)
    else kept[i] = { ...wider, needs: [...wider.needs, ...next.needs] }
  }
  return kept.sort((a, b) => (a.pattern < b.pattern ? -1 : 1))
}

/** A wildcard is only ever at the end, so that what begins alike is covered. */
function covers(wider: string, narrower: string): boolean {
  return wider.endsWith('*') && literally(narrower).startsWith(literally(wider.slice(0, -1)))
}

function literally(pattern: string): string {
  return pattern.replace(/\$\{([*?$])\}/g, '$1')
}

function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1)
}
