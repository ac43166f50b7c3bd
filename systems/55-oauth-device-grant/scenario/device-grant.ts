import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'

const folder = new URL('..', import.meta.url).pathname

export const stackName = 'DeviceGrant'
export const zoneStackName = 'DeviceGrantZone'
export const origin = 'https://link.starlight.example'
/** The first person's account, and where the first password is mailed. */
export const owner = 'ana@starlight.example'
export const password = 'Str0ng-enough-for-all'
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** Why some promises hold only as things usually go. */
export const onePickUp =
  'tokens are handed over once: where that answer is lost, the device has to begin again'

/** What a device has been given to be one. */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

export interface Given {
  readonly outputs: Readonly<Record<string, string>>
  readonly television: Credentials
  readonly printer: Credentials
}

/** The system, deployed, and what its operator hands to the makers of devices. */
export const deviceGrant = system<Given>({
  name: '55-oauth-device-grant',
  async setUp(aws) {
    await aws.deploy(folder)
    const outputs = await outputsOf(aws, stackName)
    return {
      outputs,
      television: await credentialsOf(aws, outputs, 'Television'),
      printer: await credentialsOf(aws, outputs, 'Printer'),
    }
  },
})

async function outputsOf(aws: Aws, StackName: string): Promise<Record<string, string>> {
  const { Stacks: [stack] = [] } = await aws
    .client(CloudFormationClient)
    .send(new DescribeStacksCommand({ StackName }))
  const entries = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
    OutputKey,
    OutputValue,
  ])
  return Object.fromEntries(entries)
}

async function credentialsOf(
  aws: Aws,
  outputs: Readonly<Record<string, string>>,
  device: string,
): Promise<Credentials> {
  const { SecretString = '' } = await aws
    .client(SecretsManagerClient)
    .send(new GetSecretValueCommand({ SecretId: outputs[`${device}SecretArn`] }))
  return { clientId: outputs[`${device}ClientId`] ?? '', clientSecret: SecretString }
}

export function basic({ clientId, clientSecret }: Credentials): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
}

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** `curl -X POST -u id:secret -d … https://…` */
export async function post(
  aws: Aws,
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
  attempts = attemptsMax,
): Promise<Answer> {
  const body = new URLSearchParams(form).toString()
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  for (let attempt = 1; ; attempt += 1) {
    const answer = await aws.fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { ...(body === '' ? {} : type), ...headers },
      body,
    })
    const text = await answer.text()
    // A function that breaks down is asked again, after a while.
    if (answer.status >= 500 && attempt < attempts) {
      await aws.clock.advance({ seconds: 20 })
      continue
    }
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : { text } }
  }
}

export interface Codes {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string
  readonly interval: number
  readonly expires_in: number
}

/** A device asks for codes. */
export async function begin(aws: Aws, device: Credentials): Promise<Codes> {
  const form = { client_id: device.clientId, scope: 'openid' }
  const headers = { authorization: basic(device) }
  const { status, body } = await post(aws, '/device_authorization', form, headers)
  if (status !== 200) throw new Error(`no codes: ${status} ${JSON.stringify(body)}`)
  return body as unknown as Codes // The answer of RFC 8628, section 3.2.
}

/** A device asks for its tokens. */
export async function poll(
  aws: Aws,
  device: Credentials,
  { device_code }: Pick<Codes, 'device_code'>,
  attempts = attemptsMax,
): Promise<Answer> {
  const form = { client_id: device.clientId, grant_type: deviceCodeGrant, device_code }
  return await post(aws, '/token', form, { authorization: basic(device) }, attempts)
}

/** How often devices and people try. */
export const attemptsMax = 4

export const refused = (error: string): Answer => ({ status: 400, body: { error } })

/** Every item of the table, by its key. */
export async function items(aws: Aws): Promise<Record<string, unknown>[]> {
  const TableName = aws.inventory().find((arn) => /:table\/DeviceGrant-Requests/.test(arn))
  const table = DynamoDBDocumentClient.from(aws.client(DynamoDBClient))
  const { Items = [] } = await table.send(new ScanCommand({ TableName, ConsistentRead: true }))
  return Items.sort((a, b) => (String(a['Device_code']) < String(b['Device_code']) ? -1 : 1))
}

/** The environment of the function that grants, with some of it changed: as the operator does in the console. */
export async function configure(
  aws: Aws,
  changes: Readonly<Record<string, string>>,
): Promise<void> {
  const lambda = aws.client(LambdaClient)
  const FunctionName = grantFunction(aws)
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  const Variables = { ...Environment?.Variables, ...changes }
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
  )
  await aws.clock.advance({ seconds: 10 })
}

export function grantFunction(aws: Aws): string | undefined {
  return aws.inventory().find((arn) => /:function:DeviceGrant-GrantFunction[^:]*$/.test(arn))
}
