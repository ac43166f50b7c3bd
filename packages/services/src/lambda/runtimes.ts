import { createHash } from 'node:crypto'

/**
 * Runtimes in which functions can be made, in the order of AWS's own refusals.
 * Recorded: lambda CreateFunction, January 2026.
 */
export const supportedRuntimes: readonly string[] = [
  'nodejs20.x',
  'python3.14',
  'provided.al2023',
  'python3.12',
  'python3.13',
  'nodejs24.x',
  'nodejs22.x',
  'java25',
  'python3.10',
  'python3.11',
  'java21',
  'ruby3.3',
  'ruby3.4',
  'ruby3.2',
  'python3.8',
  'python3.9',
  'java17',
  'nodejs16.x',
  'dotnet10',
  'dotnet8',
  'java11',
  'dotnet6',
  'nodejs18.x',
  'provided.al2',
  'java8.al2',
]

/** In the model, and yet newer than the recorded list. */
const newerRuntimes: ReadonlySet<string> = new Set([
  'nodejs26.x',
  'python3.15',
  'ruby4.0',
  'java8.al2023',
  'java11.al2023',
  'java17.al2023',
])

export function isDeprecated(runtime: string): boolean {
  return !supportedRuntimes.includes(runtime) && !newerRuntimes.has(runtime)
}

/** Recorded: lambda, `RuntimeVersionConfig`: a hash that stands for one patch level of a runtime. */
export function runtimeVersionArn(
  { partition, region }: { partition: string; region: string },
  runtime: string,
  architecture: string,
): string {
  const hash = createHash('sha256').update(`runtime ${runtime} ${architecture}`).digest('hex')
  return `arn:${partition}:lambda:${region}::runtime:${hash}`
}

/** `python:3.13.v26`: how the first line of a log names it. The patch level is ours. */
export function runtimeVersionName(runtime: string): string {
  const parts = /^([a-z]+)(.*)$/.exec(runtime)
  const version = (parts?.[2] ?? '').replace(/\.x$/, '').replace(/^\./, '')
  return `${parts?.[1] ?? runtime}:${version}.v1`
}
