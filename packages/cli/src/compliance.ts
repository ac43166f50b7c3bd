import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What one rule pack (cdk-nag) said of an app's stacks. */
export interface PackReport {
  readonly pack: string
  readonly ok: boolean
  readonly violations: number
  /** Findings that the app acknowledges, with a reason each. */
  readonly acknowledged: number
}

/** What the rule packs of an app said when it was synthesised, and where all of it stands. */
export interface ComplianceReport {
  /** `validation-report.json` in the assembly. */
  readonly file: string
  readonly packs: readonly PackReport[]
}

interface Violation {
  readonly violatingConstructs: readonly unknown[]
}

/** Undefined where the app has no rule pack. */
export function complianceOf(assemblyFolder: string): ComplianceReport | undefined {
  const file = join(assemblyFolder, 'validation-report.json')
  if (!existsSync(file)) return undefined
  // Written by the CDK: aws-cdk-lib, policy validation report, version 55.
  const { pluginReports = [] } = JSON.parse(readFileSync(file, 'utf8')) as {
    pluginReports?: readonly {
      pluginName: string
      conclusion: string
      violations?: readonly Violation[]
      suppressedViolations?: readonly Violation[]
    }[]
  }
  const packs = pluginReports.map(
    ({ pluginName, conclusion, violations = [], suppressedViolations = [] }) => ({
      pack: pluginName,
      ok: conclusion === 'success',
      violations: constructsOf(violations),
      acknowledged: constructsOf(suppressedViolations),
    }),
  )
  return { file, packs }
}

function constructsOf(violations: readonly Violation[]): number {
  return violations.reduce((sum, { violatingConstructs }) => sum + violatingConstructs.length, 0)
}
