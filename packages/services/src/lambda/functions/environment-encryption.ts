import { AwsError } from '@cloud-orrery/models'
import { CreateGrant, Decrypt, Encrypt } from '@cloud-orrery/models/kms'
import type { EnvironmentResponse } from '@cloud-orrery/models/lambda'
import type { CallAs, Context } from '../../context.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { invalid, kmsFailure, serviceFailure } from '../errors.ts'
import type { Settings } from '../state.ts'

type Variables = Readonly<Record<string, string>>

/**
 * Puts variables under the customer's key, as the caller: who needs `kms:Encrypt`, and `kms:CreateGrant` so that the
 * function's role can open them. Variables without such a key stay as they are: nobody sees what AWS's own key does.
 * Source: developer guide, "Securing Lambda environment variables".
 */
export async function sealVariables(
  ctx: Context,
  functionArn: string,
  now: Settings,
  before?: Settings,
): Promise<Settings> {
  const { variables, ...rest } = now
  const plain = variables ?? (await formerVariables(ctx, functionArn, now, before))
  if (plain === undefined) return now
  const { kmsKeyArn: KeyId } = now
  if (KeyId === undefined) return { ...rest, variables: plain }
  const context = contextOf(functionArn)
  try {
    const { CiphertextBlob } = await ctx.call(Encrypt, {
      KeyId,
      Plaintext: Buffer.from(JSON.stringify(plain)),
      EncryptionContext: context,
    })
    await ctx.call(CreateGrant, {
      KeyId,
      GranteePrincipal: now.roleArn,
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextEquals: context },
    })
    return { ...rest, sealedVariables: Buffer.from(CiphertextBlob ?? []).toString('base64') }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isTransient(error)) throw serviceFailure(told(error))
    throw invalid(
      `Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. Please check your KMS key settings. ${told(error)}`,
    )
  }
}

/** What is under the former key, where another takes its place. */
async function formerVariables(
  ctx: Context,
  functionArn: string,
  now: Settings,
  before: Settings | undefined,
): Promise<Variables | undefined> {
  if (before?.sealedVariables === undefined || now.sealedVariables !== undefined) return undefined
  try {
    return await open(ctx, functionArn, before.sealedVariables, undefined)
  } catch (error) {
    if (!(error instanceof AwsError) || !isTransient(error)) throw error
    throw serviceFailure(told(error))
  }
}

function contextOf(functionArn: string): Record<string, string> {
  return { 'aws:lambda:FunctionArn': functionArn }
}

function told({ code, message }: AwsError): string {
  return `KMS Exception: ${code} KMS Message: ${message}`
}

async function open(
  ctx: Context,
  functionArn: string,
  sealed: string,
  as: CallAs | undefined,
): Promise<Variables> {
  const { Plaintext } = await ctx.call(
    Decrypt,
    { CiphertextBlob: Buffer.from(sealed, 'base64'), EncryptionContext: contextOf(functionArn) },
    as === undefined ? {} : { as },
  )
  // Sealed here, as JSON of a map of texts.
  return JSON.parse(Buffer.from(Plaintext ?? []).toString()) as Variables
}

/**
 * What the code sees; opened with the role's own credentials. Source: Invoke, the errors of KMS. Deviation: KMS is asked
 * for each invocation, since the code may have to be started anew where this cloud was forked or restored; on AWS once
 * for each environment. Code that runs already goes on when KMS refuses.
 */
export async function variablesForCode(
  ctx: Context,
  functionArn: string,
  { variables = {}, sealedVariables }: Settings,
  as: CallAs,
  isRunning: boolean,
): Promise<Variables> {
  if (sealedVariables === undefined) return variables
  try {
    return await open(ctx, functionArn, sealedVariables, as)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isRunning) return {}
    throw isTransient(error) ? serviceFailure(told(error)) : invocationFailure(error)
  }
}

function invocationFailure(error: AwsError) {
  const settings = "Please check the function's KMS key settings."
  const words = 'Lambda was unable to decrypt the environment variables because'
  switch (error.code) {
    case 'DisabledException':
      return kmsFailure(
        'KMSDisabledException',
        `${words} the KMS key used is disabled. ${settings} ${told(error)}`,
      )
    case 'KMSInvalidStateException':
      return kmsFailure(
        'KMSInvalidStateException',
        `${words} the state of the KMS key used is not valid for Decrypt. ${settings} ${told(error)}`,
      )
    case 'NotFoundException':
      return kmsFailure(
        'KMSNotFoundException',
        `${words} the KMS key was not found. ${settings} ${told(error)}`,
      )
    default:
      return kmsFailure(
        'KMSAccessDeniedException',
        `${words} KMS access was denied. ${settings} ${told(error)}`,
      )
  }
}

/** What a caller sees of sealed variables: them, or why not. Undefined: they are not sealed. */
export async function shownVariables(
  ctx: Context,
  functionArn: string,
  { sealedVariables }: Settings,
): Promise<EnvironmentResponse | undefined> {
  if (sealedVariables === undefined) return undefined
  try {
    return { Variables: await open(ctx, functionArn, sealedVariables, undefined) }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // The words for a KMS that fails or is busy are ours.
    const why = isTransient(error)
      ? 'KMS did not answer the request. Please try again.'
      : 'the KMS access was denied. Please check your KMS permissions.'
    const Message = `Lambda was unable to decrypt your environment variables because ${why} ${told(error)}`
    return { Error: { ErrorCode: error.code, Message } }
  }
}
