import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

export const recorded = test.skipIf(!recordingsPresent)

type Cloud = ReturnType<typeof createCloud>

/** A fresh cloud and one recorded test, whose answers are compared one by one. */
export function replaying(
  name: string,
  names: readonly string[] = [],
  cloud: Cloud = createCloud({ accountId: '111111111111', deepFreeze: true }),
) {
  const content = recording('secretsmanager/test_secretsmanager', `TestSecretsManager::${name}`)
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
    // Names are told beforehand: they stand side by side with what follows them in an ARN.
    ...names.map((secret, i): [string, string] => [`<SecretId-${i}idx>`, secret]),
  ])
  return {
    cloud,
    secretsManager: client(cloud, SecretsManagerClient),
    content,
    bindings,
    /** Compares an answer with the recorded one, and gives it back; undefined where AWS refused. */
    async compare<T extends object>(
      step: string,
      call: Promise<T>,
      ignore: readonly string[] = [],
    ): Promise<T | undefined> {
      const answer = await asRecorded(call)
      expectRecorded(answer, byVersion(answer, content[step], bindings), bindings, ignore)
      return call.catch(() => undefined)
    },
  }
}

/** What is recorded with placeholders for the keys of its maps of versions, which stand in the order of the answer's. */
function byVersion(answer: unknown, recorded: unknown, bindings: Bindings): unknown {
  if (Array.isArray(recorded)) {
    return recorded.map((item, i) =>
      byVersion(Array.isArray(answer) ? answer[i] : undefined, item, bindings),
    )
  }
  if (typeof recorded !== 'object' || recorded === null) return recorded
  const there: Recorded = Object(answer)
  return Object.fromEntries(
    Object.entries(recorded).map(([key, value], i) => {
      if (!key.startsWith('<version_uuid')) return [key, byVersion(there[key], value, bindings)]
      const id = bindings.get(key) ?? Object.keys(there)[i] ?? key
      bindings.set(key, id)
      return [id, value]
    }),
  )
}

/** Recordings of some tests have no metadata. */
export const noMetadata = ['ResponseMetadata']

/** The SDK for JavaScript shows the message of an error once. */
export const messageTwice = ['Message']
