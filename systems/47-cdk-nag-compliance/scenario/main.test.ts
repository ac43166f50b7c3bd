import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { cachedAssembly } from '@cloud-orrery/cloud'
import { expect } from '@cloud-orrery/vitest/scenario'
import { Tags } from 'aws-cdk-lib'
import { NIST80053R5Checks } from 'cdk-nag'
import { BaselineBucket } from '../lib/bucket-stacks.ts'
import { OwnerTagChecks } from '../lib/owner-tag-checks.ts'
import { gate } from '../src/gate/gate.ts'
import { acknowledgedOf, readReport, violationsOf } from '../src/gate/report.ts'
import { cdk, clientsOf, folder, gated, outFolder } from './gated.ts'

const today = '2026-01-01'

gated.promise(
  2,
  'cdk-nag 2 writes its table of the same app, and ours for cdk-nag 3 reads alike',
  async () => {
    const second = await cdk(['synth', '--app', 'node bin/v2.ts'])
    expect(second.code).toBe(1)
    const name = 'AwsSolutions--CdkTestStack-NagReport.csv'
    const rows = readFileSync(join(second.out, name), 'utf8').trim().split('\n')
    const compliance = (lines: readonly string[]) =>
      lines.slice(1).map((line) => line.split(',').slice(0, 3).join(' ').replaceAll('"', ''))
    const bucket = 'CdkTestStack/Bucket/Resource'
    expect(compliance(rows)).toEqual([
      `AwsSolutions-S1 ${bucket} Non-Compliant`,
      `AwsSolutions-S2 ${bucket} Compliant`,
      `AwsSolutions-S5 ${bucket} Compliant`,
      `AwsSolutions-S10 ${bucket} Non-Compliant`,
    ])
    const third = gate((app) => void new BaselineBucket(app, 'CdkTestStack'), {
      outdir: outFolder(),
      today,
    })
    expect(third.csv.trim().split('\n')).toEqual(rows)
  },
  { calm: 'It is about what happens before anything is deployed.' },
)

gated.promise(
  3,
  'mended and acknowledged, it deploys, and the reason stands in the deployed template',
  async ({ aws }) => {
    const report = readReport(cachedAssembly(folder))
    expect(violationsOf(report)).toEqual([])
    const [acknowledged, ...others] = acknowledgedOf(report)
    expect([acknowledged?.acknowledgedAs, others]).toEqual(['AwsSolutions::AwsSolutions-S1', []])
    const { TemplateBody = '' } = await clientsOf(aws).cloudFormation.send(
      new GetTemplateCommand({ StackName: 'CdkTestStack' }),
    )
    const { Resources } = JSON.parse(TemplateBody) as {
      Resources: Record<string, { Type: string; Metadata?: Record<string, unknown> }>
    }
    const bucket = Object.values(Resources).find(({ Type }) => Type === 'AWS::S3::Bucket')
    expect(bucket?.Metadata?.['cdk_nag']).toEqual({
      rules_to_suppress: [{ id: 'AwsSolutions::AwsSolutions-S1', reason: acknowledged?.reason }],
    })
  },
)

gated.promise(
  4,
  'the mended bucket refuses plain HTTP, and what HTTPS asked for is in the log',
  async ({ aws, bucket, logged, log }) => {
    const { s3 } = clientsOf(aws)
    for (const Bucket of [bucket, logged]) {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'letter', Body: 'Dear Ana' }))
    }
    const credentials = aws.credentials()
    const host = `${logged}.s3.${aws.region}.amazonaws.com/letter`
    const plain = await aws.fetch(`http://${host}`, { credentials })
    expect([plain.status, await plain.text()]).toEqual([
      403,
      expect.stringContaining('AccessDenied'),
    ])
    const safe = await aws.fetch(`https://${host}`, { credentials })
    expect([safe.status, await safe.text()]).toEqual([200, 'Dear Ana'])

    await aws.clock.advance({ hours: 3 })
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: log, Prefix: 'access/' }),
    )
    const lines: string[] = []
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: log, Key }))
      lines.push((await Body?.transformToString()) ?? '')
    }
    expect(lines.join('\n')).toMatch(/REST\.GET\.OBJECT letter .* 403 AccessDenied/)
    expect(lines.join('\n')).toMatch(/REST\.GET\.OBJECT letter .* 200 /)
  },
)

gated.promise(
  6,
  'two packs have a section each, and what either finds counts',
  async () => {
    const { violations, passes } = gate((app) => void new BaselineBucket(app, 'CdkTestStack'), {
      outdir: outFolder(),
      today,
      packs: (app) => [new NIST80053R5Checks(app)],
    })
    const rulesOf = (wanted: string) =>
      violations
        .filter(({ pack }) => pack === wanted)
        .map(({ rule }) => rule.replace(`${wanted}-`, ''))
    expect(passes).toBe(false)
    expect(rulesOf('AwsSolutions')).toEqual(['S1', 'S10'])
    expect(rulesOf('NIST.800.53.R5')).toEqual([
      'S3BucketLoggingEnabled',
      'S3BucketPublicReadProhibited',
      'S3BucketPublicWriteProhibited',
      'S3BucketReplicationEnabled',
      'S3BucketSSLRequestsOnly',
      'S3BucketVersioningEnabled',
      'S3DefaultEncryptionKMS',
    ])
  },
  { calm: 'It is about what happens before anything is deployed.' },
)

gated.promise(
  7,
  'a rule of one’s own finds the bucket without an owner, and not the one that has a tag',
  async () => {
    const found = (tag: boolean) =>
      gate(
        (app) => {
          const stack = new BaselineBucket(app, 'CdkTestStack')
          if (tag) Tags.of(stack).add('Owner', 'gate')
        },
        { outdir: outFolder(), today, packs: (app) => [new OwnerTagChecks(app)] },
      )
        .violations.filter(({ pack }) => pack === 'OwnerTag')
        .map(({ rule, constructPath }) => [rule, constructPath])
    expect(found(false)).toEqual([['OwnerTag-Required', 'CdkTestStack/Bucket/Resource']])
    expect(found(true)).toEqual([])
  },
  { calm: 'It is about what happens before anything is deployed.' },
)
