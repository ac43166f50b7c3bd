import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachedAssembly } from '@cloud-orrery/cloud'
import { expect } from '@cloud-orrery/vitest/scenario'
import { Validations } from 'aws-cdk-lib'
import { BaselineBucket } from '../lib/bucket-stacks.ts'
import { gate } from '../src/gate/gate.ts'
import { acknowledgedOf, readReport, violationsOf } from '../src/gate/report.ts'
import { folder, gated, outFolder, systemsFolder } from './gated.ts'

const beforeDeployment = { calm: 'It is about what happens before anything is deployed.' }

/** What the lint says of one acknowledgement on the baseline's stack. */
function linesFor(id: string, reason: string): readonly string[] {
  const result = gate(
    (app) => {
      const stack = new BaselineBucket(app, 'CdkTestStack')
      Validations.of(stack).acknowledge({ id, reason })
    },
    { outdir: outFolder(), today: '2026-06-01' },
  )
  expect(result.passes).toBe(false)
  return result.lint
}

gated.promise(
  5,
  'an acknowledgement without rule, reason, ticket or day does not pass, and a line says why',
  async () => {
    const s1 = 'AwsSolutions::AwsSolutions-S1'
    const told = (id: string, what: string) => [
      `CdkTestStack: the acknowledgement of ${id} ${what}`,
    ]
    const unknown = 'AwsSolutions::AwsSolutions-S99'
    expect(linesFor(unknown, 'GATE-1 until 2027-01-01: because of this.')).toEqual(
      told(unknown, 'names no rule of the packs. Look its id up in a report.'),
    )
    expect(linesFor(s1, ' ')).toEqual(told(s1, 'has no reason of at least 15 characters. Say why.'))
    expect(linesFor(s1, 'Nobody reads this bucket.')).toEqual(
      told(s1, "names no ticket and day. Begin its reason with 'TICKET-1 until YYYY-MM-DD:'."),
    )
    expect(linesFor(s1, 'GATE-1 until 2026-05-31: because of this.')).toEqual(
      told(s1, 'ended on 2026-05-31. Mend the finding, or decide anew.'),
    )
    const s2 = 'AwsSolutions::AwsSolutions-S2'
    expect(linesFor(s2, 'GATE-1 until 2027-05-31: because of this.')).toEqual(
      told(s2, 'is for nothing: no resource has this finding. Remove it.'),
    )
  },
  beforeDeployment,
)

gated.promise(
  8,
  'every system here passes the gate, each acknowledged finding with a reason; a raw template does not slip by',
  async () => {
    for (const name of readdirSync(systemsFolder)) {
      if (name === 'README.md') continue
      const report = readReport(cachedAssembly(join(systemsFolder, name)))
      expect([name, violationsOf(report)]).toEqual([name, []])
      for (const { reason = '', constructPath } of acknowledgedOf(report)) {
        expect([name, constructPath, reason]).toEqual([
          name,
          constructPath,
          expect.stringMatching(/.{15,}/),
        ])
      }
    }
    const bad = { Resources: { Data: { Type: 'AWS::S3::Bucket' } } }
    const template = join(outFolder(), 'raw.json')
    writeFileSync(template, JSON.stringify(bad))
    const { status, stdout } = spawnSync(
      process.execPath,
      ['src/gate/main.ts', template, outFolder()],
      { cwd: folder, encoding: 'utf8' },
    )
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining('AwsSolutions-S10 at raw/Template/Data'),
    ])
  },
  beforeDeployment,
)
