import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateKeyCommand, type CreateKeyCommandInput, KMSClient } from '@aws-sdk/client-kms'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

export const accountId = '123456789012'
export const otherAccountId = '222222222222'
export const arnPrefix = `arn:aws:kms:us-east-1:${accountId}:`

/** A fresh cloud with its administrator's client. */
export function world() {
  const cloud = createCloud({ deepFreeze: true })
  const kms = client(cloud, KMSClient)
  return { cloud, kms, key: (input: CreateKeyCommandInput = {}) => newKey(kms, input) }
}

export async function newKey(
  kms: KMSClient,
  input: CreateKeyCommandInput = {},
): Promise<{ KeyId: string; arn: string }> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input))
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' }
}

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
export const text = (of: Uint8Array | undefined): string => Buffer.from(of ?? []).toString()

/** Credentials of a user of an account who may do what the statements say. */
export async function userWho(
  cloud: Cloud,
  UserName: string,
  Statement: readonly object[] = [],
  account: string = accountId,
) {
  const iam = client(cloud, IAMClient, { accountId: account })
  await iam.send(new CreateUserCommand({ UserName }))
  if (Statement.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return {
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    },
  }
}

/** Code, text and status of a refusal. */
export async function refusal(call: Promise<unknown>) {
  try {
    await call
  } catch (error) {
    const { name, message, $metadata } = error as Error & {
      $metadata?: { httpStatusCode?: number }
    }
    return { code: name, message, status: $metadata?.httpStatusCode }
  }
  throw new Error('The call was answered.')
}

/** A test that replays recordings; says plainly where they are absent. */
export const recorded = test.skipIf(!recordingsPresent)

/** One recorded test, in an account and Region of the recording's. */
export function replayed(name: string, region = 'us-east-1') {
  const facts = recording('kms/test_kms', name)
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const kms = client(cloud, KMSClient, { region })
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', region],
  ])
  return {
    cloud,
    kms,
    facts,
    bindings,
    key: (input: CreateKeyCommandInput = {}) => newKey(kms, input),
    /** Compares an answer; an error's words stand a second time in `message` where boto3 read them. */
    async answers(step: string, call: Promise<object>, ignore: readonly string[] = []) {
      const actual = await asRecorded(call)
      const paths = 'Error' in actual ? ['message', ...ignore] : ignore
      expectRecorded(actual, facts[step] as Recorded, bindings, paths)
    },
    /** Compares something else that was kept: a member, a list. */
    is(step: string, actual: unknown) {
      expectRecorded(actual, facts[step], bindings)
    },
  }
}
