import { type CfnResource, TagManager } from 'aws-cdk-lib'
import { CfnBucket } from 'aws-cdk-lib/aws-s3'
import { NagMessageLevel, NagPack, NagRuleCompliance } from 'cdk-nag'
import type { IConstruct } from 'constructs'

/** A rule pack of one's own: every bucket says whose it is. */
export class OwnerTagChecks extends NagPack {
  readonly name = 'OwnerTag'

  constructor(scope?: IConstruct) {
    super(scope)
    this.packName = 'OwnerTag'
  }

  protected checkResource(node: CfnResource): void {
    this.applyRule({
      ruleSuffixOverride: 'Required',
      info: 'The bucket has no tag Owner.',
      explanation: 'Whoever finds something in a bucket has to know whom to ask.',
      level: NagMessageLevel.ERROR,
      node,
      rule: hasOwner,
    })
  }
}

function hasOwner(node: CfnResource): NagRuleCompliance {
  if (!(node instanceof CfnBucket)) return NagRuleCompliance.NOT_APPLICABLE
  const tags = TagManager.isTaggable(node) ? node.tags.tagValues() : {}
  return tags['Owner'] === undefined ? NagRuleCompliance.NON_COMPLIANT : NagRuleCompliance.COMPLIANT
}
