import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { App, Stack, Validations } from 'aws-cdk-lib'
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include'
import type { NagPack } from 'cdk-nag'
import type { IConstruct } from 'constructs'
import { csvReport } from './csv.ts'
import { type Acknowledgement, lint } from './lint.ts'
import { RecordingAwsSolutions } from './recording-pack.ts'
import { acknowledgedOf, type Finding, readReport, violationsOf } from './report.ts'

export interface GateResult {
  readonly violations: readonly Finding[]
  readonly acknowledged: readonly Finding[]
  /** What is wrong with acknowledgements. */
  readonly lint: readonly string[]
  /** The report in cdk-nag 2's form. */
  readonly csv: string
  readonly passes: boolean
}

/** Folder and day of a gate's work. */
export interface GateOptions {
  /** Where the assembly and the reports go. */
  readonly outdir: string
  /** `YYYY-MM-DD`: acknowledgements that ended before it count no more. */
  readonly today: string
  /** Further packs, besides AWS Solutions. */
  readonly packs?: (app: App) => readonly NagPack[]
}

/** Judges an app: its stacks are built into the app that `build` gets. Nothing is thrown for what is found. */
export function gate(build: (app: App) => void, options: GateOptions): GateResult {
  mkdirSync(options.outdir, { recursive: true })
  const app = new App({
    outdir: options.outdir,
    // The CDK would end the process: the gate reads the report instead.
    context: { '@aws-cdk/core:failSynthOnValidationErrors': false },
    analyticsReporting: false,
  })
  const pack = new RecordingAwsSolutions(app)
  Validations.of(app).addPlugins(pack, ...(options.packs?.(app) ?? []))
  build(app)
  app.synth()
  const report = readReport(options.outdir)
  const violations = violationsOf(report)
  const acknowledged = acknowledgedOf(report)
  const rules = new Set([...pack.ruleNames, ...[...violations, ...acknowledged].map(ruleName)])
  const lines = lint(acknowledgementsOf(app), acknowledged, rules, options.today)
  const csv = csvReport(pack.judgements, acknowledged)
  writeFileSync(join(options.outdir, 'AwsSolutions-NagReport.csv'), csv)
  const passes = lines.length === 0 && !violations.some(({ severity }) => severity === 'error')
  return { violations, acknowledged, lint: lines, csv, passes }
}

/** Judges a template that no CDK app made, as a hook before its deployment would. */
export function gateTemplate(templateFile: string, options: GateOptions): GateResult {
  return gate((app) => {
    const name = basename(templateFile)
      .replace(/\.\w+$/, '')
      .replaceAll(/[^A-Za-z0-9-]/g, '-')
    new CfnInclude(new Stack(app, name), 'Template', { templateFile })
  }, options)
}

function ruleName({ rule }: Finding): string {
  return rule.replace(/\[.*$/s, '')
}

/** Of all constructs of an app. Source: aws-cdk-lib, metadata entries of type `aws:cdk:acknowledged-rules`. */
function acknowledgementsOf(app: App): Acknowledgement[] {
  return app.node.findAll().flatMap((construct: IConstruct) =>
    construct.node.metadata
      .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
      .flatMap(({ data }) => entriesOf(data))
      .map((entry) => ({ ...entry, path: construct.node.path || 'the app' })),
  )
}

function entriesOf(data: unknown): { id: string; reason: string }[] {
  const list = Array.isArray(data) ? data : [data]
  return list.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return []
    const { id, reason = '' } = item as { id?: unknown; reason?: unknown } // Each is checked here.
    if (typeof id === 'string') return [{ id, reason: String(reason) }]
    return Object.entries(item).map(([key, why]) => ({ id: key, reason: String(why) }))
  })
}
