import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gateTemplate } from './gate.ts'

/** `node src/gate/main.ts TEMPLATE [REPORT-FOLDER]`: exit code 1 where the template must not be deployed, 2 for wrong use. */
const [templateFile, folder] = process.argv.slice(2)
if (templateFile === undefined) {
  process.stderr.write('Name a CloudFormation template: node src/gate/main.ts template.json\n')
  process.exitCode = 2
} else {
  const outdir = folder ?? mkdtempSync(join(tmpdir(), 'gate-'))
  const today = new Date().toISOString().slice(0, 10)
  const { violations, passes } = gateTemplate(templateFile, { outdir, today })
  for (const { rule, constructPath, description, severity } of violations) {
    process.stdout.write(`${severity} ${rule} at ${constructPath}: ${description}\n`)
  }
  process.stdout.write(`${passes ? 'passes' : 'refused'}; reports in ${outdir}\n`)
  process.exitCode = passes ? 0 : 1
}
