import { SimulatorError } from '@cloud-orrery/kernel'
import type { PolicyDocument } from '@cloud-orrery/policy'
import type { Cloud } from '../cloud.ts'
import { record } from '../recording.ts'
import { grantCoverage } from './grant-coverage.ts'
import { type PrincipalQuestion, principalReports } from './principal-report.ts'
import { prove } from './proof.ts'
import { replayedTrial } from './replayed-trial.ts'

/** What `orrery policy` asks of a running server. */
export const policyRoutes = {
  'POST policy': ({ cloud }: { cloud: Cloud }, body: Record<string, unknown>) => ({
    principals: principalReports(cloud, questionOf(body)),
  }),
  'POST policy/coverage': ({ cloud }: { cloud: Cloud }, { stacks }: Record<string, unknown>) =>
    grantCoverage(cloud, textsOf(stacks)),
  'POST policy/proof': async (
    { cloud }: { cloud: Cloud },
    { owner, document }: Record<string, unknown>,
  ) => {
    if (typeof owner !== 'string' || typeof document !== 'object' || document === null) {
      throw new SimulatorError(
        'PolicyProof',
        'A proof needs an owner and a policy document.',
        "Use 'orrery policy PRINCIPAL --prove'.",
      )
    }
    // Made by `POST policy`; the engine refuses nothing that it reads there.
    return await prove(owner, document as PolicyDocument, replayedTrial(record(cloud), cloud))
  },
}

function questionOf(body: Record<string, unknown>): PrincipalQuestion {
  const { principal, stacks, template, exact, narrowing, objectsMax } = body
  return {
    ...(typeof principal === 'string' ? { principal } : {}),
    ...textsOf(stacks),
    template: template === true,
    exact: exact === true,
    narrowing: narrowing === true,
    ...(typeof objectsMax === 'number' ? { objectsMax } : {}),
  }
}

function textsOf(stacks: unknown): { stacks?: readonly string[] } {
  return Array.isArray(stacks) ? { stacks: stacks.map(String) } : {}
}
