import type { PolicyDocument, Statement } from '../document.ts'
import { toList } from '../statement.ts'

export type PrincipalKind = 'role' | 'user' | 'group'

/**
 * Characters of all inline policies of one user, role or group, white space not counted.
 * Source: IAM User Guide, "IAM and AWS STS quotas", IAM and STS character limits.
 */
const inlineCharactersMax: Readonly<Record<PrincipalKind, number>> = {
  user: 2048,
  group: 5120,
  role: 10_240,
}

/** Characters of one managed policy, white space not counted. Source: as above. */
const managedCharactersMax = 6144

/** Managed policies attached to one principal, by default. Source: as above, IAM object quotas. */
const attachedMax = 10

export interface PackedDocument {
  readonly document: PolicyDocument
  /** As AWS counts them, without white space. */
  readonly characters: number
}

export interface Packing {
  /** One inline policy, or managed policies to attach. */
  readonly form: 'inline' | 'managed'
  readonly documents: readonly PackedDocument[]
  /** False: AWS takes these only with higher quotas, or not at all. */
  readonly fits: boolean
  /** What the choice came from, one sentence. */
  readonly note: string
}

/** Puts statements into as few documents as AWS's limits allow. */
export function packStatements(statements: readonly Statement[], kind: PrincipalKind): Packing {
  const whole = packed(statements)
  const inlineMax = inlineCharactersMax[kind]
  if (whole.characters <= inlineMax) {
    const alsoManaged =
      whole.characters <= managedCharactersMax ? '; it fits a managed policy too' : ''
    const note = `${whole.characters} of the ${inlineMax} characters that the inline policies of a ${kind} may have${alsoManaged}.`
    return { form: 'inline', documents: [whole], fits: true, note }
  }
  const parts = statements.flatMap((statement) => splitToFit(statement))
  const bins: Statement[][] = []
  for (const part of parts) {
    const bin = bins.find((b) => packed([...b, part]).characters <= managedCharactersMax)
    if (bin === undefined) bins.push([part])
    else bin.push(part)
  }
  const documents = bins.map(packed)
  const tooLong = documents.some(({ characters }) => characters > managedCharactersMax)
  const fits = !tooLong && documents.length <= attachedMax
  const over = `${whole.characters} characters are over the ${inlineMax} of inline policies of a ${kind}`
  const note = tooLong
    ? `${over}, and a single statement is over the ${managedCharactersMax} of a managed policy.`
    : documents.length > attachedMax
      ? `${over}; ${documents.length} managed policies are more than the ${attachedMax} that can be attached without a higher quota.`
      : `${over}: ${documents.length} managed policies of at most ${managedCharactersMax}.`
  return { form: 'managed', documents, fits, note }
}

function packed(statements: readonly Statement[]): PackedDocument {
  const document: PolicyDocument = { Version: '2012-10-17', Statement: statements }
  return { document, characters: JSON.stringify(document).replace(/\s/g, '').length }
}

/** Halves the longer list of a statement until each part fits a document by itself. */
function splitToFit(statement: Statement): readonly Statement[] {
  if (packed([statement]).characters <= managedCharactersMax) return [statement]
  const actions = toList(statement.Action)
  const resources = toList(statement.Resource)
  if (actions.length <= 1 && resources.length <= 1) return [statement]
  const byResource = resources.join().length >= actions.join().length && resources.length > 1
  const list = byResource ? resources : actions
  const half = Math.ceil(list.length / 2)
  const parts = [list.slice(0, half), list.slice(half)]
  return parts
    .map(
      (part): Statement => ({
        ...statement,
        [byResource ? 'Resource' : 'Action']: oneOrMany(part),
      }),
    )
    .flatMap((part) => splitToFit(part))
}

/** A list of one is written as its member, as people do. */
export function oneOrMany(list: readonly string[]): string | readonly string[] {
  const [only] = list
  return list.length === 1 && only !== undefined ? only : list
}
