import type { Credentials } from '@cloud-orrery/services'
import { Cloud, type CloudOptions } from './cloud.ts'
import { SdkHandler } from './sdk-handler.ts'

export interface ClientOptions {
  /** Default: the cloud's. */
  region?: string
  /** Whose administrator calls. Default: the cloud's account. */
  accountId?: string
  /** Someone else's credentials: a user's access key, an assumed role's session. */
  credentials?: Credentials
  /** The caller's address, for policies that look at `aws:SourceIp`. Default `127.0.0.1`. */
  sourceIp?: string
  /**
   * For clients of names that AWS makes up: `https://abc123.execute-api.us-east-1.amazonaws.com/live` for
   * `ApiGatewayManagementApiClient`. Default: the service's own.
   */
  endpoint?: string
}

/** A client class of the AWS SDK for JavaScript v3. Its constructor takes its own config type. */
type ClientClass<C> = new (config: never) => C

/** A fresh AWS: no account, no waiting, the same run for the same seed. */
export function createCloud(options: CloudOptions = {}): Cloud {
  return new Cloud(options)
}

/**
 * A client of the AWS SDK for JavaScript v3 that talks to this cloud in the process: no sockets.
 * `const sqs = client(cloud, SQSClient)`
 */
export function client<C>(cloud: Cloud, Client: ClientClass<C>, options: ClientOptions = {}): C {
  const config = {
    region: options.region ?? cloud.defaultRegion,
    credentials: options.credentials ?? cloud.credentials(options.accountId),
    requestHandler: new SdkHandler(cloud, options.sourceIp),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  }
  const made = new Client(config as never) // Every client takes these three.
  followModelTime(cloud, made)
  return made
}

/** Requests are signed in model time: the SDK adds this offset to its own clock. */
function followModelTime(cloud: Cloud, made: unknown): void {
  if (typeof made !== 'object' || made === null || !('config' in made)) return
  const { clock } = cloud.kernel
  Object.defineProperty(made.config, 'systemClockOffset', {
    configurable: true,
    get: () => clock.nowMs - Date.now(),
    set: () => {}, // The SDK corrects it by the server's Date header, which is model time already.
  })
}
