import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { sessions } from '../shared/identity/state.ts'

export const accountId = '123456789012'

export interface TestCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

/** A policy of one statement. */
export function policy(statement: object | readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statement })
}

export function allow(
  Action: string | readonly string[],
  Resource = '*',
  rest: object = {},
): string {
  return policy({ Effect: 'Allow', Action, Resource, ...rest })
}

/** A trust policy for principals of an account, a service, or a user's ARN. */
export function trust(
  Principal: object = { AWS: accountId },
  Action: string | readonly string[] = 'sts:AssumeRole',
  rest: object = {},
): string {
  return policy({ Effect: 'Allow', Principal, Action, ...rest })
}

/** The SDK takes LimitExceeded for throttling and would try again, after real seconds. */
function once<C>(made: C): C {
  const { config } = made as { config: object } // Every client of the SDK has one.
  Object.assign(config, { retryStrategy: async () => noRetry })
  return made
}

const noRetry = {
  mode: 'once',
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async () => {
    throw new Error('no second attempt')
  },
  recordSuccess: () => {},
}

/** A fresh cloud with its administrator's clients, and short ways to make principals. */
export function identityCloud() {
  const cloud = createCloud({ deepFreeze: true })
  const iam = once(client(cloud, IAMClient))
  const sts = once(client(cloud, STSClient))
  return {
    cloud,
    iam,
    sts,
    /** A user with one inline policy, and its access key. */
    async user(UserName: string, PolicyDocument?: string): Promise<TestCredentials> {
      await iam.send(new CreateUserCommand({ UserName }))
      if (PolicyDocument !== undefined) {
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
      }
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
      return {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      }
    },
    /** A role with one inline policy; its ARN. */
    async role(
      RoleName: string,
      AssumeRolePolicyDocument = trust(),
      PolicyDocument?: string,
    ): Promise<string> {
      const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
      if (PolicyDocument !== undefined) {
        await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }))
      }
      return Role?.Arn ?? ''
    },
    /** Credentials of a role's session, assumed by the administrator or by whoever is given. */
    async assume(
      input: Partial<AssumeRoleCommandInput> & { RoleArn: string },
      credentials?: TestCredentials,
    ): Promise<TestCredentials> {
      const { Credentials } = await as(STSClient, credentials).send(
        new AssumeRoleCommand({ RoleSessionName: 'session', ...input }),
      )
      return {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      }
    },
    as,
    /** What the cloud keeps of a session. */
    session: (credentials: TestCredentials) =>
      sessions.get(cloud.scope(accountId, 'us-east-1'), credentials.accessKeyId),
  }

  function as<C>(Client: Parameters<typeof client<C>>[1], credentials?: TestCredentials): C {
    return client(cloud, Client, credentials === undefined ? {} : { credentials })
  }
}

/** Code and message of a refusal. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { name, message } = error
    return { code: 'Code' in error ? String(error.Code) : name, message }
  }
  throw new Error('the call was not refused')
}

export type { Cloud }
