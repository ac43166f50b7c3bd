import type { StackResourceFacts } from './stack-resources.ts'

/** A policy document in which strings may be CloudFormation's functions. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue }

interface Replacement {
  readonly text: string
  readonly reference: string
}

/**
 * A document as a template writes it: ARNs and generated names of the stack's resources as `Ref` and
 * `Fn::GetAtt`, what is left of partition, region and account as pseudo parameters.
 */
export function templateForm(
  document: unknown,
  resources: readonly StackResourceFacts[],
  place: { readonly accountId: string; readonly region: string },
): TemplateValue {
  const replacements = replacementsFor(resources)
  const convert = (value: unknown, key: string): TemplateValue => {
    if (typeof value === 'string') {
      const isName = key === 'Effect' || key === 'Version' || key === 'Action' || key === 'Sid'
      return isName ? value : inTemplate(value, replacements, place)
    }
    if (Array.isArray(value)) return value.map((member) => convert(member, key))
    if (typeof value !== 'object' || value === null) return value as TemplateValue // Plain JSON.
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, convert(member, name)]),
    )
  }
  return convert(document, '')
}

/** Shortest physical id that is looked for inside of other text: shorter ones would be found by chance. */
const idLengthMin = 8

function replacementsFor(resources: readonly StackResourceFacts[]): readonly Replacement[] {
  const found = new Map<string, string>()
  for (const { logicalId, type, physicalId, attributes, own } of resources) {
    if (!own) continue
    // AWS's own attribute names are asked for first; a physical id is what Ref gives.
    if (type === 'AWS::S3::Bucket') found.set(`arn:aws:s3:::${physicalId}`, `${logicalId}.Arn`)
    for (const [name, value] of Object.entries(attributes)) {
      if (value.startsWith('arn:') && !found.has(value)) found.set(value, `${logicalId}.${name}`)
    }
    if (physicalId.startsWith('arn:') || physicalId.length >= idLengthMin) {
      found.set(physicalId, logicalId)
    }
  }
  return [...found]
    .map(([text, reference]) => ({ text, reference }))
    .sort((a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : 1))
}

function inTemplate(
  value: string,
  replacements: readonly Replacement[],
  { accountId, region }: { readonly accountId: string; readonly region: string },
): TemplateValue {
  const whole = replacements.find(({ text }) => text === value)
  if (whole !== undefined) return reference(whole.reference)
  // What the policy itself writes as a variable is no variable of Fn::Sub.
  let text = value.replaceAll('${', '${!')
  for (const { text: wanted, reference: name } of replacements) {
    text = replacedOutside(text, wanted, `\${${name}}`)
  }
  const arn = /^arn:aws:([^:]*):([^:]*):([^:]*):/.exec(text)
  if (arn !== null) {
    const [head, service = '', ownRegion = '', ownAccount = ''] = arn
    const inRegion = ownRegion === region ? '${AWS::Region}' : ownRegion
    const inAccount = ownAccount === accountId ? '${AWS::AccountId}' : ownAccount
    text = `arn:\${AWS::Partition}:${service}:${inRegion}:${inAccount}:${text.slice(head.length)}`
  }
  return /\$\{[^!]/.test(text) ? { 'Fn::Sub': text } : value
}

/** Only whole names: not within a longer one, and not within a reference that was put in before. */
function replacedOutside(text: string, wanted: string, reference: string): string {
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const form = new RegExp(`(\\$\\{[^}]*\\})|(?<![\\w-])${escaped}(?![\\w-])`, 'g')
  return text.replace(
    form,
    (found, before: string | undefined) => before ?? reference + found.slice(wanted.length),
  )
}

function reference(name: string): TemplateValue {
  const dot = name.indexOf('.')
  if (dot === -1) return { Ref: name }
  return { 'Fn::GetAtt': [name.slice(0, dot), name.slice(dot + 1)] }
}
