import type { Finding } from './report.ts'

/** What one rule said of one resource. */
export interface Judgement {
  readonly rule: string
  /** The construct's path: `CdkTestStack/Bucket/Resource`. */
  readonly resource: string
  readonly complies: boolean
  /** `Error` or `Warning`. */
  readonly level: string
  readonly info: string
}

const columns = [
  'Rule ID',
  'Resource ID',
  'Compliance',
  'Exception Reason',
  'Rule Level',
  'Rule Info',
]

/** The report as cdk-nag 2 wrote it, for reviewers who keep that form: a row a rule and resource, in their order. */
export function csvReport(
  judgements: readonly Judgement[],
  acknowledged: readonly Finding[],
): string {
  const rows = judgements.map(({ rule, resource, complies, level, info }) => {
    const reason = acknowledged.find(
      (finding) => finding.rule === rule && finding.constructPath === resource,
    )?.reason
    const compliance = complies
      ? 'Compliant'
      : reason === undefined
        ? 'Non-Compliant'
        : 'Suppressed'
    return [rule, resource, compliance, complies ? 'N/A' : (reason ?? 'N/A'), level, info]
      .map((value) => `"${value.replaceAll('"', '""')}"`)
      .join(',')
  })
  return `${[columns.join(','), ...rows].join('\n')}\n`
}
