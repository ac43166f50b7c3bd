import { GetObject } from '@cloud-orrery/models/s3'
import type { AwsStepFunctionsStateMachineProperties } from '@cloud-orrery/models/states'
import { parse } from 'yaml'
import type { ResourceContext } from '../../context.ts'
import { invalidRequest } from '../errors.ts'

/** Aliases of a YAML document are expanded this often at most. */
const aliasesMax = 100

/**
 * The text of a definition as a template gives it: as an object, as text, or as a file in S3; with what
 * `DefinitionSubstitutions` puts for `${name}`.
 */
export async function definitionText(
  ctx: ResourceContext,
  properties: AwsStepFunctionsStateMachineProperties,
): Promise<string> {
  const { Definition, DefinitionString, DefinitionS3Location, DefinitionSubstitutions } = properties
  const given = [Definition, DefinitionString, DefinitionS3Location].filter(
    (it) => it !== undefined,
  )
  if (given.length !== 1) {
    throw invalidRequest(
      'Exactly one of Definition, DefinitionString and DefinitionS3Location must be specified',
    )
  }
  const text =
    DefinitionString ??
    (DefinitionS3Location === undefined
      ? JSON.stringify(Definition)
      : await fromS3(ctx, DefinitionS3Location))
  return substituted(text, DefinitionSubstitutions ?? {})
}

interface Location {
  readonly Bucket: string
  readonly Key: string
  readonly Version?: string | undefined
}

/** Files are JSON or YAML. Source: CloudFormation Template Reference, AWS::StepFunctions::StateMachine. */
async function fromS3(ctx: ResourceContext, { Bucket, Key, Version }: Location): Promise<string> {
  const { Body } = await ctx.call(GetObject, { Bucket, Key, VersionId: Version })
  const text = Body === undefined ? '' : Buffer.from(Body).toString()
  return /\.ya?ml$/i.test(Key) ? JSON.stringify(parse(text, { maxAliasCount: aliasesMax })) : text
}

function substituted(
  text: string,
  values: Readonly<Record<string, string | number | boolean>>,
): string {
  return text.replace(/\$\{([A-Za-z0-9_.-]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? JSON.stringify(String(values[name])).slice(1, -1) : whole,
  )
}
