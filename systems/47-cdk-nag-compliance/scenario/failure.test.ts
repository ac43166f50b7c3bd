import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { expect } from '@cloud-orrery/vitest/scenario'
import { readReport, violationsOf } from '../src/gate/report.ts'
import { cdk, cdkDeploy, clientsOf, gated } from './gated.ts'

gated.promise(
  1,
  'an app with two findings is not synthesised, and nothing of it is deployed',
  async ({ aws }) => {
    const baseline = ['-c', 'stage=baseline']
    const other = '222222222222'
    const [synth, deploy] = await Promise.all([
      cdk(['synth', ...baseline]),
      cdkDeploy(aws, other, baseline),
    ])
    for (const { code, text } of [synth, deploy]) {
      expect([code, text]).toEqual([1, expect.stringContaining("'AwsSolutions::AwsSolutions-S1'")])
      expect(text).toContain("'AwsSolutions::AwsSolutions-S10'")
      expect(text).toMatch(/bucket-stacks\.ts:\d+:\d+/)
    }
    const violations = violationsOf(readReport(synth.out))
    expect(violations.map(({ rule, constructPath }) => [rule, constructPath])).toEqual([
      ['AwsSolutions-S1', 'CdkTestStack/Bucket/Resource'],
      ['AwsSolutions-S10', 'CdkTestStack/Bucket/Resource'],
    ])
    const { Stacks } = await clientsOf(aws, other).cloudFormation.send(
      new DescribeStacksCommand({}),
    )
    expect(Stacks).toEqual([])
  },
  { calm: 'It is about what happens before anything is deployed.' },
)
