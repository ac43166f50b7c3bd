import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { listen } from '@cloud-orrery/cloud'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'

export const folder = fileURLToPath(new URL('..', import.meta.url))
export const systemsFolder = fileURLToPath(new URL('../..', import.meta.url))

/** Both stacks of the app as it is now, deployed. */
export const gated = system({
  name: '47-cdk-nag-compliance',
  async setUp(aws) {
    await aws.deploy(folder)
    const { Stacks = [] } = await aws
      .client(CloudFormationClient)
      .send(new DescribeStacksCommand({}))
    const outputOf = (stack: string, key: string): string => {
      const found = Stacks.find(({ StackName }) => StackName === stack)
      return found?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? ''
    }
    return {
      bucket: outputOf('CdkTestStack', 'BucketName'),
      logged: outputOf('LoggedBucket', 'BucketName'),
      log: outputOf('LoggedBucket', 'LogBucketName'),
    }
  },
})

export function clientsOf(aws: Aws, accountId = aws.accountId) {
  return {
    cloudFormation: aws.client(CloudFormationClient, { accountId }),
    s3: aws.client(S3Client, { accountId }),
  }
}

/** A new folder for what a synthesis writes. */
export function outFolder(): string {
  return mkdtempSync(join(tmpdir(), 'orrery-47-'))
}

interface Ended {
  readonly code: number
  /** Both streams, without colours. */
  readonly text: string
  readonly out: string
}

/** The unmodified `cdk` command of the repository, in this folder. */
export async function cdk(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const out = outFolder()
  const command = fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'))
  const all = [command, ...args, '--output', out, '--notices=false']
  const settings = { NO_COLOR: '1', CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', HOME: out }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, all, {
      cwd: folder,
      env: { ...process.env, ...settings, ...env },
    })
    return { code: 0, text: stdout + stderr, out }
  } catch (error) {
    // What `execFile` rejects with when the command fails.
    const {
      code = -1,
      stdout = '',
      stderr = '',
    } = error as Partial<Record<'stdout' | 'stderr', string>> & { code?: number }
    return { code, text: stdout + stderr, out }
  }
}

/** `cdk deploy` against an account of the cloud, through a port. */
export async function cdkDeploy(
  aws: Aws,
  accountId: string,
  args: readonly string[],
): Promise<Ended> {
  const server = await listen(aws.cloud, { port: 0, token: 'gate' })
  const { accessKeyId, secretAccessKey } = aws.credentials(accountId)
  try {
    return await cdk(['deploy', '--all', '--require-approval', 'never', ...args], {
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: aws.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    })
  } finally {
    await server.close()
  }
}
