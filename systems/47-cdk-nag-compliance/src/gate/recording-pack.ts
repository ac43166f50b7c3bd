import type { CfnResource } from 'aws-cdk-lib'
import { AwsSolutionsChecks, type IApplyRule, NagRuleCompliance } from 'cdk-nag'
import type { Judgement } from './csv.ts'

/** AWS Solutions' rules, which note what complies too: the CDK's report has only what does not. */
export class RecordingAwsSolutions extends AwsSolutionsChecks {
  readonly judgements: Judgement[] = []
  readonly ruleNames = new Set<string>()

  protected override applyRule(params: IApplyRule): void {
    const rule = `${this.packName}-${params.ruleSuffixOverride ?? params.rule.name}`
    this.ruleNames.add(rule)
    this.judgements.push(...this.#judged(rule, params))
    super.applyRule(params)
  }

  #judged(rule: string, { node, level, info, rule: judge }: IApplyRule): Judgement[] {
    const common = { rule, resource: node.node.path, level, info }
    const result = outcome(judge, node)
    if (result === NagRuleCompliance.NOT_APPLICABLE) return []
    if (!Array.isArray(result))
      return [{ ...common, complies: result === NagRuleCompliance.COMPLIANT }]
    return result.map((finding) => ({ ...common, rule: `${rule}[${finding}]`, complies: false }))
  }
}

/** A rule that cannot read what an intrinsic function hides throws: the pack counts that as a finding. */
function outcome(judge: IApplyRule['rule'], node: CfnResource) {
  try {
    return judge(node)
  } catch {
    return NagRuleCompliance.NON_COMPLIANT
  }
}
