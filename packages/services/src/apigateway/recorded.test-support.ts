import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  type CreateRestApiCommandInput,
} from '@aws-sdk/client-api-gateway'
import {
  type Cloud,
  client,
  createCloud,
  type FetchOptions,
  fetchFromCloud,
} from '@cloud-orrery/cloud'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  recording,
} from '../shared/recorded.test-support.ts'

/** The account of the recordings. */
export const recordedAccount = '111111111111'

export interface Replay {
  readonly cloud: Cloud
  readonly gateway: APIGatewayClient
  /** Compares an answer with a recorded one. `ignore`: further paths, each with its reason in the test. */
  is(step: string, call: Promise<object>, ignore?: readonly string[]): Promise<void>
  /** The same for a value that is no answer of the SDK's. */
  same(step: string, value: unknown, ignore?: readonly string[]): void
  /** An API as the recorded tests make it. */
  api(input?: Partial<CreateRestApiCommandInput>): Promise<{ restApiId: string; rootId: string }>
  /** A GET of a stage's path, or another request. */
  get(restApiId: string, path: string, options?: FetchOptions): Promise<Response>
}

/** A fresh cloud for one recorded test. `file` and `name` as in `recording`. */
export function replay(file: string, name: string, bindings: Bindings = new Map()): Replay {
  const recorded = recording(`apigateway/test_apigateway_${file}`, name)
  const cloud = createCloud({ accountId: recordedAccount, deepFreeze: true })
  const gateway = client(cloud, APIGatewayClient)
  const same = (step: string, value: unknown, ignore: readonly string[] = []) =>
    // The SDK for JavaScript keeps the message of an error in the error alone.
    expectRecorded(value, recorded[step], bindings, ['message', ...ignore])
  return {
    cloud,
    gateway,
    same,
    async is(step, call, ignore = []) {
      same(step, await asRecorded(call), ignore)
    },
    async api(input = {}) {
      const made = await gateway.send(new CreateRestApiCommand({ name: 'test-api', ...input }))
      return { restApiId: made.id ?? '', rootId: made.rootResourceId ?? '' }
    },
    async get(restApiId, path, options) {
      const url = `https://${restApiId}.execute-api.us-east-1.amazonaws.com${path}`
      return await fetchFromCloud(cloud, url, options)
    },
  }
}

export async function deploymentOf(
  { gateway }: Replay,
  restApiId: string,
  stageName?: string,
): Promise<string> {
  const { id = '' } = await gateway.send(new CreateDeploymentCommand({ restApiId, stageName }))
  return id
}
