import { AttachRolePolicyCommand, CreateRoleCommand, type IAMClient } from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda'
import { ZipFile } from 'yazl'

/** A module as a function's code. */
export function zipped(source: string): Promise<Buffer> {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(source), 'index.mjs')
  zip.end()
  return Array.fromAsync(zip.outputStream as AsyncIterable<Buffer>).then((chunks) =>
    Buffer.concat(chunks),
  )
}

/** The ARN of a role for functions that may do everything. */
export async function functionRole(iam: IAMClient): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  }
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'bench', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  )
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'bench', PolicyArn }))
  return Role?.Arn ?? ''
}

/** Makes a function that `callers` (service principals) may invoke; gives its ARN once it is active. */
export async function makeFunction(
  lambda: LambdaClient,
  { name, role, source }: { name: string; role: string; source: string },
  callers: readonly string[],
  pass: () => Promise<unknown>,
): Promise<string> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: await zipped(source) },
    }),
  )
  for (const [index, Principal] of callers.entries()) {
    const StatementId = `caller-${index}`
    const Action = 'lambda:InvokeFunction'
    await lambda.send(
      new AddPermissionCommand({ FunctionName: name, StatementId, Action, Principal }),
    )
  }
  for (;;) {
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: name }))
    if (Configuration?.State === 'Active') return Configuration.FunctionArn ?? ''
    await pass()
  }
}
