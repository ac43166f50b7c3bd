import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One finding of a rule pack at one construct. */
export interface Finding {
  readonly pack: string
  /** With what is granular about it: `AwsSolutions-IAM5[Action::s3:*]`. */
  readonly rule: string
  readonly description: string
  readonly severity: string
  readonly constructPath: string
  /** Where in the app's source, `file:line:column`, where the CDK knows it. */
  readonly source: string | undefined
  /** Of a finding that is acknowledged. */
  readonly acknowledgedAs?: string
  readonly reason?: string
}

interface Violation {
  readonly ruleName: string
  readonly description: string
  readonly severity: string
  readonly violatingConstructs: readonly {
    readonly constructPath: string
    readonly stackTraces?: readonly string[]
  }[]
  readonly acknowledgedId?: string
  readonly reason?: string
}

/** A policy validation report of the CDK, version 55. */
export interface ValidationReport {
  readonly pluginReports?: readonly {
    readonly pluginName: string
    readonly conclusion: 'success' | 'failure'
    readonly violations?: readonly Violation[]
    readonly suppressedViolations?: readonly Violation[]
  }[]
}

export function readReport(assembly: string): ValidationReport {
  const path = join(assembly, 'validation-report.json')
  return JSON.parse(readFileSync(path, 'utf8')) as ValidationReport // The CDK's own form.
}

/** What nobody has acknowledged. */
export function violationsOf(report: ValidationReport): Finding[] {
  return findings(report, ({ violations }) => violations)
}

export function acknowledgedOf(report: ValidationReport): Finding[] {
  return findings(report, ({ suppressedViolations }) => suppressedViolations)
}

type PluginReport = NonNullable<ValidationReport['pluginReports']>[number]

function findings(
  { pluginReports = [] }: ValidationReport,
  which: (report: PluginReport) => readonly Violation[] | undefined,
): Finding[] {
  return pluginReports.flatMap((plugin) =>
    (which(plugin) ?? []).flatMap((violation) =>
      violation.violatingConstructs.map(({ constructPath, stackTraces = [] }) => ({
        pack: plugin.pluginName,
        rule: violation.ruleName,
        description: violation.description,
        severity: violation.severity,
        constructPath,
        source: sourceOf(stackTraces),
        ...(violation.acknowledgedId === undefined
          ? {}
          : { acknowledgedAs: violation.acknowledgedId, reason: violation.reason ?? '' }),
      })),
    ),
  )
}

function sourceOf(stackTraces: readonly string[]): string | undefined {
  for (const trace of stackTraces) {
    const place = /file:\/\/(?<place>[^\s()]+:\d+:\d+)/.exec(trace)?.groups?.['place']
    if (place !== undefined) return place
  }
  return undefined
}
