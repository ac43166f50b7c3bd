import type { AwsError, Violation } from '@cloud-orrery/models'
import { invalidParameter } from './errors.ts'

/**
 * What the model forbids: the first of it alone, in a sentence of ECR's own. Observed on AWS: users' reports of
 * CreateRepository, PutLifecyclePolicy, PutImageTagMutability and GetAuthorizationToken, 2016 to 2026.
 */
export function invalidInput(message: string, [first]: readonly Violation[]): AwsError {
  if (first === undefined) return invalidParameter(message)
  const { path, constraint } = first
  const words = namesOfRepository.has(path) ? ownWords(constraint) : inObservedOrder(constraint)
  return invalidParameter(`Invalid parameter at '${path}' failed to satisfy constraint: '${words}'`)
}

/** What says which repository is meant: judged in words that differ from those for all else. Observed: as above. */
const namesOfRepository: ReadonlySet<string> = new Set(['repositoryName', 'registryId'])

function ownWords(constraint: string): string {
  const pattern = /^Member must satisfy regular expression pattern: (.*)$/s.exec(constraint)?.[1]
  if (pattern === undefined) return constraint.replace(/^Member /, '')
  return `must satisfy regular expression '${pattern.replaceAll('\\/', '/')}'`
}

/** Values that AWS tells in another order than its model. Observed on AWS: PutImageTagMutability. */
function inObservedOrder(constraint: string): string {
  return constraint.replace(
    '[MUTABLE, IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION]',
    '[IMMUTABLE, MUTABLE, MUTABLE_WITH_EXCLUSION, IMMUTABLE_WITH_EXCLUSION]',
  )
}
