import type { GrantCoverage, PrincipalReport, ProofRow } from '@cloud-orrery/cloud'
import { unusedGrantText } from '@cloud-orrery/cloud'
import type { Io } from '../command.ts'
import { paint } from '../io.ts'
import { type Proved, rowName } from './principal-proof.ts'

const rules: Readonly<Record<PrincipalReport['generalised'][number]['rule'], string>> = {
  written: 'as the present policy says',
  objects: 'many objects of one container',
  generated: 'AWS makes up such names',
  asked: 'the call itself has no narrower resource',
}

/** A principal's least policy with where each wildcard comes from. */
export function printReport(report: PrincipalReport, io: Io): void {
  const { principal, needs, calls, document, template, generalised, packing } = report
  const head = `${principal.kind} ${principal.name}: ${count(needs, 'permission')} in ${count(calls, 'call')}`
  io.out(`${paint(io, 'bold', head)}\n`)
  if (document.Statement.length === 0) io.out('  It used nothing that a policy of its own gives.\n')
  else if (packing.form === 'inline' || template !== undefined) {
    io.out(`${indented(template ?? document)}\n`)
  } else for (const part of packing.documents) io.out(`${indented(part.document)}\n`)
  for (const { pattern, rule, actions, distinct } of generalised) {
    const of = distinct === 1 ? '' : `, ${distinct} different ones`
    io.out(paint(io, 'dim', `  ${pattern}  ${rules[rule]}${of} (${actions.join(', ')})\n`))
  }
  if (document.Statement.length > 0) io.out(paint(io, 'dim', `  ${packing.note}\n`))
  for (const { action, resource, firstCall } of report.widened) {
    const text = `  wider than the present policy: ${action} on ${resource}, refused in #${firstCall}\n`
    io.out(paint(io, 'yellow', text))
  }
}

/** One line of the proof as it comes. */
export function printRow(document: PrincipalReport['document'], row: ProofRow, io: Io): void {
  const mark = row.needed ? paint(io, 'green', '✓') : paint(io, 'red', '✗')
  const verdict = row.needed ? `fails: ${row.why}` : `NOT NEEDED: ${row.why}`
  io.out(`  ${mark} without ${rowName(document, row)}  ${paint(io, 'dim', verdict)}\n`)
}

export function printProof({ proof, report, pruned }: Proved, io: Io): void {
  if (!proof.sufficient) {
    io.out(`  ${paint(io, 'red', '✗')} with this policy the run fails: ${proof.why}\n`)
    return
  }
  io.out(
    `  ${paint(io, 'green', '✓')} with this policy in place of the present ones the run passes\n`,
  )
  if (pruned.length > 0) {
    io.out(`  left out, since the run passes without: ${pruned.join('; ')}\n`)
    io.out(`${indented(report.template ?? report.document)}\n`)
  }
  const needed = proof.rows.filter((row) => row.needed).length
  io.out(
    `  ${needed} of ${proof.rows.length} parts are needed: the run fails without each of those\n`,
  )
}

/** What was never used or wider than needed, then what was used. */
export function printCoverage(coverage: GrantCoverage, io: Io): void {
  for (const statement of coverage.statements) {
    const { source, owner, policy, statementIndex, sid, effect, state, uses, firstCall } = statement
    const colour = state === 'used' ? 'green' : state === 'wider' ? 'yellow' : 'red'
    const name = sid === undefined || sid === '' ? '' : ` "${sid}"`
    const of = source.includes(' of ') ? source : `${source} of ${owner}`
    const first =
      firstCall === undefined ? '' : `, first by #${firstCall.sequence} ${firstCall.name}`
    const times = uses === 0 ? '' : ` ${count(uses, 'time')}${first}`
    const also = statement.redundant ? '; another statement gives all of it too' : ''
    const verb = { used: 'used', wider: 'wider than needed, used', unused: 'never used' }[state]
    const kind = policy === 'boundary' ? 'boundary ' : ''
    const where = `${kind}${of}, statement ${statementIndex + 1}${name} (${effect})`
    io.out(`${where}: ${paint(io, colour, verb)}${times}${also}\n`)
    if (state === 'wider') {
      const { actions, resources, principals } = statement
      for (const { written, state: of, narrower } of [...actions, ...resources, ...principals]) {
        if (of === 'unused') io.out(`  ${written}: never used\n`)
        else if (narrower !== undefined) io.out(`  ${written}: ${narrower.join(', ')} would do\n`)
      }
      for (const less of statement.narrower ?? []) {
        io.out(paint(io, 'dim', `  narrower: ${JSON.stringify(less)}\n`))
      }
    }
    for (const { key, operator, values, met, failed } of statement.conditions) {
      const kept = keptText(effect, failed)
      const text = `  ${operator} ${key} ${values.join(', ')}: met ${count(met, 'time')}, ${kept}\n`
      io.out(paint(io, 'dim', text))
    }
  }
  io.out(`${count(coverage.unusedGrants.length, 'unused grant')}\n`)
}

/** What a condition that was not met did: an allow then gives nothing, a deny refuses nothing. */
function keptText(effect: 'Allow' | 'Deny', failed: number): string {
  if (effect === 'Deny') return `spared ${count(failed, 'request')}`
  return failed === 0 ? 'never kept anyone out' : `kept out ${count(failed, 'request')}`
}

/** One line a grant, for reports that list what was not used. */
export function unusedGrantLines({ unusedGrants }: Pick<GrantCoverage, 'unusedGrants'>): string[] {
  return unusedGrants.map(unusedGrantText)
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^/gm, '  ')
}
